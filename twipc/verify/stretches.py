"""Where two texts differ: difflib compares each line with all that are equal, which of long texts is the square of them."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

_LONG = 1000
"""Lines that difflib takes no time for, whatever they are."""


def stretches(wanted: Sequence[str], there: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Each stretch that differs: in both texts its first line and the one after its last.

    Of long texts what stands once in each, and in the same order, is the same: the rest is compared between such lines.
    """
    common = _common(wanted, there) if max(len(wanted), len(there)) > _LONG else []
    before, begun = 0, 0
    for after, ended in [*common, (len(wanted), len(there))]:
        matcher = SequenceMatcher(None, wanted[before:after], there[begun:ended], autojunk=False)
        for tag, first, last, start, end in matcher.get_opcodes():
            if tag != "equal":
                yield before + first, before + last, begun + start, begun + end
        before, begun = after + 1, ended + 1


def _common(wanted: Sequence[str], there: Sequence[str]) -> list[tuple[int, int]]:
    """The numbers of lines that stand once in each text, as many as are in the same order in both (patience sorting)."""
    counts, places = Counter(there), {line: number for number, line in enumerate(there)}
    pairs = [(number, places[line]) for line, number in _once(wanted) if counts[line] == 1]
    ends: list[int] = []  # by how many lines are in order up to there, the one of the pairs that ends them first
    previous: list[int | None] = []
    for index, (_, place) in enumerate(pairs):
        length = bisect_left(ends, place, key=lambda end: pairs[end][1])
        previous.append(ends[length - 1] if length else None)
        ends[length : length + 1] = [index]
    found: list[tuple[int, int]] = []
    last = ends[-1] if ends else None
    while last is not None:
        found.append(pairs[last])
        last = previous[last]
    return found[::-1]


def _once(lines: Sequence[str]) -> Iterator[tuple[str, int]]:
    counts = Counter(lines)
    return ((line, number) for number, line in enumerate(lines) if counts[line] == 1)
