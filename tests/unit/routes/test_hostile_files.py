"""Whatever stands in a configuration file: it has a table, or one line says why it has none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.compiling import ROOT
from twipc.formats.reading import ports_of, routing_of
from twipc.routes.cases import cases
from twipc.routes.table import Site

FOLDER = Path(ROOT, "tests", "conformance", "wild")
FILES = sorted(path.name for path in FOLDER.iterdir())
STEERING = "if unless path hdr(host) method location listen server_name rewrite return bind defaults .if"
SIGNS = "{ } ; ! || -i -m -f -- ~ ( [ ^~ = $1 ${x %[ :80- [:: \x00 é"
WORDS = st.sampled_from([*STEERING.split(), *SIGNS.split()])
CHANGE = st.tuples(st.sampled_from(("drop", "put", "cut", "twice")), st.integers(0, 400), WORDS)


def changed(text: str, changes: list[tuple[str, int, str]]) -> str:
    for how, at, word in changes:
        words = text.split(" ")
        at %= len(words)
        match how:
            case "drop":
                del words[at]
            case "put":
                words.insert(at, word)
            case "cut":
                words[at] = words[at][: len(words[at]) // 2] + word
            case "twice":
                words.insert(at, words[at])
        text = " ".join(words)
    return text


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=60, deadline=None)
@given(st.lists(CHANGE, min_size=1, max_size=4))
def test_a_file_has_a_table_or_one_line_says_why_not(name: str, changes: list[tuple[str, int, str]]) -> None:
    text = changed((FOLDER / name).read_text(), changes)
    why: Exception | None = None
    try:
        table = routing_of(name, text)
        assert ports_of(name, text)
    except (LookupError, ValueError) as problem:
        why = problem
    if why:
        assert not isinstance(why, KeyError | IndexError | UnicodeError)
        assert re.fullmatch(".+", str(why.args[0]))
        return
    assert all(rule.leads for rule in table.rules)
    assert next(iter(cases(Site(name, {name: table}))))
