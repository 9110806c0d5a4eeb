"""Which of many changed lines a difference is shown by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from twipc.diagnostics import Path

from .lines import Change

_SHOWN = 2
"""What a line that shows one side of a difference is worth, in steps of a path."""


class Nearest:
    """Changes, found by the places of the spec that their lines came from."""

    def __init__(self, changes: Sequence[Change]) -> None:
        self._changes = changes
        self._told: Counter[int] = Counter()
        self._within: dict[Path, list[int]] = {(): [*range(len(changes))]}
        for index, change in enumerate(changes):
            for start in {origin[:depth] for origin in change.origins for depth in range(1, len(origin) + 1)}:
                self._within.setdefault(start, []).append(index)

    def to(self, path: Path, place: str, traces: tuple[Iterable[str], Iterable[str]]) -> int | None:
        """The change that is nearest to what `path` says, and shows most of what differs.

        Of equals it is one that stands where the difference is by its name, its `place`, then one that came from there alone,
        then one of which least was told.
        """
        nearest, equals = -1, list[int]()
        seen: set[int] = set()
        for depth in range(len(path), -1, -1):
            if depth + 2 * _SHOWN < nearest:
                break
            for index in self._within.get(path[:depth], ()):
                if index not in seen:
                    seen.add(index)
                    near = depth + _SHOWN * self._changes[index].shows(*traces)
                    if near > nearest:
                        nearest, equals = near, []
                    if near == nearest:
                        equals.append(index)

        def fitness(index: int) -> tuple[int, bool, int]:
            change = self._changes[index]
            return change.stands_in(place), path in change.origins, -self._told[index]

        if not equals:
            return None
        best = max(sorted(equals), key=fitness)  # of equals the first
        self._told[best] += 1
        return best
