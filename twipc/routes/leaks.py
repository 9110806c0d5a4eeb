"""Rules that take more than one would think: besides what is below a path, also what only begins like it."""

from __future__ import annotations

from collections.abc import Iterator

from twipc.record import dataclass

from .cases import cases
from .follow import Follower, world
from .search import shortest
from .table import Site, Table


@dataclass(frozen=True, slots=True)
class Leak:
    """A rule that takes what is below a path, and also paths that only begin like it, such as `longer`."""

    number: int
    path: str
    longer: str


def leaks(table: Table) -> list[Leak]:
    """The rules that take `/ab` as well as what is below `/a`."""
    found: dict[tuple[str | int, ...], Leak] = {}
    for follower in _followers(table):
        machine = follower.machines[0]
        for number, path in _shortest(follower).items():
            longer, below = (follower.number(machine.walk(path + more)) for more in (b"x", b"/x"))
            at = table.rules[number].at
            if at not in found and len(path) > 1 and not path.endswith(b"/") and longer == below == number:
                found[at] = Leak(number, _shown(path), _shown(path + b"x"))
    return sorted(found.values(), key=lambda one: one.number)


def _followers(table: Table) -> Iterator[Follower]:
    site = Site("", {"": table})
    return (Follower(site, may, raw=table.raw) for _, (may,) in cases(site))


def _shortest(follower: Follower) -> dict[int, bytes]:
    """Of each rule the shortest path that it takes."""
    there = world(raw=follower.raw, decoding=False)
    return shortest([there, *follower.machines], lambda states: follower.number(states[1]))


def _shown(path: bytes) -> str:
    return path.decode("utf-8", "replace")
