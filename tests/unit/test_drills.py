"""The page of drills is what the figures say, the figures are what is promised, and a loss is counted."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bench.drills.faults import FAULTS
from bench.drills.load import AFTER, BEFORE, DURING, FILES, NEWS, Asked, figures
from bench.drills.page import FIGURES, PAGE, page

ROWS: list[dict[str, Any]] = json.loads(FIGURES.read_text())
OURS = [row for row in ROWS if row["design"] == "twipc"]
ENTRY = ("train", "static killed (kill -9)")
"""In training the static is itself the entry."""
JOURNAL = "the journal's server powered off"


def test_the_page_is_what_the_figures_say() -> None:
    assert PAGE.read_text() == page()


def test_every_drill_was_run_with_both_designs() -> None:
    run = {(row["environment"], row["fault"], row["design"]) for row in ROWS}
    wanted = {(one, fault.name) for fault in FAULTS for one in fault.environments}
    assert run == {(*one, design) for one in wanted for design in ("original", "twipc")}


@pytest.mark.parametrize("row", OURS, ids=lambda row: f"{row['environment']}-{row['fault']}-{row['entry']}-{row['what']}")
def test_what_twipc_makes_keeps_its_promise(row: dict[str, Any]) -> None:
    found = row["figures"]
    assert row["recovered"]
    assert not row["forgotten"]
    if (row["environment"], row["fault"]) == ENTRY:
        return
    if row["what"] == FILES:
        assert found["lost"] == 0
        assert found["p99_ms"][DURING] < 1000
    if row["what"] == NEWS and row["fault"] != JOURNAL:
        assert found["lost"] == 0


def test_what_is_lost_is_counted() -> None:
    asked = [
        Asked("host", NEWS, BEFORE, 0.0, 0.1, 200),
        Asked("host", NEWS, DURING, 1.0, 0.5, 503),
        Asked("host", NEWS, DURING, 2.0, 0.0, 0, "ConnectionRefusedError"),
        Asked("host", NEWS, AFTER, 4.0, 0.2, 200),
    ]
    found = figures(asked)
    assert (found.requests, found.lost, found.why) == (4, 2, "1 ConnectionRefusedError, 1 status 503")
    assert (found.gap_ms, found.longest_ms) == (4100, 500)
    assert (found.p50_ms[DURING], found.p99_ms[DURING]) == (500, 500)
