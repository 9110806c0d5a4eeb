"""What a Swarm stack can say."""

from __future__ import annotations

from twipc.formats.composefile.support import FIELDS, SECRET_PLACE
from twipc.formats.reading import ENGINE_SUPPORT
from twipc.target import Absent, Answer, Approximate, Asked, Exact, FieldSupport, Outside, Support, When, codes
from twipc.target.support import OUTSIDE_ORCHESTRATORS, waits_for_health


def _has_address(asked: Asked) -> bool:
    return bool(asked.value[1])


def _nowhere(asked: Asked) -> bool:
    """Whether a volume is part of the services that mount it, and none does."""
    volume = asked.model.environment.volumes[asked.key.owner[0]]
    return (volume.host is not None or volume.access == "scratch") and asked.key.owner[0] not in asked.model.mounts


_NOWHERE = Absent("no service mounts it, and it is known by its mounts alone", codes.LOST)


def _said(answer: Answer) -> Answer:
    return When("no service mounts a folder of the host, or scratch", _nowhere, then=_NOWHERE, otherwise=answer)


_FIELDS: FieldSupport = {
    **FIELDS,
    "service.no_new_privileges": Approximate(
        lambda _: False,
        'a stack has no word for it; `"no-new-privileges": true` in each node\'s daemon.json gives it to all containers',
        codes.HARDENING_LOST,
    ),
    "service.resources.pids": Absent("a stack of format 3.8 has no word for a limit of processes", codes.HARDENING_LOST),
    "service.publish": When(
        "it is for one address of the host",
        _has_address,
        then=Absent("swarm publishes on all addresses of a node or not at all; here: not at all", codes.EXPOSURE_LOST),
        otherwise=Exact(),
    ),
    "network.encrypted": Exact(),
    "service.stop_grace": Exact(),
    "service.placement.constraints": Exact(),
    "service.placement.spread": Exact(),
    "service.placement.max_per_host": Exact(),
    "service.rollout.order": Exact(),
    "service.rollout.parallelism": Exact(),
    "service.rollout.delay": Exact(),
    "service.rollout.monitor": Exact(),
    "service.rollout.on_failure": Exact(),
    "service.depends_on": When(
        "until it is healthy",
        waits_for_health,
        then=Absent("a stack starts all of its services at once, and none waits for another's health", codes.HEALTH_LOST),
        otherwise=Absent("a stack starts all of its services at once", codes.BEHAVIOUR_LOST),
    ),
    "volume.access": _said(Exact()),
    "volume.retention": _said(Exact()),
    "volume.host": _said(Exact()),
    "secret.file": Outside(OUTSIDE_ORCHESTRATORS["secret.file"]),
    "secret.swarm.name": SECRET_PLACE,
}
SUPPORT = Support(_FIELDS, ENGINE_SUPPORT)
