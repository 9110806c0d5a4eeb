"""Which changed line a difference is shown by: found by its place, it is the one that a look at all of them would find."""

from __future__ import annotations

from collections import Counter
from itertools import takewhile

from hypothesis import given
from hypothesis import strategies as st

from twipc.diagnostics import Path
from twipc.verify.lines import Change
from twipc.verify.nearest import Nearest

WORDS = st.sampled_from(["web", "api", "image", "env"])
PATHS = st.lists(WORDS, max_size=4).map(tuple)
LINES = st.lists(st.sampled_from(["web: 1\n", "api: 2\n", "image: 3\n"]), max_size=2).map(tuple)
CHANGES = st.builds(Change, st.just(1), st.lists(PATHS, max_size=3).map(tuple), LINES, LINES, LINES)
TEXTS = st.lists(st.sampled_from(["1", "2", "3", "web"]), max_size=2)
ASKED = st.lists(st.tuples(PATHS, st.sampled_from(["", "web", "api image"]), st.tuples(TEXTS, TEXTS)), max_size=5)


def steps(origin: Path, path: Path) -> int:
    return len([*takewhile(lambda pair: pair[0] == pair[1], zip(origin, path, strict=False))])


@given(st.lists(CHANGES, max_size=8), ASKED)
def test_it_is_the_first_of_those_that_are_nearest(
    changed: list[Change], asked: list[tuple[Path, str, tuple[list[str], list[str]]]]
) -> None:
    nearest, told = Nearest(changed), Counter[int]()
    for path, place, traces in asked:

        def fitness(
            index: int, path: Path = path, place: str = place, traces: tuple[list[str], list[str]] = traces
        ) -> tuple[int, int, bool, int]:
            one = changed[index]
            near = max((steps(origin, path) for origin in one.origins), default=0) + 2 * one.shows(*traces)
            return near, one.stands_in(place), path in one.origins, -told[index]

        best = max(range(len(changed)), key=fitness, default=None)
        assert nearest.to(path, place, traces) == best
        if best is not None:
            told[best] += 1
