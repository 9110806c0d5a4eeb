"""haproxy's words, lines and sections, as its configuration manual has them (§2.2); held against the engine in conformance."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twipc.formats.haproxy.quoting import word
from twipc.formats.haproxy.sections import NotHaproxy, parse, tokenize

# What a spec may hold; a sink may hold less.
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=30)
NASTY = st.lists(st.sampled_from([*"'\"\\ #$%;{}a\xa0é", "--", "$HOME", "\\'", "%[env(HOME)]"]), max_size=8).map("".join)


@given(st.lists(TEXT | NASTY, min_size=1))
def test_quoted_words_come_back_as_they_were(texts: list[str]) -> None:
    assert tokenize("    acl a " + " ".join(word(text) for text in texts), 1) == (["acl", "a", *texts], "")


@given(TEXT | NASTY)
def test_any_line_is_words_or_is_refused(text: str) -> None:
    with suppress(NotHaproxy):
        words, comment = tokenize(text, 7)
        assert sum(map(len, words)) + len(comment) <= len(text)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", []),
        (" \t ", []),
        ("a  b\tc ", ["a", "b", "c"]),
        ("'' \"\"", ["", ""]),
        ("a'b c'\"d e\"f", ["ab cd ef"]),
        ("a\\ b", ["a b"]),
        ("a\\#b", ["a#b"]),
        ("a\\qb", ["a\\qb"]),
        ("a\\", ["a\\"]),
        ("a\\n", ["a\n"]),
        ("a\\x41b", ["aAb"]),
        ("a\\x4", ["a\\x4"]),
        ("a\\$b", ["a\\$b"]),
        ('"a\\$b"', ["a$b"]),
        ("'a\\'", ["a\\"]),
        ("$HOME", ["$HOME"]),
    ],
)
def test_words(line: str, words: list[str]) -> None:
    assert tokenize(line, 1)[0] == words


def test_a_comment_begins_at_a_hash_that_is_not_quoted() -> None:
    assert tokenize("a'#'b#c '", 1) == (["a#b"], "c '")


@pytest.mark.parametrize("line", ["a 'b", 'a "b', "a\\''b", '"a\\"'])
def test_a_quote_that_is_not_closed_is_refused(line: str) -> None:
    with pytest.raises(NotHaproxy, match="line 3: a quote is not closed"):
        tokenize(line, 3)


def test_a_value_from_the_environment_is_refused() -> None:
    with pytest.raises(NotHaproxy, match=r"line 3: .* from the environment"):
        tokenize('"a$HOME"', 3)


def test_sections() -> None:
    sections, comments = parse("# why\n.if a\nglobal # here\n    x 1\n\nbackend a b\n    y 'z 1'\n    y 2\n")
    assert [(section.kind, section.name, section.rest()) for section in sections] == [
        ("head", "", ((".if", "a"),)),
        ("global", "", (("x", "1"),)),
        ("backend", "a b", (("y", "z 1"), ("y", "2"))),
    ]
    assert comments == {3: "here"}


def test_what_is_taken_is_gone_and_several_are_not_one() -> None:
    section = parse("global\n    y 1\n    x 2\n    y 3\n")[0][1]
    assert section.take_one("y") is None
    assert section.take_one("x") == ("2",)
    assert section.take("y") == [("1",), ("3",)]
    assert section.rest() == ()


def test_a_file_that_is_cut_off_is_refused() -> None:
    with pytest.raises(NotHaproxy, match="cut off"):
        parse("global\n    x 1")
