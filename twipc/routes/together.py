"""Following requests of all kinds through the servers of a site at once: what the kinds have alike is walked one time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from .automaton import Automaton
from .decoded import Decoded, Machine
from .follow import Taken, automaton_of, decoded
from .pattern import Pattern
from .table import Answer, Onward, Site, Table

Numbers = tuple[int | None, ...]
"""Of each server the rule that takes a request."""
Matching = tuple[tuple[int, ...], ...]
"""Of each server the rules that a path fits, by their numbers."""


class Together:
    """Says of any path and kind what becomes of such requests. With `raw`, it is given paths as they come over the wire."""

    def __init__(self, site: Site, kinds: Sequence[Sequence[Sequence[int]]], *, raw: bool) -> None:
        self.site = site
        self._takers: dict[Matching, dict[int, int]] = {}
        tables = [site.tables[name] for name in site.servers]
        self._choices = [_Choice(table, [may[place] for may in kinds], raw=raw) for place, table in enumerate(tables)]
        self._place = {name: place for place, name in enumerate(site.servers)}
        self.machines: list[Machine] = [choice.machine for choice in self._choices]
        self._known: dict[tuple[int | None, ...], int] = {}
        self._ways: dict[Taken, int] = {}
        self._taken: list[Taken] = []
        self._kinds = len(kinds)

    def matching(self, states: Sequence[int]) -> Matching:
        """What decides between paths: those with the same rules are answered alike."""
        return tuple(choice.matching(state) for choice, state in zip(self._choices, states, strict=True))

    def ways(self, matching: Matching) -> list[int]:
        """What becomes of requests whose path fits these rules, of each kind, by a number for each way that there is."""
        each = [choice.numbers(rules, self._kinds) for choice, rules in zip(self._choices, matching, strict=True)]
        return [self._known[numbers] if numbers in self._known else self._way(numbers) for numbers in zip(*each, strict=True)]

    def takers(self, matching: Matching) -> Mapping[int, int]:
        """The entry's rules that take such a path, each with the kinds of which it does, as bits."""
        found = self._takers.get(matching)
        if found is None:
            found = self._takers[matching] = dict(self._choices[0].takers(matching[0]))
        return found

    def asking(self, number: int) -> int:
        """The kinds of requests that a rule of the entry asks for, as bits."""
        return self._choices[0].kinds[number]

    def taken(self, way: int) -> Taken:
        """The way of a number."""
        return self._taken[way]

    def _way(self, numbers: Numbers) -> int:
        through: list[tuple[str, int | None]] = []
        answers = frozenset(self._answers(self.site.entry, numbers, through))
        taken = Taken(tuple(through), answers)
        if taken not in self._ways:
            self._ways[taken] = len(self._taken)
            self._taken.append(taken)
        self._known[numbers] = self._ways[taken]
        return self._known[numbers]

    def _answers(
        self, name: str, numbers: Numbers, through: list[tuple[str, int | None]], before: tuple[str, ...] = ()
    ) -> Iterator[Answer]:
        if name in before:
            yield Answer("circle", " → ".join((*before, name)))
            return
        number = numbers[self._place[name]]
        through.append((name, number))
        table = self.site.tables[name]
        for one in table.default if number is None else table.rules[number].leads:
            if isinstance(one, Onward):
                yield from self._answers(one.server, numbers, through, (*before, name))
            else:
                yield one


class _Choice:
    """Which of the rules that may take a request does, by its kind and its path."""

    def __init__(self, table: Table, mays: Sequence[Sequence[int]], *, raw: bool) -> None:
        self.kinds = [0] * len(table.rules)
        for kind, may in enumerate(mays):
            for number in may:
                self.kinds[number] |= 1 << kind
        self._numbers = [number for number, kinds in enumerate(self.kinds) if kinds]
        rules = [table.rules[number] for number in self._numbers]
        self._plain = all(len(rule.paths) == 1 and not rule.not_paths for rule in rules)
        if self._plain:
            kinds = tuple(self.kinds[number] for number in self._numbers)
            self._automaton = automaton_of(tuple(rule.paths[0] for rule in rules), kinds=kinds)
        else:
            patterns = tuple(dict.fromkeys(one for rule in rules for one in (*rule.paths, *rule.not_paths)))
            known: dict[Pattern, int] = {pattern: place for place, pattern in enumerate(patterns)}
            self._asked = [
                (frozenset(known[one] for one in rule.paths), frozenset(known[one] for one in rule.not_paths)) for rule in rules
            ]
            # Rules by the rarest of their patterns each: of many rules few are looked at.
            asking = Counter(known[one] for rule in rules for one in rule.paths)
            self._by_pattern: dict[int, list[int]] = {}
            for place, (all_of, _) in enumerate(self._asked):
                self._by_pattern.setdefault(min(all_of, key=lambda one: (asking[one], one)), []).append(place)
            self._automaton = automaton_of(patterns, first_only=False)
        self._matching: dict[int, tuple[int, ...]] = {}
        self.machine: Machine = decoded(self._automaton) if raw and not table.raw else self._automaton

    def matching(self, state: int) -> tuple[int, ...]:
        """The rules that a path which ends here fits; those without which every kind is taken by others may lack."""
        if isinstance(self.machine, Decoded):
            state = self.machine.inner(state)
        found = self._matching.get(state)
        if found is None:
            found = self._matching[state] = tuple(self._fitting(self._automaton, state))
        return found

    def _fitting(self, automaton: Automaton, state: int) -> Iterator[int]:
        takers = automaton.takers(state)
        if self._plain:
            return (self._numbers[place] for place in sorted(takers))
        near = sorted(place for taker in takers for place in self._by_pattern.get(taker, ()))
        return (self._numbers[place] for place in near if self._fits(place, takers))

    def _fits(self, place: int, takers: frozenset[int]) -> bool:
        all_of, none_of = self._asked[place]
        return all_of <= takers and not none_of & takers

    def takers(self, matching: Sequence[int]) -> Iterator[tuple[int, int]]:
        taken = 0
        for number in matching:
            if mine := self.kinds[number] & ~taken:
                taken |= mine
                yield number, mine

    def numbers(self, matching: Sequence[int], kinds: int) -> Sequence[int | None]:
        """Of each kind the first of them that takes it."""
        found: list[int | None] = [None] * kinds
        left = (1 << kinds) - 1
        for number in matching:
            taken = left & self.kinds[number]
            left &= ~taken
            while taken:
                last = taken & -taken
                found[last.bit_length() - 1] = number
                taken ^= last
        return found
