"""In which order services are started; the other way round, they are ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from twipc.model import Model

from .runtime import Wait

_ABOUT_S = 5.0
"""What is given to a service without a check to be there."""
_SPARE_S = 30.0


def levels(model: Model) -> tuple[tuple[str, ...], ...]:
    """Groups of services, each after those before it: who is waited for, then who forwards to it, entries last."""
    waits = {name: {one.service for one in service.depends_on} for name, service in model.services}
    forwards = {name: set(after) for name, after in waits.items()}
    for (proxy, _), members in model.members.items():
        forwards[proxy] |= {member.service for member in members} - {proxy}
    # Two that forward to each other, or a member that waits for its proxy, leave the order that the spec asks for.
    return _layers(forwards) or _layers(waits) or (tuple(sorted(waits)),)


def _layers(after: Mapping[str, Iterable[str]]) -> tuple[tuple[str, ...], ...]:
    """Empty, where there is a circle."""
    left = {name: set(others) & set(after) for name, others in after.items()}
    found: list[tuple[str, ...]] = []
    while left:
        free = tuple(sorted(name for name, others in left.items() if not others & set(left)))
        if not free:
            return ()
        found.append(free)
        for name in free:
            del left[name]
    return tuple(found)


def patience(model: Model, services: Iterable[str]) -> float:
    """Seconds after which these services, started one level after the other, must be known to be well or ill."""
    asked = set(services)
    slowest = [max((_known_after(model, name) for name in level if name in asked), default=0.0) for level in levels(model)]
    return sum(slowest) + _SPARE_S


def ready(model: Model, name: str, count: int) -> Wait:
    """Until so many of a service are there, for as long as it may take."""
    return Wait({name: count}, patience(model, [name]), f"until {count} of {name} {'is' if count == 1 else 'are'} ready")


def _known_after(model: Model, name: str) -> float:
    health = model.environment.services[name].health
    return health.known_after / 1000 if health else _ABOUT_S
