"""Where a text differs from an artifact, and what stands there."""

from __future__ import annotations

import pytest

from twipc.target import Artifact
from twipc.verify.lines import Change, changes

WEB, API = ("services", "web", "image"), ("services", "api")
ARTIFACT = Artifact("a.yml", "one\ntwo\nthree\n", (WEB, API, ()))


def change(found: tuple[str, ...] = (), wanted: tuple[str, ...] = (), *origins: tuple[str, ...]) -> Change:
    return Change(1, origins, found, wanted)


@pytest.mark.parametrize(
    ("text", "line", "origins", "found", "wanted"),
    [
        ("one\n2\nthree\n", 2, (API,), ("2\n",), ("two\n",)),
        ("one\nthree\n", 2, (API,), (), ("two\n",)),
        ("one\nmore\ntwo\nthree\n", 2, (WEB,), ("more\n",), ()),
        ("first\none\ntwo\nthree\n", 1, (), ("first\n",), ()),
        ("one\n", 1, (API, ()), (), ("two\n", "three\n")),
        ("", 1, (WEB, API, ()), (), ("one\n", "two\n", "three\n")),
    ],
)
def test_stretches(text: str, line: int, origins: object, found: object, wanted: object) -> None:
    (one,) = changes(ARTIFACT, text)
    assert (one.line, one.origins, one.found, one.wanted) == (line, origins, found, wanted)


def test_the_same_text_has_none() -> None:
    assert list(changes(ARTIFACT, ARTIFACT.text)) == []


@pytest.mark.parametrize(
    ("found", "wanted", "told"),
    [
        (("  a: 1\n",), ("  a: 2\n",), "here is `a: 1`, the spec makes `a: 2`"),
        ((), ("  a: 2\n",), "here is nothing, the spec makes `a: 2`"),
        (("  a: 1\n",), (), "here is `a: 1`, the spec makes nothing"),
        ((" a\n",), ("a\n",), "here is `a`, the spec makes `a`"),
        (("a\r\n",), ("a\n",), "here the line ends with CRLF, the spec makes LF"),
        (("a\r",), ("a\n",), "here the line ends with CR, the spec makes LF"),
        (("a",), ("a\n",), "here the line ends with nothing, the spec makes LF"),
        (("a\r\r\n",), ("a\n",), "here the line ends with another, the spec makes LF"),
        (("a\r\n",), ("b\n",), "here is `a`, the spec makes `b`"),
    ],
)
def test_a_change_in_words(found: tuple[str, ...], wanted: tuple[str, ...], told: str) -> None:
    assert change(found, wanted).told() == told


@pytest.mark.parametrize(
    ("wanted", "found", "shown"),
    [(["two"], ["2"], 2), (["two"], ["9"], 1), (["9"], ["2"], 1), (["9"], ["9"], 0), ([], [], 0), (["x", "tw"], [], 1)],
)
def test_what_a_change_shows(wanted: list[str], found: list[str], shown: int) -> None:
    assert change(("1\n", " 2\n"), (" two\n",)).shows(wanted, found) == shown
    assert change().shows(wanted, found) == 0


@pytest.mark.parametrize(
    ("line", "columns"), [("  ab: 1\r\n", (3, 8)), ("ab\n", (1, 3)), ("\n", (1, 2)), ("  \n", (3, 4)), (None, (1, 2))]
)
def test_columns_are_those_of_its_own_text(line: str | None, columns: tuple[int, int]) -> None:
    assert change(() if line is None else (line,)).columns == columns


NESTED = "a:\n  b:\n    - c: 1\n      d: 2\n    - c: 3\n\n      d: 4\n  e:\n    f: 5\n    g: 6\n"


@pytest.mark.parametrize(
    ("line", "around"),
    [
        (3, ["  b:", "a:", "      d: 2"]),
        (4, ["    - c: 1", "  b:", "a:"]),
        (7, ["    - c: 3", "  b:", "a:"]),
        (9, ["  e:", "a:", "    g: 6"]),
        (10, ["    f: 5", "  e:", "a:"]),
        (8, ["  b:", "a:"]),
    ],
)
def test_the_lines_that_a_change_stands_in_and_beside(line: int, around: list[str]) -> None:
    lines = NESTED.splitlines(keepends=True)
    artifact = Artifact("a.yml", NESTED, ((),) * len(lines))
    (one,) = changes(artifact, "".join([*lines[: line - 1], "# other\n", *lines[line:]]))
    assert [each.rstrip("\n") for each in one.around] == around
