"""Steps from place to place that no byte is needed for."""

from __future__ import annotations

from collections.abc import Iterable

Steps = dict[int, list[int]]
"""To which places one gets from a place; most have none."""


def step(steps: Steps, place: int, target: int) -> None:
    """Adds one to the others from there."""
    steps.setdefault(place, []).append(target)


def turned(*steps: Steps) -> Steps:
    """From where each place is stepped to."""
    back: Steps = {}
    for kind in steps:
        for place, targets in kind.items():
            for target in targets:
                step(back, target, place)
    return back


def reached(begin: Iterable[int], steps: Steps) -> set[int]:
    """Where one gets by any number of steps."""
    found = set(begin)
    waiting = list(found)
    while waiting:
        for target in steps.get(waiting.pop(), ()):
            if target not in found:
                found.add(target)
                waiting.append(target)
    return found
