"""Following requests of one kind through the servers of a site, byte by byte of their path."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from msgspec import Struct

from .automaton import Automaton
from .cases import Case, examples, numbers
from .decoded import Decoded, Machine
from .expression import expression
from .pattern import Pattern
from .table import Answer, Onward, Rule, Site, Table

_SEGMENT = r"(?:[^/.\x00-\x1f\x7f][^/\x00-\x1f\x7f]*|\.[^/.\x00-\x1f\x7f][^/\x00-\x1f\x7f]*|\.\.[^/\x00-\x1f\x7f]+)"
PATHS = expression(f"^/(?:{_SEGMENT}/)*{_SEGMENT}?$")
"""Every normalised path: decoded, slashes merged, without dot segments and control characters."""


RAW_PATHS = expression(r"^/[!\x22$->@-~]*$")
"""Every path as it comes over the wire, its query cut off."""
PLAIN_PATHS = expression(r"^/(?:[!\x22$&-.0-9:->@-~]+/)*[!\x22$&-.0-9:->@-~]*$")
"""Those of them that come as they are read: nothing is encoded, no slash doubled."""


class Taken(Struct, frozen=True):
    """What becomes of a request: the servers it comes through, each with its rule or None for the default, and who answers."""

    through: tuple[tuple[str, int | None], ...]
    answers: frozenset[Answer]

    def __str__(self) -> str:
        return " or ".join(map(str, sorted(self.answers)))


class Follower:
    """Says of any path what becomes of the requests of one kind. With `raw`, it is given paths as they come over the wire."""

    def __init__(self, site: Site, may: Sequence[Sequence[int]], *, raw: bool) -> None:
        self._site = site
        self.raw = raw
        self._choices = {
            name: _Choice(site.tables[name], numbers, raw=raw) for name, numbers in zip(site.servers, may, strict=True)
        }
        self.machines: list[Machine] = [choice.machine for choice in self._choices.values()]
        self._place = {name: place for place, name in enumerate(site.servers)}

    def taken(self, states: Sequence[int]) -> Taken:
        """What becomes of a request whose path brings the machines to these states."""
        through: list[tuple[str, int | None]] = []
        answers = frozenset(self._answers(self._site.entry, states, through, ()))
        return Taken(tuple(through), answers)

    def number(self, state: int) -> int | None:
        """The entry's rule that takes such a request."""
        return self._choices[self._site.entry].number(state)

    def _answers(
        self, name: str, states: Sequence[int], through: list[tuple[str, int | None]], before: tuple[str, ...]
    ) -> Iterator[Answer]:
        if name in before:
            yield Answer("circle", " → ".join((*before, name)))
            return
        number = self._choices[name].number(states[self._place[name]])
        through.append((name, number))
        table = self._site.tables[name]
        for one in table.default if number is None else table.rules[number].leads:
            if isinstance(one, Onward):
                yield from self._answers(one.server, states, through, (*before, name))
            else:
                yield one


class _Choice:
    """Which of the rules that may take a request does, by its path."""

    def __init__(self, table: Table, may: Sequence[int], *, raw: bool) -> None:
        self._may = may
        rules = [table.rules[number] for number in may]
        self._plain = all(len(rule.paths) == 1 and not rule.not_paths for rule in rules)
        if self._plain:
            patterns = tuple(rule.paths[0] for rule in rules)
        else:
            patterns = tuple(dict.fromkeys(one for rule in rules for one in (*rule.paths, *rule.not_paths)))
            known = {pattern: place for place, pattern in enumerate(patterns)}
            self._asked = [_asked(rule, known) for rule in rules]
        automaton = automaton_of(patterns, first_only=self._plain)
        self._automaton = automaton
        self.machine: Machine = decoded(automaton) if raw and not table.raw else automaton

    def number(self, state: int) -> int | None:
        if isinstance(self.machine, Decoded):
            state = self.machine.inner(state)
        if self._plain:
            taker = self._automaton.taker(state)
            return None if taker is None else self._may[taker]
        matching = self._automaton.takers(state)
        found = (place for place, (all_of, none_of) in enumerate(self._asked) if all_of <= matching and not none_of & matching)
        place = next(found, None)
        return None if place is None else self._may[place]


def _asked(rule: Rule, known: dict[Pattern, int]) -> tuple[frozenset[int], frozenset[int]]:
    return frozenset(known[one] for one in rule.paths), frozenset(known[one] for one in rule.not_paths)


@lru_cache(maxsize=128)
def automaton_of(patterns: tuple[Pattern, ...], *, first_only: bool = True, kinds: tuple[int, ...] | None = None) -> Automaton:
    """Says by its number which of the patterns takes a path."""
    return Automaton(patterns, first_only=first_only, kinds=kinds)


@lru_cache(maxsize=128)
def decoded(automaton: Automaton) -> Decoded:
    """The same given paths as they come over the wire."""
    return Decoded(automaton)


def world(*, raw: bool, decoding: bool = True) -> Machine:
    """Takes every path that a server does not refuse: as it is normalised, or `raw` as it comes; any, if none is decoding."""
    if raw and not decoding:
        return automaton_of((RAW_PATHS,))
    paths = automaton_of((PATHS,))
    return decoded(paths) if raw else paths


def taken(site: Site, case: Case, path: bytes, *, raw: bool = False) -> Taken:
    """What becomes of one request."""
    follower = Follower(site, numbers(site, case), raw=raw)
    return follower.taken([machine.walk(path) for machine in follower.machines])


def forget() -> None:
    """Lets go of the automata that are kept for the next question."""
    automaton_of.cache_clear()
    decoded.cache_clear()
    examples.cache_clear()
