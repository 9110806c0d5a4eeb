"""The figures of bad specs are true of a smaller run, and would show what they count."""

from __future__ import annotations

import random

import pytest

from bench import garbage, trying
from bench.hostile import measured, page
from bench.process import cost
from bench.trying import DAMAGED, RAW, SCHEMA, SOUND, Figures, bases, chunk, lines_of, through
from bench.wrongs import KINDS, Wrong
from tests.compiling import compiled_text
from tests.strategies import as_text
from twipc import driver
from twipc.diagnostics import Severity

# The sound specs are made once, so one worker runs all of this.
pytestmark = pytest.mark.xdist_group("hostile")


def test_no_bad_spec_is_taken_no_sound_one_refused_and_none_crashes() -> None:
    figures = measured(600, seed=2)
    assert figures.bad == []
    assert set(figures.families) == {RAW, DAMAGED, SCHEMA, SOUND, *KINDS}
    wrong = [figures.of(kind) for kind in KINDS]
    assert sum(tally.tried for tally in wrong) > 270
    assert sum(tally.near for tally in wrong) / sum(tally.tried for tally in wrong) > 0.97
    assert all(tally.slowest < 2 for tally in figures.families.values())
    assert figures.through == 60


def test_a_run_is_drawn_again_the_same() -> None:
    one, two = (chunk("a", 60) for _ in range(2))
    assert {family: tally.tried for family, tally in one.families.items()} == {
        family: tally.tried for family, tally in two.families.items()
    }
    assert garbage.random_bytes(random.Random(3)) == garbage.random_bytes(random.Random(3))


def test_what_is_taken_wrongly_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A compiler that takes an empty value for a default."""
    assert bases()
    monkeypatch.setattr("twipc.spec.refusing.refuse_nulls", lambda *_: None)
    figures = chunk("b", 400)
    assert figures.of("nothing").wrongly
    assert {bad.split(":")[0] for bad in figures.bad} <= {"accepted", "not placed", "refused without a word"}


def test_a_crash_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    assert bases()

    def broken(*_: object) -> None:
        raise RecursionError("deep")

    monkeypatch.setattr(driver, "resolve", broken)
    figures = Figures()
    assert trying.tried(SOUND, as_text(bases()[0]).encode(), figures) is None
    assert figures.of(SOUND).crashed == 1
    through(as_text(bases()[0]).encode(), ("lint", "text"), figures)
    assert figures.of(RAW).crashed == 1
    assert [bad.partition(": {")[0][:20] for bad in figures.bad] == ["crashed: sound, writ", "crashed: lint --form"]


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_changes_a_spec_where_it_says(kind: str) -> None:
    dice = random.Random(kind)
    found = [(spec, wrong) for spec in bases()[:20] if (wrong := KINDS[kind](spec, dice))]
    assert found
    for spec, wrong in found:
        before, after = as_text(spec).encode().split(b"\n"), wrong.content.split(b"\n")
        assert before != after
        if wrong.line:
            assert before[: wrong.line - 1] == after[: wrong.line - 1]


def test_the_lines_of_what_is_wrong() -> None:
    wrong = Wrong(b'{\n "a": {\n  "b": [\n   1,\n   2\n  ]\n },\n "c": 3\n}', ("a", "b"))
    assert lines_of(wrong) == (range(3, 6), range(2, 6))
    assert lines_of(Wrong(b"a: 1\n", ("a", "gone"))) == (range(1, 2), range(1, 2))
    assert lines_of(Wrong(b"", line=7)) == (range(7, 8), range(6, 9))


def test_the_densest_texts_end_by_themselves() -> None:
    """In processes of their own, with a bound that no machine is too slow for: the figures tell how soon."""
    texts = garbage.dense()
    assert all(60 << 10 < len(content) <= 64 << 10 for content in texts.values())
    assert cost(texts["near misses"]) < 20
    assert cost(texts["open brackets"]) < 20


@pytest.mark.parametrize("name", garbage.SOUND)
def test_what_is_said_to_be_sound_reaches_every_rule(name: str) -> None:
    findings = compiled_text(garbage.dense(4 << 10)[name].decode()).findings
    assert [str(one.span) for one in findings if one.severity is Severity.ERROR] == []


def test_the_page_tells_what_was_judged_wrongly() -> None:
    figures = Figures()
    figures.of(RAW).tried = 3
    figures.of(RAW).wrongly = 1
    figures.of(SOUND).tried = 2
    figures.of(SOUND).wrongly = 2
    figures.bad.append("accepted: raw bytes: b'x'")
    text = page(figures, {"globs": 1.5}, 0.5, 1)
    assert "5 specs tried,\n**1 wrongly accepted, 2 wrongly rejected, 0 crashed**" in text
    assert "- `accepted: raw bytes: b'x'`" in text
    assert "| globs | 1.50 |" in text
