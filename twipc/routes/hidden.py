"""Rules that no request reaches, because others take all of theirs before."""

from __future__ import annotations

from collections.abc import Iterator

from twipc.record import dataclass

from .cases import cases
from .follow import Follower, automaton_of, world
from .pattern import Chain, Either, One, Pattern, Repeat
from .search import texts
from .table import Rule, Site, Table


@dataclass(frozen=True, slots=True)
class Hidden:
    """A rule that takes nothing, and those that take what it asks for, by their numbers; none, if there is no such request."""

    number: int
    takers: tuple[int, ...]


def hidden(table: Table) -> list[Hidden]:
    """The rules of a table that no request reaches."""
    site = Site("", {"": table})
    kinds = [(Follower(site, may, raw=False), frozenset(may[0])) for _, (may,) in cases(site)]
    left = dict.fromkeys(range(len(table.rules)))
    for follower, may in kinds:
        for number in [one for one in left if one in may]:
            if _reached(follower, number, table.rules[number]):
                del left[number]
    return [Hidden(number, _takers(kinds, number, table.rules[number])) for number in left]


def _reached(follower: Follower, number: int, rule: Rule) -> bool:
    """Whether a rule takes a request; the plainest path that it asks for mostly shows it at once."""
    plain = b"".join(map(_plain, rule.paths[:1]))
    there, machine = world(raw=False), follower.machines[0]
    if there.taker(there.walk(plain)) is not None and follower.number(machine.walk(plain)) == number:
        return True
    return any(taker == number for taker in _all_takers(follower, rule))


def _takers(kinds: list[tuple[Follower, frozenset[int]]], number: int, rule: Rule) -> tuple[int, ...]:
    found = {taker for follower, may in kinds if number in may for taker in _all_takers(follower, rule)}
    return tuple(sorted(taker for taker in found if taker is not None))


def _all_takers(follower: Follower, rule: Rule) -> Iterator[int | None]:
    """Who takes the requests whose paths a rule asks for."""
    own = automaton_of((*rule.paths, *rule.not_paths), first_only=False)
    wanted = frozenset(range(len(rule.paths)))
    for states, _ in texts((world(raw=False), own, follower.machines[0])):
        if own.takers(states[1]) == wanted:
            yield follower.number(states[2])


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
