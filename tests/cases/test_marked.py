"""Specs with marked lines: each has just these findings, on these lines."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.compiling import compiled_text

MARK = re.compile(r"#! ([A-Z0-9]+(?: [A-Z0-9]+)*)")
CASES = sorted(Path(__file__).parent.glob("*.yaml"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_findings_stand_on_the_marked_lines(path: Path) -> None:
    text = path.read_text()
    marked = [
        (line, code)
        for line, words in enumerate(text.splitlines(), 1)
        for found in MARK.findall(words)
        for code in found.split()
    ]
    outcome = compiled_text(text)
    found = [(f.span.line, f.code.id) for f in outcome.findings if f.span and f.severity.value == "error"]
    assert marked
    assert found == marked, [str(f.message) for f in outcome.findings]
    assert not outcome.compiled
