"""An automaton for normalised paths, given paths as they come: encoded bytes are decoded, and slashes merged, on the way."""

from __future__ import annotations

from collections.abc import Iterable

from .automaton import Automaton, Edge
from .pattern import EVERY, Bytes, one_of

_SLASH, _PERCENT = 1 << ord("/"), 1 << ord("%")
_DIGITS = [one_of({ord(f"{value:x}"), ord(f"{value:X}")}).of for value in range(16)]
_HEX = sum(_DIGITS)
_UNWRITTEN = EVERY & ~one_of(range(0x21, 0x7F)).of | one_of(b"?#").of
"""Bytes that no path holds as it comes over the wire, and those that end it."""

_READ = 4
"""Ways to be in the middle of an encoded byte that make a difference, or not in one: in tables of routes mostly so few."""
_Row = tuple[int, ...]
"""Where each second digit leads."""
_Place = tuple[int, bool, bool | _Row]
"""The inner state, whether a slash came last, and what came of `%41`: nothing, the sign, or a first digit by what it leaves."""


class Decoded:
    """Of `//` the inner automaton sees one slash, of `%41` an A. A broken `%4` leads nowhere: such requests are refused."""

    def __init__(self, inner: Automaton) -> None:
        self._inner = inner
        self.places = _READ * inner.places
        self._places: list[_Place] = []
        self._known: dict[_Place, int] = {}
        self._edges: dict[int, tuple[Edge, ...]] = {}
        self._nowhere = self._state((-1, False, False))
        self.start = self._state((inner.start, False, False))

    def inner(self, state: int) -> int:
        """The inner automaton's state."""
        return self._places[state][0]

    def taker(self, state: int) -> int | None:
        """The pattern that takes a path which ends here."""
        inner, _, read = self._places[state]
        return None if read or inner < 0 else self._inner.taker(inner)

    def dead(self, state: int) -> bool:
        """Whether no pattern matches, whatever follows."""
        inner = self._places[state][0]
        return inner < 0 or self._inner.dead(inner)

    def walk(self, path: bytes) -> int:
        """The state after a path."""
        state = self.start
        for byte in path:
            state = next(target for of, target in self.edges(state) if of >> byte & 1)
        return state

    def edges(self, state: int) -> tuple[Edge, ...]:
        """Where each byte leads: disjoint sets that hold all bytes between them."""
        found = self._edges.get(state)
        if found is None:
            found = self._edges[state] = self._following(self._places[state])
        return found

    def _following(self, place: _Place) -> tuple[Edge, ...]:
        inner, slash, read = place
        if inner < 0:
            return ((EVERY, self._nowhere),)
        if read is True:
            rows: dict[_Row, Bytes] = {}
            leads = self._by_byte(inner, slash)
            for value, of in enumerate(_DIGITS):
                row = tuple(leads[value * 16 : value * 16 + 16])
                rows[row] = rows.get(row, 0) | of
            return (*((of, self._state((inner, slash, row))) for row, of in rows.items()), (EVERY & ~_HEX, self._nowhere))
        if read:
            return (*_joined(zip(_DIGITS, read, strict=True)), (EVERY & ~_HEX, self._nowhere))
        found = [
            (of & ~(_PERCENT | _SLASH | _UNWRITTEN), self._state((target, False, False)))
            for of, target in self._inner.edges(inner)
        ]
        found += [(_SLASH, self._after_slash(inner, slash)), (_PERCENT, self._state((inner, slash, True)))]
        return (*(edge for edge in found if edge[0]), (_UNWRITTEN, self._nowhere))

    def _by_byte(self, inner: int, slash: bool) -> list[int]:
        """Where each byte leads when it comes encoded."""
        found = [0] * 256
        for of, target in self._inner.edges(inner):
            state = self._state((target, False, False))
            while of:
                last = of & -of
                found[last.bit_length() - 1] = state
                of ^= last
        found[ord("/")] = self._after_slash(inner, slash)
        return found

    def _after_slash(self, inner: int, slash: bool) -> int:
        """Of several slashes the inner automaton sees the first."""
        target = inner if slash else next(target for of, target in self._inner.edges(inner) if of & _SLASH)
        return self._state((target, True, False))

    def _state(self, place: _Place) -> int:
        if place not in self._known:
            self._known[place] = len(self._places)
            self._places.append(place)
        return self._known[place]


def _joined(edges: Iterable[Edge]) -> list[Edge]:
    found: dict[int, int] = {}
    for of, target in edges:
        found[target] = found.get(target, 0) | of
    return [(of, target) for target, of in found.items()]


Machine = Automaton | Decoded
