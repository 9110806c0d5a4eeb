"""What Compose can say."""

from __future__ import annotations

from twipc.formats.composefile.support import ENV, SECRET_PLACE
from twipc.formats.reading import ENGINE_SUPPORT
from twipc.target import Exact, FieldSupport, Outside, Support
from twipc.target.support import OUTSIDE_ORCHESTRATORS

_FIELDS: FieldSupport = {
    "environment.project": Exact(),
    "environment.environment": Exact(),
    "service.image": Exact(),
    "service.build.context": Outside(OUTSIDE_ORCHESTRATORS["service.build.context"]),
    "service.build.dockerfile": Outside(OUTSIDE_ORCHESTRATORS["service.build.dockerfile"]),
    "service.command": Exact(),
    "service.env": ENV,
    "service.ports": Exact(),
    "service.publish": Exact(),
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
    "secret.file": SECRET_PLACE,
    "secret.swarm.name": Outside(OUTSIDE_ORCHESTRATORS["secret.swarm.name"]),
    "secret.ecs.arn": Outside(OUTSIDE_ORCHESTRATORS["secret.ecs.arn"]),
}
SUPPORT = Support(_FIELDS, ENGINE_SUPPORT)
