"""Rules that take more than one would think: besides what is below a path, also what only begins like it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from .cases import cases
from .follow import world
from .search import texts
from .table import Site, Table
from .together import Matching, Together


class Leak(Struct, frozen=True):
    """A rule that takes what is below a path, and also paths that only begin like it, such as `longer`."""

    number: int
    path: str
    longer: str


def leaks(table: Table) -> list[Leak]:
    """The rules that take `/ab` as well as what is below `/a`."""
    site = Site("", {"": table})
    together = Together(site, [may for _, (may,) in cases(site)], raw=table.raw)
    found: dict[tuple[str | int, ...], Leak] = {}
    for path, number, kinds in _shortest(together, table):
        at = table.rules[number].at
        if at not in found and len(path) > 1 and not path.endswith(b"/"):
            for more in (b"x", b"/x"):
                kinds &= together.takers(_matching(together, path + more)).get(number, 0)
            if kinds:
                found[at] = Leak(number, _shown(path), _shown(path + b"x"))
    return sorted(found.values(), key=lambda one: one.number)


def _shortest(together: Together, table: Table) -> Iterator[tuple[bytes, int, int]]:
    """Of each rule, and each kind of requests that it takes, the shortest path: with the rule and the kinds as bits."""
    known: dict[int, int] = {}
    seen = set()
    for states, text in texts((world(raw=table.raw, decoding=False), *together.machines)):
        matching = together.matching(states[1:])
        if matching not in seen:
            seen.add(matching)
            for number, kinds in together.takers(matching).items():
                if kinds & ~known.get(number, 0):
                    yield text(), number, kinds & ~known.get(number, 0)
                    known[number] = known.get(number, 0) | kinds


def _matching(together: Together, path: bytes) -> Matching:
    return together.matching([machine.walk(path) for machine in together.machines])


def _shown(path: bytes) -> str:
    return path.decode("utf-8", "replace")
