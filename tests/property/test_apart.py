"""A long file is parsed part by part: the parts say what the whole does, and what is no YAML as a whole is none in parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from unittest.mock import patch

import yaml12
from hypothesis import example, given
from hypothesis import strategies as st

from tests.compiling import compiled_spec
from twipc.formats.composefile import strict
from twipc.formats.composefile.read import load
from twipc.target import Unreadable

FILE = "docker-compose.yml"
LINES = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "", "  ", "  ", "  ", " ", "    ", "      "]),
    st.sampled_from(["", "", "", "- ", "- - "]),
    st.sampled_from(
        ["a:", "b:", "c:", "d:", '"e f":', "g: 1", 'h: "x:"', 'i: "y"', "j: {}", "k: []", '"l"', "-", "# a: 1", "", "m: !x"]
    ),
)


@given(st.lists(LINES, min_size=2, max_size=12).map("\n".join), st.sampled_from(["", "\n"]))
@example("a:\n  # c\n  b: 1\n  c: 1\n\n  d:\ne: 1", "\n")
@example("a:\n- b: 1\n  c: 1\n  d: 1", "\n")
@example("a:\n    b: 1\n  c: 1", "\n")
@example("a:\n  b: 1\n- c\n  d: 1", "\n")
@example("# a\n\na:\n# b\n\n  b:\n  - c\n  d: 1\ne: 1", "\n")
@example("  a: 1\nb: 2", "\n")
def test_parts_say_what_the_whole_does(lines: str, end: str) -> None:
    text = f"{lines}{end}"
    with patch.object(strict, "_PART", 0):
        assert _said(lambda: load({FILE: text}, FILE)) == _said(lambda: _whole(text))


def test_a_file_of_ours_is_cut_at_each_service() -> None:
    compiled = {one.target.name: one for one in compiled_spec("prod").compiled}["compose"]
    text, model = compiled.texts[FILE], compiled.model
    with patch.object(strict, "_PART", 0), patch.object(yaml12, "parse_yaml", wraps=yaml12.parse_yaml) as parse:
        assert load(compiled.texts, FILE)[0] == _whole(text)[0]
    assert parse.call_count > len(model.environment.services)


def _whole(text: str) -> tuple[Any, Any]:
    with patch.object(strict, "_PART", len(text)):
        return load({FILE: text}, FILE)


def _said(read: Callable[[], tuple[Mapping[str, Any], object]]) -> object:
    """What is read, in the order in which it stands, or why it cannot be."""
    try:
        found, comments = read()
    except Unreadable as problem:
        return str(problem)
    return repr(found), comments
