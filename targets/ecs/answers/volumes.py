"""What is answered of volumes: they are those of EFS, or a task's own."""

from __future__ import annotations

from twipc.spec import OWN
from twipc.target import Absent, Approximate, Asked, Exact, Outside, When, codes, option
from twipc.target.support import OUTSIDE_ORCHESTRATORS

from ..expected import making
from ..options import Options


def _of_its_own(asked: Asked) -> bool:
    return asked.model.environment.volumes[asked.key.owner[0]].access in OWN


def _mounted(asked: Asked) -> bool:
    services = asked.model.environment.services.values()
    return any(mount.volume == asked.key.owner[0] for service in services for mount in service.mounts.values())


def _made_here(asked: Asked) -> bool:
    """Whether the template makes a volume's file system."""
    return making.makes_volume(asked.model, option(asked.options, Options), asked.key.owner[0])


_NOT_THERE = Absent("no service mounts it, and ECS knows volumes by their mounts alone", codes.LOST)
ELSEWHERE = When(
    "a service mounts it",
    _mounted,
    then=Absent(
        "a task runs on any host, and mounts EFS alone: the volume is the access point that `targets.ecs.volumes` names, or a "
        "new file system",
        codes.STATE_LOST,
    ),
    otherwise=_NOT_THERE,
)
ACCESS = When(
    "a service mounts it",
    _mounted,
    then=Approximate(
        lambda asked: "scratch" if asked.value == "per-replica" else asked.value,
        "each task begins with an empty volume of its own, and a task that ended is never started again",
        codes.STATE_LOST,
    ),
    otherwise=_NOT_THERE,
)
RETENTION = When(
    "a service mounts it",
    _mounted,
    then=When(
        "each instance has its own",
        _of_its_own,
        then=Outside(OUTSIDE_ORCHESTRATORS["volume.retention"]),
        otherwise=When(
            "the template makes it",
            _made_here,
            then=Exact(),
            otherwise=Approximate(lambda _: "keep", "EFS keeps what is in it until somebody deletes the files", codes.LOST),
        ),
    ),
    otherwise=_NOT_THERE,
)
