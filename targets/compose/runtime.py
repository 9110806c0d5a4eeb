"""How an environment on Compose is started, scaled and ended: plans, from what the engine has now.

Only containers with all labels of ours are in a plan, each by its id.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from twipc.formats.composefile.write import mounted_secrets
from twipc.model import Model
from twipc.spec import Service
from twipc.target.fence import before_other_writers
from twipc.target.order import levels, patience, ready
from twipc.target.runtime import Instance, Look, Need, Part, Pause, Plan, Runtime, Status, Step, Wait

from .observe import composing, observe

_NEEDS = (
    Need(
        Step(("docker", "compose", "version", "--short"), "ask for Docker Compose", reads=True),
        "`docker compose` does not work",
        "install it (Debian: docker-compose; Docker's own packages: docker-compose-plugin)",
    ),
)
_FOUND_S = 2.0
"""Proxies ask Docker's DNS every second and keep an answer for one more (measured, see the target's page)."""


def up(model: Model, folder: str, status: Status, _mark: str) -> Plan:
    """What makes the engine have what the spec says; nothing, where it has.

    Services whose old and new instances can be there at once are replaced without a moment in which none is ready.
    """
    wanted = {name: service.replicas for name, service in model.services}
    if not status.instances:
        argv = composing(model, folder, "up", "--detach", "--remove-orphans")
        return (Step(argv, "create and start everything"), Wait(wanted, patience(model, wanted), "until all are ready"))
    steps: list[Part] = list(_ended_first(model, status))
    for level in levels(model):
        late = [name for name in level if not is_as_meant(model, status, name)]
        rolled = [name for name in late if _rolls(model, status, name)]
        if recreated := [name for name in late if name not in rolled]:
            steps += _recreated(model, folder, recreated)
        for name in rolled:
            how = _handed_on if model.environment.services[name].mode else _rolled
            steps += how(model, folder, status, name)
    left = [one for one in status.instances if one.service not in model.environment.services]
    steps += _removed(left, "is not in the spec any more")
    if not steps and not all(one.ready for one in status.instances):
        steps.append(Wait(wanted, patience(model, wanted), "until all are ready"))
    return tuple(steps)


def _ended_first(model: Model, status: Status) -> Iterator[Step]:
    names = before_other_writers(model, status)
    ids = [one.id for one in status.instances if one.service in names and one.state not in ("exited", "created", "dead")]
    if ids:
        yield Step(("docker", "container", "stop", "--", *ids), f"end {_listed(names)}: nobody else may write meanwhile")


def is_as_meant(model: Model, status: Status, name: str) -> bool:
    """Whether a service is what the spec says, as far as an `up` could change it."""
    service, there = model.environment.services[name], status.of(name)
    if service.kind == "job":
        return bool(there) and all(one.current and one.state == "exited" and not one.exit_code for one in there)
    return len(there) == service.replicas and all(one.current and one.state == "running" for one in there)


def _rolls(model: Model, status: Status, name: str) -> bool:
    """Whether the new instances can be there before the old ones end, and there are some to be kept serving."""
    service = model.environment.services[name]
    old = [one for one in status.of(name) if not one.current and one.state == "running"]
    return bool(old) and service.replicas > 0 and is_rollable(model, service)


def is_rollable(model: Model, service: Service) -> bool:
    """Whether two versions may be there at once: both would not hold one port of the host, nor one store without a lock."""
    own = any(model.environment.volumes[mount.volume].access == "per-replica" for mount in service.mounts.values())
    alone = service.fixed_ports or own or (model.writes_alone(service) and not service.mode)
    return service.kind == "service" and not alone and service.rollout.order != "stop-first"


def _recreated(model: Model, folder: str, names: list[str]) -> Iterator[Part]:
    """Created anew by Compose, and started by their ids.

    Compose's own start would run the jobs that they waited for again, and its `--no-deps` makes another digest (2.26).
    """
    yield Step(composing(model, folder, "create", "--", *names), f"make {_listed(names)} as the spec says")
    yield _started(names)
    wanted = {name: model.environment.services[name].replicas for name in names}
    yield Wait(wanted, patience(model, names), f"until {_listed(names)} {'is' if len(names) == 1 else 'are'} ready")


def _started(names: Iterable[str]) -> Look:
    asked = frozenset(names)

    def start(status: Status) -> tuple[Step, ...]:
        idle = [
            one for one in status.instances if one.service in asked and one.state in ("created", "exited") and not one.ready
        ]
        return tuple(Step(("docker", "container", "start", "--", one.id), f"start {one.name}") for one in idle)

    return Look(start, f"start what was created of {_listed(sorted(asked))}")


def _beside(model: Model, folder: str, status: Status, name: str) -> Step:
    """As many of the new version as are wanted, not started yet."""
    there = status.of(name)
    missing = max(0, model.environment.services[name].replicas - sum(one.current for one in there))
    beside = ("create", "--no-recreate", "--scale", f"{name}={len(there) + missing}", "--", name)
    return Step(composing(model, folder, *beside), f"make the new version of {name} beside the old one")


def _handed_on(model: Model, folder: str, status: Status, name: str) -> Iterator[Part]:
    """New instances wait for the lock of the old ones; then these end all at once, and one of the new ones works.

    Who has another lock, or the same in another place, would not wait: there the old ones end first.
    """
    wanted = {name: model.environment.services[name].replicas}
    yield _beside(model, folder, status, name)
    yield Look(partial(_ended, name=name, only_unguarded=True), f"end the old {name} first, if the new one has another lock")
    yield _started([name])
    yield Wait(wanted, patience(model, [name]), f"until the new {name} waits for the lock")
    yield Look(partial(_ended, name=name), f"end the old {name}, so that the new one takes over")
    yield Wait(wanted, patience(model, [name]), f"until the new {name} is ready")


def _ended(status: Status, name: str, only_unguarded: bool = False) -> tuple[Step, ...]:
    """The end of all of the version before; or only where the new ones would not wait for them."""
    old = [one.id for one in status.of(name) if not one.current]
    guards = {one.guard for one in status.of(name)}
    if not old or (only_unguarded and len(guards) == 1 and () not in guards):
        return ()
    return (
        Step(("docker", "container", "stop", "--", *old), f"end {name} of the version before"),
        Step(("docker", "container", "rm", "--volumes", "--", *old), f"remove {name} of the version before"),
    )


def _rolled(model: Model, folder: str, status: Status, name: str) -> Iterator[Part]:
    """New instances beside the old ones; when they are ready and found, the old ones, and those too many, end one by one."""
    service = model.environment.services[name]
    old = [one for one in status.of(name) if not one.current]
    surplus = [one for one in status.of(name) if one.current][service.replicas :]
    yield _beside(model, folder, status, name)
    yield _started([name])
    yield Wait({name: service.replicas}, patience(model, [name]), f"until the new {name} is ready")
    yield Pause(_found(model, name), f"until proxies have found the new {name}")
    for one in [*old, *surplus]:
        why = "one too many" if one.current else "of the version before"
        yield Step(("docker", "container", "stop", "--", one.id), f"end {one.name}, {why}")
        yield Step(("docker", "container", "rm", "--volumes", "--", one.id), f"remove {one.name}")


def _found(model: Model, name: str) -> float:
    """Until a proxy has asked DNS, and has then asked a new member as often as it wants before it sends requests."""
    ready = model.environment.services[name].ready
    return _FOUND_S + (ready.interval * ready.successes + ready.timeout) / 1000 if ready else _FOUND_S


def scale(model: Model, folder: str, status: Status, name: str, count: int) -> Plan:
    """So many instances of one service, the rest as it is."""
    if len(status.of(name)) == count and all(one.state == "running" for one in status.of(name)):
        return ()
    argv = composing(model, folder, "create", "--no-recreate", "--scale", f"{name}={count}", "--", name)
    return (Step(argv, f"have {count} of {name}"), *((_started([name]), ready(model, name, count)) if count else ()))


def recover(model: Model, before: Status, now: Status, failed: frozenset[str]) -> Plan:
    """New instances of a version that failed go, and the old ones serve on, unless the spec says otherwise."""
    old = {one.id for one in before.instances}
    services = model.environment.services
    back = {
        name
        for name in failed
        if is_rollable(model, services[name]) and services[name].rollout.on_failure in (None, "rollback")
    }
    new = [one for one in now.instances if one.service in back and one.id not in old]
    served = {one.service for one in now.instances if one.id in old}
    return tuple(_removed((one for one in new if one.service in served), "goes back to the version before"))


def down(model: Model, status: Status) -> Plan:
    """Entries first, so that nobody is sent to who is gone; then all else, and the networks. Volumes stay."""
    steps: list[Step] = []
    known = [name for level in reversed(levels(model)) for name in level]
    groups = [*reversed(levels(model)), tuple({one.service for one in status.instances} - set(known))]
    for group in groups:
        running = [one for one in status.instances if one.service in group and one.state not in ("exited", "created", "dead")]
        if running:
            names = _listed(sorted({one.service for one in running}))
            steps.append(Step(("docker", "container", "stop", "--", *(one.id for one in running)), f"end {names}"))
    if status.instances:
        ids = (one.id for one in status.instances)
        steps.append(Step(("docker", "container", "rm", "--volumes", "--", *ids), "remove the containers"))
    if status.networks:
        steps.append(Step(("docker", "network", "rm", "--", *status.networks), "remove the networks"))
    return tuple(steps)


def _removed(instances: Iterable[Instance], why: str) -> Iterator[Step]:
    for one in instances:
        if one.state not in ("exited", "created", "dead"):
            yield Step(("docker", "container", "stop", "--", one.id), f"end {one.name}: {one.service} {why}")
        yield Step(("docker", "container", "rm", "--volumes", "--", one.id), f"remove {one.name}: {one.service} {why}")


def logs(status: Status, service: str, lines: int, follow: bool) -> Plan:
    """The last lines of each instance."""
    how = ("--tail", str(lines), *(("--follow",) if follow else ()))
    asked = [one for one in status.instances if not service or one.service == service]
    return tuple(Step(("docker", "container", "logs", *how, "--", one.id), one.name, reads=True) for one in asked)


def log(instance: Instance, lines: int) -> Step:
    """The last lines of one container."""
    return Step(("docker", "container", "logs", "--tail", str(lines), "--", instance.id), "read its log", reads=True)


def secret_files(model: Model) -> dict[str, str]:
    """The files of the project that hold secrets, by the secret's name."""
    found = {name: model.environment.secrets[name].file for name in mounted_secrets(model)}
    return {name: file for name, file in found.items() if file}


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


RUNTIME = Runtime(
    needs=_NEEDS,
    secret_files=secret_files,
    observe=observe,
    up=up,
    scale=scale,
    recover=recover,
    down=down,
    logs=logs,
    log=log,
)
