"""Standbys: the lock keeps all others out, and who waits for it is alive, hears, and can take over."""

from __future__ import annotations

from collections.abc import Iterator

from twipc.diagnostics import Code, Finding, Path, Related
from twipc.model import Model, place_of
from twipc.spec import ActiveStandby, Duration, Service, Volume
from twipc.spec.limits import CHECKS

from .standby_codes import DEAF_STANDBY, LOCK_PLACE, NO_LOCKS, NONE_LEFT, NOTHING_TO_LOCK, SHORT_TAKE_OVER

_OWN_LOCKS = frozenset({"nobrl", "nolock", "localflocks"})
"""Options by which a mount tells no other host of its locks (mount.cifs(8); the kernel's pages of 9p, ocfs2)."""


def standbys(model: Model) -> Iterator[Finding]:
    """Everything that would let in a second writer, or keep a standby from being one."""
    for name, service in model.services:
        standby = service.standby
        if standby is None or service.kind == "job":
            continue
        yield from _program(model, name, service)
        yield from _lock(model, name, service, standby)
        yield from _health(model, name, service)
        parallelism = service.rollout.parallelism
        if parallelism and parallelism > standby.standbys:
            path: Path = ("services", name, "rollout", "parallelism")
            said = f"an update would end {parallelism} of the {service.replicas} instances of `{name}` at once"
            yield _finding(model, NONE_LEFT, path, said, "`parallelism: 1`, or none: one at a time is the default")


def _program(model: Model, name: str, service: Service) -> Iterator[Finding]:
    """What runs under the lock, and whether it can be told to end meanwhile."""
    path: Path = ("services", name, "mode")
    if service.http:
        said = f"`{name}` runs its engine, which writes no state and waits for no lock"
        yield _finding(model, NOTHING_TO_LOCK, path, said, "take `mode` out, and write `replicas`", key=True)
    elif not (service.command or service.entrypoint):
        said = f"`{name}` says neither `command` nor `entrypoint`: what its image runs would run without the lock"
        help = "write the whole command, with the image's entrypoint if it has one: `command: [java, -jar, app.jar]`"
        yield _finding(model, NOTHING_TO_LOCK, path, said, help, key=True)
    for leaf, deaf in (("init", not service.init), ("stop_signal", service.stop_signal == "SIGWINCH")):
        if deaf and not service.http:
            said = f"a `{name}` that waits would not hear that it should end"
            yield _finding(model, DEAF_STANDBY, ("services", name, leaf), said, f"take `{leaf}` out")


def _lock(model: Model, name: str, service: Service, standby: ActiveStandby) -> Iterator[Finding]:
    path: Path = ("services", name, "mode", "active-standby", "lock")
    around = _around(service, standby.lock)
    mount = service.mounts.get(around)
    volume = model.environment.volumes[mount.volume] if mount else None
    if mount is None or volume is None or volume.access != "single-writer":
        places = [place for place, one in service.mounts.items() if _has_one_writer(model, one.volume)]
        where = f"in `{mount.volume}`, which is {volume.access}" if mount and volume else "in no volume"
        if mount is None and around:
            where = f"in `{around}`, which is each instance's own"
        help = (
            f"such as `lock: {min(places).rstrip('/')}/.lock`"
            if places
            else "mount the volume that is written by one at a time, `access: single-writer`, and lock a file in it"
        )
        yield _finding(model, LOCK_PLACE, path, f"`{standby.lock}` lies {where}", help)
    elif refused := _refused(volume):
        options: Path = ("volumes", mount.volume, "driver", "options", "o")
        said = f"`{mount.volume}` is mounted with `{refused}`: its server hears of no lock"
        related = Related(model.span(path), "the lock lies there")
        yield _finding(model, NO_LOCKS, options, said, f"take `{refused}` out", related)


def _around(service: Service, lock: str) -> str:
    """The innermost place of a mount, of memory, or of a file of its own that the lock lies in; "" if in none."""
    places = [*service.mounts, *(tmpfs.path for tmpfs in service.tmpfs)]
    above = [place for place in places if lock.startswith(place.rstrip("/") + "/")]
    files = [*service.configs, *(place_of(file) for file in service.secrets)]
    return max([*above, *(place for place in files if place == lock)], key=len, default="")


def _has_one_writer(model: Model, volume: str) -> bool:
    return model.environment.volumes[volume].access == "single-writer"


def _refused(volume: Volume) -> str:
    """The option by which locks stay on each host, or ""."""
    options = volume.driver.options.get("o", "") if volume.driver else ""
    return next((option for option in options.split(",") if option.strip() in _OWN_LOCKS), "").strip()


def _health(model: Model, name: str, service: Service) -> Iterator[Finding]:
    """Who takes over fails its first check at once, and may fail as many as `failures` says, an interval apart."""
    health = service.health
    if health is None or service.http:
        return
    time = Duration((health.failures - 1) * health.interval)
    if time >= health.start_period:
        return
    path: Path = ("services", name, "health")
    where: Path = (*path, "start_period") if model.written((*path, "start_period")) else path
    needed = 1 + -(-int(health.start_period) // int(health.interval))
    raised = f", or `failures: {needed}`" if needed in CHECKS else ""
    yield _finding(
        model,
        SHORT_TAKE_OVER,
        where,
        f"a `{name}` that takes over is judged dead after {time}, and may need {health.start_period} to start",
        f"`start_period: {time}`{raised}" if time else f"more `failures`{raised}",
        key=where == path,
    )


def _finding(
    model: Model, code: Code, path: Path, said: str, help: str, related: Related | None = None, *, key: bool = False
) -> Finding:
    span = model.span(path, key=key)
    return Finding(code, said, span, help=help, related=(related,) if related else (), at=model.tree.name(path))
