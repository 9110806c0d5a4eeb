"""Which fields a target answers for: the leaves of the nouns."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from twipc.spec import Backend, Environment, Http, Network, Noun, Ready, Secret, Service, Volume
from twipc.spec.shape import OfNoun, fields

NOUNS: dict[str, type[Noun]] = {
    "environment": Environment,
    "service": Service,
    "http": Http,
    "backend": Backend,
    "network": Network,
    "volume": Volume,
    "secret": Secret,
}
_APART: dict[type[Noun], frozenset[str]] = {
    # The language's version, the targets' own options and acceptances speak to the compiler; the rest are nouns of their own.
    # What is external runs nowhere here: it is in the variables that hold its address.
    Environment: frozenset({"twipc", "targets", "accept", "services", "networks", "external", "volumes", "secrets"}),
    Service: frozenset({"http"}),
    Http: frozenset({"backends"}),
}


@cache
def leaves(noun: type[Noun]) -> tuple[str, ...]:
    """The dotted leaves of a noun: what is inside a list or map belongs to its leaf."""
    return tuple(_leaves(noun))


def _leaves(noun: type[Noun], prefix: str = "") -> Iterator[str]:
    for name, shape in fields(noun).items():
        if name in _APART.get(noun, ()):
            continue
        if isinstance(shape, OfNoun):
            yield from _leaves(shape.noun, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


def all_fields() -> tuple[str, ...]:
    """Every field that some target answers for, in the order of the language."""
    return tuple(f"{noun}.{leaf}" for noun, kind in NOUNS.items() for leaf in leaves(kind))


def engine_fields() -> tuple[str, ...]:
    """The fields that a proxy's engine answers for."""
    ready = tuple(f"service.ready.{leaf}" for leaf in leaves(Ready))
    return ready + tuple(field for field in all_fields() if field.startswith(("http.", "backend.")))
