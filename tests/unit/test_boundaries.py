"""Every limit at its ends, and one beyond: derived from the tables, so that one without an example fails here."""

from __future__ import annotations

import pytest

from tests.compiling import Outcome, compiled_text
from tests.limits import EXAMPLES
from twipc.boundaries import Boundary, boundaries
from twipc.diagnostics import Code, Severity
from twipc.target import Held, OutOfReach

EVERY = boundaries()
HELD = [one for one in EVERY if one.above]
LOWEST = [one for one in HELD if one.limit.least is not None]
FAR = [one.held for one in EVERY if isinstance(one.held, OutOfReach)]


def tried(boundary: Boundary, value: int) -> Outcome:
    example = EXAMPLES[boundary.limit.what](value)
    return compiled_text(example.text, example.files)


def holds(boundary: Boundary, value: int, code: Code | None) -> None:
    """A spec with this value is compiled, and the value is the one that the limit is for."""
    example = EXAMPLES[boundary.limit.what](value)
    outcome = tried(boundary, value)
    assert bool(outcome.compiled) is example.legal, [one.message for one in outcome.findings if one.severity is Severity.ERROR]
    assert code
    assert code.id not in outcome.codes
    if isinstance(boundary.held, Held):
        assert example.legal
        assert outcome.model
        options = outcome.compiled[0].options if boundary.whose == outcome.compiled[0].target.name else None
        measured = [*boundary.held.measure(outcome.model, options), *boundary.held.written(outcome.model, options)]
        assert value in [one.value for one in measured]


def test_every_limit_that_is_held_has_an_example_and_no_other_has() -> None:
    assert {one.limit.what for one in HELD} == set(EXAMPLES)


@pytest.mark.parametrize("boundary", HELD, ids=lambda one: one.limit.what)
def test_the_most_is_taken_and_one_more_is_found(boundary: Boundary) -> None:
    holds(boundary, boundary.limit.most, boundary.above)
    assert boundary.above
    assert boundary.above.id in tried(boundary, boundary.limit.most + 1).codes


@pytest.mark.parametrize("boundary", LOWEST, ids=lambda one: one.limit.what)
def test_the_least_is_taken_and_one_less_is_found(boundary: Boundary) -> None:
    assert boundary.limit.least is not None
    holds(boundary, boundary.limit.least, boundary.below)
    assert boundary.below
    assert boundary.below.id in tried(boundary, boundary.limit.least - 1).codes


@pytest.mark.parametrize("far", FAR, ids=lambda one: one.limit.what)
def test_no_legal_spec_comes_to_the_other_limits(far: OutOfReach) -> None:
    assert far.reach in far.limit


@pytest.mark.parametrize("boundary", EVERY, ids=lambda one: one.limit.what)
def test_every_limit_says_who_says_so(boundary: Boundary) -> None:
    assert boundary.limit.source
    assert boundary.limit.least is None or boundary.limit.least <= boundary.limit.most
