"""Which of several patterns takes a text, decided byte by byte, by states that are made when they are met."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence, Set

from .pattern import EVERY, Bytes, Pattern
from .places import Places
from .steps import reached, turned

MOST_WORK = 10_000_000
"""Places of states times the ways on from them, beyond some for each place: a few seconds of a processor. Where words may stand
anywhere in a text, there is a state for each set of them, and each is large."""
_WORK_OF_ONE = 3_000
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
        self._work = 0
        places = Places()
        begin = [places.add(number, pattern) for number, pattern in enumerate(patterns)]
        self._moves, self._jumps, self._number, self._done = places.moves, places.jumps, places.number, places.done
        self._at_start, self._at_end = places.at_start, places.at_end
        self.places = len(self._number)
        self._useful = self._leading()
        self._ending = self._that_end()
        self._standing = self._done.union(begin)
        """Those that stay, whatever follows: what comes of them is worked out once for all states with the same."""
        self._stood: dict[frozenset[int], tuple[frozenset[int], list[tuple[Bytes, frozenset[int]]]]] = {}
        self._won: dict[frozenset[int], tuple[list[int], list[int], frozenset[int]]] = {}
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
        if self._work > MOST_WORK + _WORK_OF_ONE * self.places:
            raise TooMany(len(self._states))
        standing = state & self._standing
        if standing not in self._stood:
            there = frozenset().union(*map(self._closure, standing))
            self._stood[standing] = there, list(self._moved(there))
        there, always = self._stood[standing]
        targets: dict[int, Bytes] = {}
        for by, more in self._moved(state - there):
            for of, some in always:
                if of & by:
                    target = self._state(some | more)
                    targets[target] = targets.get(target, 0) | of & by
        self._work += len(state) * len(targets)
        return ((of, target) for target, of in targets.items())

    def _moved(self, places: frozenset[int]) -> Iterable[tuple[Bytes, frozenset[int]]]:
        """Where each byte leads from these."""
        by_bytes: dict[Bytes, list[int]] = {}
        for place in places:
            for of, target in self._moves.get(place, ()):
                by_bytes.setdefault(of, []).append(target)
        for atom in atoms(by_bytes):
            there = (self._closure(target) for of, some in by_bytes.items() if of & atom for target in some)
            yield atom, frozenset().union(*there)

    def _state(self, places: Set[int]) -> int:
        key = frozenset(self._winning(places) if self._first_only else places)
        if key not in self._known:
            most = self._most or MOST_STATES + self.places
            if len(self._states) >= most:
                raise TooMany(most)
            self._known[key] = len(self._states)
            self._states.append(key)
        return self._known[key]

    def _winning(self, places: Set[int]) -> Set[int]:
        """Without those whose requests are all taken by others before them, whatever follows; what is done needs no more."""
        done = frozenset(self._done & places)
        if not done:
            return places
        if done not in self._won:
            self._won[done] = self._among(done)
        numbers, before, left = self._won[done]
        known = frozenset(numbers)
        found = set(left)
        for place in places - done:
            number = self._number[place]
            if self._kinds[number] & ~before[bisect_left(numbers, number)] and number not in known:
                found.add(place)
        return found

    def _among(self, done: frozenset[int]) -> tuple[list[int], list[int], frozenset[int]]:
        """Of patterns that match whatever follows their numbers, the kinds taken in front of each, and who is left."""
        numbers = sorted({self._number[place] for place in done})
        before = [0]
        for number in numbers:
            before.append(before[-1] | self._kinds[number])
        lost = {number for number, taken in zip(numbers, before, strict=False) if not self._kinds[number] & ~taken}
        return numbers, before, frozenset(place for place in done if self._number[place] not in lost) if lost else done


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
