"""What a Swarm stack can say."""

from __future__ import annotations

from twipc.formats.composefile.support import ENV, SECRET_PLACE
from twipc.formats.reading import ENGINE_SUPPORT
from twipc.target import Absent, Asked, Exact, FieldSupport, Outside, Support, When, codes
from twipc.target.support import OUTSIDE_ORCHESTRATORS


def _has_address(asked: Asked) -> bool:
    return bool(asked.value[1])


_FIELDS: FieldSupport = {
    "environment.project": Exact(),
    "environment.environment": Exact(),
    "service.image": Exact(),
    "service.build.context": Outside(OUTSIDE_ORCHESTRATORS["service.build.context"]),
    "service.build.dockerfile": Outside(OUTSIDE_ORCHESTRATORS["service.build.dockerfile"]),
    "service.command": Exact(),
    "service.env": ENV,
    "service.ports": Exact(),
    "service.publish": When(
        "it is for one address of the host",
        _has_address,
        then=Absent("swarm publishes on all addresses of a node or not at all; here: not at all", codes.EXPOSURE_LOST),
        otherwise=Exact(),
    ),
    "service.replicas": Exact(),
    "service.health.http.path": Exact(),
    "service.health.http.port": Exact(),
    "service.health.http.client": Exact(),
    "service.health.command": Exact(),
    "service.health.interval": Exact(),
    "service.health.timeout": Exact(),
    "service.health.failures": Exact(),
    "service.health.start_period": Exact(),
    "service.resources.cpu": Exact(),
    "service.resources.memory": Exact(),
    "service.restart": Exact(),
    "service.stop_grace": Exact(),
    "service.mounts": Exact(),
    "volume.access": Exact(),
    "volume.retention": Exact(),
    "secret.file": Outside(OUTSIDE_ORCHESTRATORS["secret.file"]),
    "secret.swarm.name": SECRET_PLACE,
    "secret.ecs.arn": Outside(OUTSIDE_ORCHESTRATORS["secret.ecs.arn"]),
}
SUPPORT = Support(_FIELDS, ENGINE_SUPPORT)
