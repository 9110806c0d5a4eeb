"""How a stack is deployed, scaled and removed: plans, from what the swarm has now."""

from __future__ import annotations

import math
from collections.abc import Iterable

from twipc.model import Model
from twipc.spec import Service
from twipc.target.fence import before_another_lock, before_other_writers
from twipc.target.order import levels, patience, ready
from twipc.target.runtime import Ended, Gone, Instance, Look, Need, Plan, Runtime, Status, Step, Wait

from .lower import FILE, monitor
from .observe import MARK, observe

_NEEDS = (
    Need(
        Step(("docker", "node", "ls", "--quiet"), "ask the swarm for its nodes", reads=True),
        "the engine is no manager of a swarm",
        "`docker swarm init` makes a swarm of one, or name a manager by `docker context use`",
        optional=True,
    ),
)
_SPARE_S = 30.0
_BETWEEN_S = 6.0
"""Of an update, from one task to the next (`delay`), and a little."""


def up(model: Model, folder: str, status: Status, mark: str) -> Plan:
    """One deploy, which updates what has changed as the stack says; nothing, where all is as it should be."""
    if all(is_as_meant(model, status, name) for name, _ in model.services) and set(status.groups) <= set(
        model.environment.services
    ):
        return ()
    deploy = ("docker", "stack", "deploy", "--detach=true", "--prune", "--with-registry-auth", "--resolve-image", "changed")
    wanted = {name: service.replicas for name, service in model.services}
    return (
        *_ended_first(model, status),
        Step((*deploy, "--compose-file", f"{folder}/{FILE}", "--", model.name), f"deploy the stack {model.name}"),
        Wait(wanted, _patience(model), "until all are ready and no update is watched any more", updated=True),
        _marked(mark),
        Wait(wanted, _SPARE_S, "until that is known"),
    )


def _ended_first(model: Model, status: Status) -> Plan:
    """An update would begin new slots, and end services that are no more, while others go on."""
    first = {*before_another_lock(model, status), *before_other_writers(model, status)}
    names = tuple(sorted(first & status.groups.keys()))
    if not names:
        return ()
    argv = ("docker", "service", "scale", "--detach", *(f"{model.name}_{name}=0" for name in names))
    listed = ", ".join(names)
    return (Step(argv, f"end {listed}: nobody else may write meanwhile"), _until_ended(model, names))


def _until_ended(model: Model, names: tuple[str, ...]) -> Ended:
    longest = max((service.stop_grace for _, service in model.services), default=0) / 1000
    return Ended(names, _SPARE_S + longest, f"until nothing of {', '.join(names)} runs")


def _marked(mark: str) -> Look:
    """Its label tells whence a service was deployed; of the service alone, so that no task is begun anew.

    It is an update for the engine, which goes back by one: set meanwhile, it would be what a failed update goes back to.
    """

    def label(status: Status) -> tuple[Step, ...]:
        argv = ("docker", "service", "update", "--detach", "--quiet", "--label-add", f"{MARK}={mark}", "--")
        return tuple(Step((*argv, id), f"mark {name} as deployed") for name, id in sorted(status.groups.items()))

    return Look(label, "mark what was deployed")


def is_as_meant(model: Model, status: Status, name: str) -> bool:
    service, there = model.environment.services[name], status.of(name)
    count = 1 if service.kind == "job" else service.replicas
    return name in status.groups and len(there) == count and all(one.current and one.ready for one in there)


def _patience(model: Model) -> float:
    """Tasks are replaced some at a time, and watched; all services at once. A failed update goes back the same way."""
    return 2 * max((_updated_after(service) for _, service in model.services), default=0.0) + patience(
        model, (name for name, _ in model.services)
    )


def _updated_after(service: Service) -> float:
    rollout = service.rollout
    watched = (rollout.monitor or monitor(service)) + service.stop_grace
    between = rollout.delay / 1000 if rollout.delay is not None else _BETWEEN_S
    return math.ceil(service.replicas / (rollout.parallelism or 1)) * (watched / 1000 + between)


def scale(model: Model, _folder: str, status: Status, name: str, count: int) -> Plan:
    """So many tasks of one service, the rest as it is."""
    if len(status.of(name)) == count:
        return ()
    argv = ("docker", "service", "scale", "--detach", f"{model.name}_{name}={count}")
    return (Step(argv, f"have {count} of {name}"), ready(model, name, count) if count else _until_ended(model, (name,)))


def recover(_model: Model, _before: Status, _now: Status, _failed: frozenset[str]) -> Plan:
    """The swarm itself goes back, as the stack says."""
    return ()


def down(model: Model, status: Status) -> Plan:
    """Entries first; then the stack with its networks and configs. Volumes and secrets stay."""
    if not status.groups:
        return ()
    steps = [
        Step(("docker", "service", "rm", "--", *ids), f"end {', '.join(names)}")
        for level in reversed(levels(model)[1:])
        if (names := [name for name in level if name in status.groups])
        for ids in [[status.groups[name] for name in names]]
    ]
    removed = Step(("docker", "stack", "rm", "--detach=false", "--", model.name), f"remove the stack {model.name}")
    longest = max(service.stop_grace for _, service in model.services) / 1000
    return (*steps, removed, Gone(_SPARE_S + longest, "until its networks are gone"))


def logs(status: Status, service: str, lines: int, follow: bool) -> Plan:
    """The last lines of each service's tasks."""
    how = ("--tail", str(lines), "--no-task-ids", *(("--follow",) if follow else ()))
    asked: Iterable[tuple[str, str]] = sorted(
        (name, id) for name, id in status.groups.items() if not service or name == service
    )
    return tuple(Step(("docker", "service", "logs", *how, "--", id), name, reads=True) for name, id in asked)


def log(instance: Instance, lines: int) -> Step:
    """The last lines of one task."""
    return Step(("docker", "service", "logs", "--raw", "--tail", str(lines), "--", instance.id), "read its log", reads=True)


def secret_files(_model: Model) -> dict[str, str]:
    """A swarm holds its secrets itself."""
    return {}


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
