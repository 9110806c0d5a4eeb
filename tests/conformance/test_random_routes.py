"""The automata and the engines agree about random requests; `python -m bench.routes` asks many more."""

from __future__ import annotations

import pytest

from bench.routes import tried
from tests.conformance.edge import TOOLS


@pytest.mark.timeout(180)
@pytest.mark.parametrize("tool", TOOLS)
def test_the_automata_say_who_answers(tool: str) -> None:
    asked_of, tables, wrong = tried(1500, seed=7, tools=(tool,))
    assert asked_of[tool] >= 1500
    assert tables >= 1
    assert not wrong
