"""Who asks whether a service is ready that no proxy has as a member."""

from __future__ import annotations

from collections.abc import Iterator

from twipc.diagnostics import Finding, Path
from twipc.model import Model
from twipc.spec import EPHEMERAL, Service

from .codes import UNASKED


def is_balanced(service: Service) -> bool:
    """Whether a load balancer could stand before it: it is published on all addresses, at a number of its own."""
    return any(publish.address is None and publish.host != EPHEMERAL for publish in service.publish)


def asked_by_proxies(model: Model) -> set[str]:
    """Services that some backend has as members: its proxy asks them."""
    return {member.service for several in model.members.values() for member in several}


def unasked(model: Model, target: str) -> Iterator[Finding]:
    """What only a load balancer would ask, on a target that has none."""
    asked = asked_by_proxies(model)
    for name, service in model.services:
        if service.ready and service.kind != "job" and is_balanced(service) and name not in asked:
            path: Path = ("services", name, "ready")
            yield Finding(
                UNASKED,
                f"nobody asks whether `{name}` is ready: no backend has it as a member, and no load balancer stands before it",
                model.span(path, key=True),
                at=model.tree.name(path),
                target=target,
            )
