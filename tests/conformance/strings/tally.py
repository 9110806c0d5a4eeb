"""What became of the strings, counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

Strings = Mapping[str, str]
"""Strings by their slots in one place of one spec."""


@dataclass
class Count:
    """Of one place in one engine."""

    carried: int = 0
    refused: int = 0
    changed: list[str] = field(default_factory=list)

    @property
    def tried(self) -> int:
        return self.carried + self.refused + len(self.changed)


class Tally:
    """The counts of a run, by engine and place."""

    def __init__(self) -> None:
        self.counts: dict[tuple[str, str], Count] = {}

    def refused(self, engine: str, place: str, words: Iterable[str]) -> None:
        """Words that twipc refuses there, with a reason."""
        self._of(engine, place).refused += len(list(words))

    def compare(self, engine: str, place: str, put: Strings, seen: Strings) -> None:
        """What was put, against what the engine has; more than was put is a change too."""
        count = self._of(engine, place)
        for slot in sorted({*put, *seen}):
            if slot in put and seen.get(slot) == put[slot]:
                count.carried += 1
            else:
                count.changed.append(f"{engine}, {place}, {slot}: {put.get(slot)!r} became {seen.get(slot)!r}")

    def _of(self, engine: str, place: str) -> Count:
        return self.counts.setdefault((engine, place), Count())

    @property
    def changed(self) -> list[str]:
        return [words for count in self.counts.values() for words in count.changed]

    @property
    def carried(self) -> int:
        return sum(count.carried for count in self.counts.values())

    @property
    def tried(self) -> int:
        return sum(count.tried for count in self.counts.values())
