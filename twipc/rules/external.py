"""What runs elsewhere: its name is no service's."""

from __future__ import annotations

from collections.abc import Iterator

from twipc.diagnostics import Finding, Related
from twipc.model import Model

from .codes.services import EXTERNAL_NAME


def external(model: Model) -> Iterator[Finding]:
    """External services that are called like a service here; by their host too, where a swarm answers for it."""
    here = set(model.environment.services)
    for name, noun in sorted(model.environment.external.items()):
        if name in here:
            yield Finding(
                EXTERNAL_NAME,
                f"`{name}` is a service here and an external one",
                model.span(("external", name), key=True),
                help="rename one of them",
                related=(Related(model.span(("services", name), key=True), "the service here"),),
                at=model.tree.name(("external", name)),
            )
        task, _, service = noun.host.partition(".")
        if task == "tasks" and service in here:
            yield Finding(
                EXTERNAL_NAME,
                f"`{noun.host}` is what a swarm calls the tasks of `{service}`",
                model.span(("external", name, "host")),
                help=f"take `address: {service}.…`, or name the machine elsewhere",
                related=(Related(model.span(("services", service), key=True), "the service here"),),
                at=model.tree.name(("external", name, "host")),
            )
