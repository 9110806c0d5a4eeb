"""Who has to have ended before anything of a new version begins, so that no store has two writers meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

from twipc.model import Model
from twipc.spec import Mount

from .runtime import Instance, Status


def before_other_writers(model: Model, status: Status) -> tuple[str, ...]:
    """Services that write what others are to write."""
    writers: dict[str, set[str]] = {}
    for name, service in model.services:
        for mount in service.mounts.values():
            if model.environment.volumes[mount.volume].access == "single-writer":
                writers.setdefault(_place(model, mount), set()).add(name)
    return _services(
        one for one in _running(status) if any(one.service not in writers.get(place, {one.service}) for place in one.writes)
    )


def before_another_lock(model: Model, status: Status) -> tuple[str, ...]:
    """Services whose instances write under no lock where the spec has one, under one where it has none, or under another."""
    alone = {name for name, service in model.services if model.writes_alone(service)}
    return _services(one for one in _running(status) if one.service in alone and one.guard != guard(model, one.service))


def guard(model: Model, name: str) -> tuple[str, ...]:
    """The lock of a service, and what it lies in by its name on the engine; of one without a lock nothing."""
    service = model.environment.services[name]
    if not service.standby:
        return ()
    lock = service.standby.lock
    around = [(path, mount) for path, mount in sorted(service.mounts.items()) if lock.startswith(f"{path}/")]
    return (lock, *(_place(model, mount) for _, mount in around[-1:]))


def _place(model: Model, mount: Mount) -> str:
    volume = model.environment.volumes[mount.volume]
    return str(volume.host) if volume.host else f"{model.name}_{mount.volume}"


def _running(status: Status) -> Iterator[Instance]:
    return (one for one in status.instances if not one.job and one.state not in ("exited", "dead", "created"))


def _services(instances: Iterator[Instance]) -> tuple[str, ...]:
    return tuple(sorted({one.service for one in instances}))
