"""Which of several patterns takes a text, decided byte by byte, by states that are made when they are met."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .pattern import EVERY, Bytes, Chain, Either, End, One, Pattern, Repeat, Start
from .steps import Steps, reached, step, turned

MOST_STATES = 20_000
"""Of one automaton, beyond one for each place in its patterns: without stars it never needs more than those."""


class TooMany(Exception):
    """Patterns with so many stars between them that their states are not made."""

    def __init__(self, most: int) -> None:
        super().__init__(f"the routes come to over {most:,} states: too many stars for an exact answer")


Edge = tuple[Bytes, int]
"""The bytes by which one gets to a state."""


class Automaton:
    """Of all patterns that a text matches, the first takes it.

    A state is what is still open after some bytes; equal states are one. With `first_only`, what can no longer win is left out,
    so that there are as few states as the question needs. `kinds` says for which kinds of requests each pattern is asked, as a
    set of bits: then the first of each kind is right.
    """

    def __init__(
        self,
        patterns: Sequence[Pattern],
        *,
        first_only: bool = True,
        kinds: Sequence[int] | None = None,
        most: int | None = None,
    ) -> None:
        """With `most`, of so many states at most."""
        self._first_only = first_only
        self._kinds = kinds or [1] * len(patterns)
        self._most = most
        self._moves: dict[int, list[Edge]] = {}
        self._jumps: Steps = {}
        self._at_start: Steps = {}
        self._at_end: Steps = {}
        self._number: list[int] = []
        """Of each place in a pattern, the pattern's number."""
        self._done: set[int] = set()
        """The places behind a pattern: whatever follows, it matches."""
        begin = [self._add(number, pattern) for number, pattern in enumerate(patterns)]
        self.places = len(self._number)
        self._useful = self._leading()
        self._ending = self._that_end()
        self._closures: dict[int, tuple[int, ...]] = {}
        self._states: list[frozenset[int]] = []
        self._known: dict[frozenset[int], int] = {}
        self._edges: dict[int, tuple[Edge, ...]] = {}
        self.start = self._state(self._beginning(begin))

    def __len__(self) -> int:
        """How many states were made so far."""
        return len(self._states)

    def edges(self, state: int) -> tuple[Edge, ...]:
        """Where each byte leads: disjoint sets that hold all bytes between them."""
        found = self._edges.get(state)
        if found is None:
            found = self._edges[state] = tuple(self._following(self._states[state]))
        return found

    def taker(self, state: int) -> int | None:
        """The pattern that takes a text which ends here."""
        return min(self.takers(state), default=None)

    def takers(self, state: int) -> frozenset[int]:
        """All patterns that match a text which ends here; with `first_only` the first of them is right, others may lack."""
        return frozenset(self._number[place] for place in self._states[state] if place in self._ending)

    def dead(self, state: int) -> bool:
        """Whether no pattern matches, whatever follows."""
        return not self._states[state]

    def walk(self, text: bytes) -> int:
        """The state after a text."""
        state = self.start
        for byte in text:
            state = next(target for of, target in self.edges(state) if of >> byte & 1)
        return state

    # How patterns become places, with moves by a byte and jumps by none.

    def _add(self, number: int, pattern: Pattern) -> int:
        before, first = self._place(number), self._place(number)
        step(self._jumps, before, first)
        self._move(before, EVERY, before)
        behind = self._build(number, pattern, first)
        self._move(behind, EVERY, behind)
        self._done.add(behind)
        return before

    def _place(self, number: int) -> int:
        self._number.append(number)
        return len(self._number) - 1

    def _move(self, place: int, of: Bytes, target: int) -> None:
        self._moves.setdefault(place, []).append((of, target))

    def _build(self, number: int, pattern: Pattern, at: int) -> int:
        """Add a pattern behind a place; the place behind it."""
        match pattern:
            case Chain(parts):
                for part in parts:
                    at = self._build(number, part, at)
                return at
            case One(of):
                behind = self._place(number)
                self._move(at, of, behind)
            case Either(parts):
                behind = self._place(number)
                for part in parts:
                    step(self._jumps, self._build(number, part, at), behind)
            case Repeat(part, least, most):
                return self._repeat(number, part, least, most, at)
            case Start():
                behind = self._place(number)
                step(self._at_start, at, behind)
            case End():
                behind = self._place(number)
                step(self._at_end, at, behind)
        return behind

    def _repeat(self, number: int, part: Pattern, least: int, most: int | None, at: int) -> int:
        for _ in range(least):
            at = self._build(number, part, at)
        behind = self._place(number)
        if most is None:
            again = self._place(number)
            step(self._jumps, at, again)
            step(self._jumps, self._build(number, part, again), again)
            step(self._jumps, again, behind)
            return behind
        for _ in range(most - least):
            step(self._jumps, at, behind)
            at = self._build(number, part, at)
        step(self._jumps, at, behind)
        return behind

    # What is known of the places once all are there.

    def _leading(self) -> set[int]:
        """The places from which a pattern can still match, elsewhere than at the beginning."""
        moves = {place: [target for _, target in edges] for place, edges in self._moves.items()}
        return reached(self._done, turned(self._jumps, self._at_end, moves))

    def _that_end(self) -> set[int]:
        """The places at which a text may end, for its pattern to match."""
        return reached(self._done, turned(self._jumps, self._at_end))

    # How places become states.

    def _closure(self, place: int) -> tuple[int, ...]:
        """All useful places that a place jumps to, itself with them, but for those where nothing moves and nothing ends."""
        found = self._closures.get(place)
        if found is None:
            there = reached((place,), self._jumps) if place in self._jumps else (place,)
            found = tuple(one for one in there if one in self._useful and (one in self._moves or one in self._ending))
            self._closures[place] = found
        return found

    def _beginning(self, begin: Iterable[int]) -> set[int]:
        jumps = {place: [*self._jumps.get(place, ()), *self._at_start.get(place, ())] for place in self._jumps | self._at_start}
        return reached(begin, jumps) & self._useful

    def _following(self, state: frozenset[int]) -> Iterable[Edge]:
        by_bytes: dict[Bytes, list[int]] = {}
        for place in state:
            for of, target in self._moves.get(place, ()):
                by_bytes.setdefault(of, []).append(target)
        targets: dict[int, Bytes] = {}
        for atom in atoms(by_bytes):
            there = (self._closure(target) for of, some in by_bytes.items() if of & atom for target in some)
            target = self._state(set().union(*there))
            targets[target] = targets.get(target, 0) | atom
        return ((of, target) for target, of in targets.items())

    def _state(self, places: set[int]) -> int:
        if self._first_only:
            done = sorted(self._number[place] for place in places if place in self._done)
            if done:
                places = self._winning(places, done)
        key = frozenset(places)
        if key not in self._known:
            most = self._most or MOST_STATES + self.places
            if len(self._states) >= most:
                raise TooMany(most)
            self._known[key] = len(self._states)
            self._states.append(key)
        return self._known[key]

    def _winning(self, places: set[int], done: Sequence[int]) -> set[int]:
        """Without those whose requests are all taken by others before them, whatever follows; what is done needs no more."""
        before: list[tuple[int, int]] = []
        taken = 0
        for number in done:
            before.append((number, taken))
            taken |= self._kinds[number]
        last = (len(self._kinds), taken)
        found = set()
        for place in places:
            number = self._number[place]
            taken = next((kinds for of, kinds in (*before, last) if number <= of), 0)
            if self._kinds[number] & ~taken and (place in self._done or number not in done):
                found.add(place)
        return found


def atoms(sets: Iterable[Bytes]) -> list[Bytes]:
    """The finest parts into which sets of bytes cut all bytes."""
    found = [EVERY]
    for of in sets:
        if of == EVERY:
            continue
        cut = []
        for atom in found:
            cut += [part for part in (atom & of, atom & ~of) if part]
        found = cut
    return found
