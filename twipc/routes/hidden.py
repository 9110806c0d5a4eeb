"""Rules that no request reaches, because others take all of theirs before."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from .cases import cases
from .follow import automaton_of, world
from .pattern import Chain, Either, One, Pattern, Repeat
from .search import texts
from .table import Rule, Site, Table
from .together import Together


class Hidden(Struct, frozen=True):
    """A rule that takes nothing, and those that take what it asks for, by their numbers; none, if there is no such request."""

    number: int
    takers: tuple[int, ...]


def hidden(table: Table) -> list[Hidden]:
    """The rules of a table that no request reaches."""
    site = Site("", {"": table})
    together = Together(site, [may for _, (may,) in cases(site)], raw=False)
    if any(len(rule.paths) > 1 or rule.not_paths for rule in table.rules):
        return _walked(table, together)
    asked = ((number, rule) for number, rule in enumerate(table.rules) if not _reached(together, number, rule))
    found = ((number, set(_takers(together, number, rule))) for number, rule in asked)
    return [Hidden(number, tuple(sorted(takers))) for number, takers in found if number not in takers]


def _walked(table: Table, together: Together) -> list[Hidden]:
    """The same where rules ask for several things of a path, and all that they ask for is known of each."""
    found = {together.matching(states[1:]) for states, _ in texts((world(raw=False), *together.machines))}
    took = {matching: together.takers(matching) for matching in found}
    left: dict[int, set[int]] = {number: set() for number in range(len(table.rules))}
    for number in {number for takers in took.values() for number in takers}:
        del left[number]
    for (matching,), takers in took.items():
        for number in matching:
            if number in left:
                left[number] |= {taker for taker, kinds in takers.items() if kinds & together.asking(number)}
    return [Hidden(number, tuple(sorted(takers))) for number, takers in left.items()]


def _reached(together: Together, number: int, rule: Rule) -> bool:
    """Whether a rule takes the plainest path that it asks for, which mostly shows it at once."""
    plain = b"".join(map(_plain, rule.paths))
    there = world(raw=False)
    if there.taker(there.walk(plain)) is None:
        return False
    return number in together.takers(together.matching([machine.walk(plain) for machine in together.machines]))


def _takers(together: Together, number: int, rule: Rule) -> Iterator[int]:
    """Who takes the requests that a rule asks for; itself, if it takes one."""
    own = automaton_of(rule.paths)
    for states, _ in texts((world(raw=False), own, *together.machines)):
        if own.taker(states[1]) is not None:
            takers = together.takers(together.matching(states[2:]))
            yield from (taker for taker, kinds in takers.items() if kinds & together.asking(number))


def _plain(pattern: Pattern) -> bytes:
    """A text that a pattern matches, if it is one of the plain kind; what it asks for beyond that is not looked at."""
    match pattern:
        case One(of):
            return bytes([(of & -of).bit_length() - 1])
        case Chain(parts):
            return b"".join(map(_plain, parts))
        case Either(parts):
            return _plain(parts[0])
        case Repeat(part, least, _):
            return _plain(part) * least
    return b""
