"""Who waits for whom, and who is watched: all start in the end, and one that does not is found out."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from twipc.diagnostics import Finding, Path, Related
from twipc.model import Model

from .codes.starts import BLIND_MONITOR, NEVER_ENDS, NEVER_HEALTHY, NEVER_STARTED, WAITING_LOOP, WAITS_TWICE


def starts(model: Model) -> Iterator[Finding]:
    """Dependencies that are never met, that stand twice, or that lead back to who waits."""
    for name, service in model.services:
        first: dict[str, Path] = {}
        for index, one in enumerate(service.depends_on):
            path: Path = ("services", name, "depends_on", index)
            if one.service in first:
                yield _twice(model, path, first[one.service], f"`{name}` waits for `{one.service}` twice")
            elif one.service != name:
                yield from _never(model, path, name, one.service, one.condition)
            first.setdefault(one.service, path)
    yield from _loop(model)
    yield from _monitors(model)


def _monitors(model: Model) -> Iterator[Finding]:
    """Updates that end before a new instance could be known to be dead."""
    for name, service in model.services:
        monitor, health = service.rollout.monitor, service.health
        if monitor is None or health is None or monitor > health.known_after:
            continue
        path: Path = ("services", name, "rollout", "monitor")
        yield Finding(
            BLIND_MONITOR,
            f"`{name}` is watched for {monitor}, and may look alive for {health.known_after}",
            model.span(path),
            help="a longer `monitor`, or none: it is long enough by default",
            related=(Related(model.span(("services", name, "health"), key=True), "start period and failures are said here"),),
            at=model.tree.name(path),
        )


def _twice(model: Model, path: Path, first: Path, said: str) -> Finding:
    related = (Related(model.span(first), "the first stands here"),)
    return Finding(WAITS_TWICE, said, model.span(path), help="take one out", related=related, at=model.tree.name(path))


def _never(model: Model, path: Path, name: str, other: str, condition: str) -> Iterator[Finding]:
    """A dependency on what never comes to be so; who has no instance itself waits for nothing."""
    awaited = model.environment.services[other]
    if not awaited.replicas and model.environment.services[name].replicas:
        replicas: Path = ("services", other, "replicas")
        yield Finding(
            NEVER_STARTED,
            f"`{name}` waits for `{other}`, which has no instance",
            model.span(path),
            help=f"give `{other}` one, or take the dependency out",
            related=(Related(model.span(replicas), "it is said here"),),
            at=model.tree.name(path),
        )
    if condition == "completed" and awaited.kind != "job":
        yield Finding(
            NEVER_ENDS,
            f"`{name}` waits until `{other}` has completed, and `{other}` is a service",
            model.span(path),
            help=f"wait until it is healthy or started, or make `{other}` a job (`kind: job`)",
            related=(Related(model.span(("services", other), key=True), "it is said here"),),
            at=model.tree.name(path),
        )
    if condition == "healthy" and awaited.health is None:
        yield Finding(
            NEVER_HEALTHY,
            f"`{name}` waits until `{other}` is healthy, and nobody asks `{other}`",
            model.span(path),
            help=f"write {{service: {other}, condition: completed}}"
            if awaited.kind == "job"
            else f"give `{other}` a `health`, or write {{service: {other}, condition: started}}",
            related=(Related(model.span(("services", other), key=True), "it has no `health`"),),
            at=model.tree.name(path),
        )


def _loop(model: Model) -> Iterator[Finding]:
    """The first way from a service back to itself."""
    waits = {name: [one.service for one in service.depends_on] for name, service in model.services}
    try:
        TopologicalSorter(waits).prepare()
    except CycleError as problem:
        loop = problem.args[1][::-1]
        turn = loop.index(min(loop))
        loop = [*loop[turn:-1], *loop[: turn + 1]]
        path: Path = ("services", loop[0], "depends_on", waits[loop[0]].index(loop[1]))
        way = ", ".join(f"`{one}` waits for `{next}`" for one, next in pairwise(loop))
        yield Finding(
            WAITING_LOOP,
            f"{way}: none of them starts" if len(loop) > 2 else f"`{loop[0]}` waits for itself",
            model.span(path),
            help="take one of these dependencies out",
            at=model.tree.name(path),
        )
