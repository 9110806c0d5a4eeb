"""Patterns as places in them, with moves by a byte and jumps by none."""

from __future__ import annotations

from .pattern import EVERY, Bytes, Chain, Either, End, One, Pattern, Repeat, Start
from .steps import Steps, step


class Places:
    """The places of several patterns."""

    def __init__(self) -> None:
        self.moves: dict[int, list[tuple[Bytes, int]]] = {}
        self.jumps: Steps = {}
        self.at_start: Steps = {}
        self.at_end: Steps = {}
        self.number: list[int] = []
        """Of each place, its pattern's number."""
        self.done: set[int] = set()
        """The places behind a pattern: whatever follows, it matches."""

    def add(self, number: int, pattern: Pattern) -> int:
        """The place from which a pattern is looked for."""
        before, first = self._place(number), self._place(number)
        step(self.jumps, before, first)
        self._move(before, EVERY, before)
        behind = self._build(number, pattern, first)
        self._move(behind, EVERY, behind)
        self.done.add(behind)
        return before

    def _place(self, number: int) -> int:
        self.number.append(number)
        return len(self.number) - 1

    def _move(self, place: int, of: Bytes, target: int) -> None:
        self.moves.setdefault(place, []).append((of, target))

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
                    step(self.jumps, self._build(number, part, at), behind)
            case Repeat(part, least, most):
                return self._repeat(number, part, least, most, at)
            case Start():
                behind = self._place(number)
                step(self.at_start, at, behind)
            case End():
                behind = self._place(number)
                step(self.at_end, at, behind)
        return behind

    def _repeat(self, number: int, part: Pattern, least: int, most: int | None, at: int) -> int:
        for _ in range(least):
            at = self._build(number, part, at)
        behind = self._place(number)
        if most is None:
            again = self._place(number)
            step(self.jumps, at, again)
            step(self.jumps, self._build(number, part, again), again)
            step(self.jumps, again, behind)
            return behind
        for _ in range(most - least):
            step(self.jumps, at, behind)
            at = self._build(number, part, at)
        step(self.jumps, at, behind)
        return behind
