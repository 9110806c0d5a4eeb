"""Ranges of instances: there is a range, of equal instances, and something of which its percentages are."""

from __future__ import annotations

from collections.abc import Iterator

from twipc.diagnostics import Finding, Path, Related
from twipc.model import Model
from twipc.spec import Autoscaling, Service

from .codes.ranges import NO_RANGE, OF_NOTHING


def ranges(model: Model) -> Iterator[Finding]:
    """What of `autoscaling` could never be."""
    yield from no_ranges(model)
    for name, service in model.services:
        if service.autoscaling:
            yield from _of_nothing(model, name, service, service.autoscaling)


def no_ranges(model: Model) -> Iterator[Finding]:
    """Of how many instances no range is, whatever else of the service is known."""
    for name, service in model.services:
        asked = service.autoscaling
        if asked is None or service.kind == "job":
            continue
        path: Path = ("services", name, "autoscaling")
        if service.standby:
            said = f"of `{name}` one instance works by its `mode`: more of them would wait, and take no load"
            yield _finding(model, path, said, "take `autoscaling` out, or `mode`")
        elif not service.replicas:
            said = f"of `{name}` none run, and of none nothing is measured: no first one would come"
            yield _finding(model, path, said, "`replicas: 1`, or more")
        elif asked.max < service.replicas:
            said = f"`{name}` runs {service.replicas} instances, and {asked.max} at most"
            yield _finding(
                model, (*path, "max"), said, f"`replicas` is where the range begins: `max: {service.replicas + 1}`, or more"
            )


def _finding(model: Model, path: Path, said: str, help: str) -> Finding:
    span = model.span(path, key=path[-1] == "autoscaling")
    replicas: Path = (*path[:2], "replicas")
    begins = (Related(model.span(replicas), "so many, it is said here"),) if model.written(replicas) else ()
    return Finding(NO_RANGE, said, span, help=help, related=begins, at=model.tree.name(path))


def _of_nothing(model: Model, name: str, service: Service, asked: Autoscaling) -> Iterator[Finding]:
    for leaf, such in (("cpu", "0.5"), ("memory", "512MiB")):
        if getattr(asked, leaf) is not None and getattr(service.resources, leaf) is None:
            path: Path = ("services", name, "autoscaling", leaf)
            said = f"`{name}` says no `resources.{leaf}`, of which this is a percentage"
            help = f"such as `resources: {{{leaf}: {such}}}`"
            yield Finding(OF_NOTHING, said, model.span(path), help=help, at=model.tree.name(path))
