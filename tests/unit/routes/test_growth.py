"""A thousand routes are compared, and twice as many take little more than twice as many steps."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from cProfile import Profile

import pytest

from bench.growth import CHANGED, KINDS, measured
from bench.speed.field import exponent
from twipc.formats.reading import routing_of
from twipc.routes.automaton import TooMany
from twipc.routes.decoded import Machine
from twipc.routes.follow import forget
from twipc.routes.hidden import hidden
from twipc.routes.leaks import leaks
from twipc.routes.search import States, texts


@pytest.mark.parametrize("kind", ["spec and spec", "nginx and haproxy", "by name"])
def test_all_that_was_changed_is_found_and_nothing_else(kind: str) -> None:
    assert measured(KINDS[kind](100), rounds=1)[1] == CHANGED


def test_a_thousand_routes_are_compared() -> None:
    assert measured(KINDS["spec and spec"](1000), rounds=1)[1] == CHANGED


def test_steps_grow_with_the_routes(monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[int] = []

    def counted(asked: Sequence[Machine]) -> Iterator[tuple[States, Callable[[], bytes]]]:
        found = list(texts(asked))
        steps.append(len(found))
        return iter(found)

    monkeypatch.setattr("twipc.routes.compare.texts", counted)
    for count in (100, 200):
        measured(KINDS["nginx and haproxy"](count), rounds=1)
    assert 50 < steps[0] < steps[1] < 2.5 * steps[0]


def test_what_a_thousand_names_cost_grows_with_them() -> None:
    def calls(count: int) -> int:
        forget()
        compare = KINDS["by name"](count)
        profile = Profile()
        found = profile.runcall(measured, compare, rounds=1)[1]
        assert found == CHANGED
        return sum(each.callcount for each in profile.getstats())

    first, second = calls(150), calls(300)
    assert second < 3 * first


def test_the_exponent_of_a_power_is_found() -> None:
    assert exponent([10, 100, 1000], [5.0, 500.0, 50000.0]) == pytest.approx(2)


TESTS = (
    "path_beg /w{0}x{1}",
    "path_end .w{0}x{1}",
    "path_sub w{0}x{1}",
    "hdr_end(host) .w{0}x{1}.example",
    "hdr_sub(host) w{0}x{1}",
)


@pytest.mark.parametrize("test", TESTS)
@pytest.mark.parametrize(("lines", "conditions"), [(10, 27), (1, 64)])
def test_many_conditions_are_soon_told_or_soon_too_many(test: str, lines: int, conditions: int) -> None:
    """Five seconds of a processor for all that is asked of such a file; on a machine that does other things, a bit more."""
    uses = (
        f"    use_backend b{line} unless " + " ".join(f"{{ {test.format(line, at)} }}" for at in range(conditions))
        for line in range(lines)
    )
    text = "\n".join(("frontend in", "    bind :80", *uses, "    default_backend b0", "backend b0", "    server s s:80", ""))
    table = routing_of("haproxy.cfg", text)
    began = time.process_time()
    for asked in (hidden, leaks):
        with suppress(TooMany):
            asked(table)
    assert time.process_time() - began < 8
