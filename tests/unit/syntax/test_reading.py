"""Bytes to `Tree`: what readers of YAML stumble over is data, or findings that point into the text."""

from __future__ import annotations

import math
import string
import time
from collections.abc import Mapping
from typing import Any

import pytest
import yaml12
from hypothesis import example, given, settings
from hypothesis import strategies as st

from twipc.diagnostics import Finding, Report, Stopped
from twipc.syntax import MOST_BYTES, Tree, parse


def read(text: str | bytes) -> tuple[Tree | None, tuple[Finding, ...]]:
    report = Report()
    content = text.encode() if isinstance(text, str) else text
    try:
        return parse(content, "specs/prod.yaml", report), report.findings
    except Stopped:
        return None, report.findings


def data(text: str | bytes) -> Any:
    tree, findings = read(text)
    assert tree, findings
    return tree.data()


def places(text: str | bytes) -> list[tuple[str, int, int]]:
    tree, findings = read(text)
    assert tree is None
    return [(one.code.id, one.span.line, one.span.column) for one in findings if one.span]


REFUSED: Mapping[str, tuple[str | bytes, list[tuple[str, int, int]]]] = {
    "duplicate keys": ("a: 1\nb: 2\na: 3\n", [("TW102", 3, 1)]),
    "three equal keys": ("a: {b: 1, b: 2, b: 3}\n", [("TW102", 1, 11), ("TW102", 1, 17)]),
    "equal keys, one quoted": ("a: 1\n'a': 3\n", [("TW102", 2, 1)]),
    "number, boolean, null as keys": ("a:\n  1: x\n  true: x\n  ~: x\n  1.5: x\n", [("TW104", n, 3) for n in (2, 3, 4, 5)]),
    "list as key": ("? [a]\n: b\n", [("TW104", 1, 3)]),
    "mapping as key": ("{a: b}: c\n", [("TW104", 1, 1)]),
    "two documents": ("a: 1\n---\nb: 2\n", [("TW105", 2, 1)]),
    "empty second document": ("a: 1\n---\n", [("TW105", 2, 1)]),
    "empty": ("", [("TW105", 1, 1)]),
    "only a comment": ("# nothing\n", [("TW105", 1, 1)]),
    "only blanks": (" \n\n", [("TW105", 1, 1)]),
    "a scalar": ("5\n", [("TW105", 1, 1)]),
    "a list": ("- a\n", [("TW105", 1, 1)]),
    "null": ("--- ~\n", [("TW105", 1, 5)]),
    "only an alias": ("*a\n", [("TW103", 1, 1)]),
    "UTF-16": ("a: 1\n".encode("utf-16"), [("TW107", 1, 1)]),
    "UTF-32": ("a: 1\n".encode("utf-32"), [("TW107", 1, 1)]),
    "UTF-16 without mark": ("a: 1\n".encode("utf-16-le"), [("TW107", 1, 2)]),
    "invalid UTF-8": (b"a: 1\nb: x\xff\n", [("TW107", 2, 5)]),
    "cut off UTF-8": (b"a: \xe2\x82", [("TW107", 1, 4)]),
    "invalid UTF-8 after a byte order mark": ("\ufeffä: 1\nb: x".encode() + b"\xff\n", [("TW107", 2, 5)]),
    "cut off UTF-8 after a byte order mark": ("\ufeffa: ä".encode() + b"\xef", [("TW107", 1, 5)]),
    "a surrogate in UTF-8": (b"a: \xed\xa0\x80\n", [("TW107", 1, 4)]),
    "NUL": ("a: x\0y\n", [("TW107", 1, 5)]),
    "escape": ("a: 1\nb: '\x1b[31m'\n", [("TW107", 2, 5)]),
    "next line": ("a: 'x\x85y'\n", [("TW107", 1, 6)]),
    "line separator": ("a: 'x\u2028y'\n", [("TW107", 1, 6)]),
    "a second byte order mark": ("\ufeff\ufeffa: 1\n", [("TW107", 1, 1)]),
    "a zero width mark inside": ("a: x\ufeff\n", [("TW107", 1, 5)]),
    "tab as indent": ("a:\n\tb: 1\n", [("TW101", 2, 1)]),
    "open bracket": ("a: {b: 1\nc: 2\n", [("TW101", 2, 2)]),
    "open quote": ('a: "x\nb: 1\n', [("TW101", 2, 5)]),
    "wrong indent": ("a:\n    b: 1\n  c: 1\n", [("TW101", 3, 3)]),
    "two colons": ("a: b: c\n", [("TW101", 1, 5)]),
    "reserved character": ("a: @b\n", [("TW101", 1, 4)]),
    "bad escape": ('a: "\\q"\n', [("TW101", 1, 5)]),
    "a surrogate escape": ('a: "\\ud800"\n', [("TW101", 1, 7)]),
    "another version": ("%YAML 1.1\n---\na: 1\n", [("TW101", 1, 1)]),
    "tags": ("a: !!str b\nc: !x {}\nd: !!python/object:os.system [x]\n", [("TW108", n, 4) for n in (1, 2, 3)]),
    "anchor": ("a: &x 1\n", [("TW103", 1, 4)]),
    "alias": ("a: *x\n", [("TW103", 1, 4)]),
    "alias as key": ("*x : 1\n", [("TW103", 1, 1)]),
    "recursive alias": ("a: &x [*x]\n", [("TW103", 1, 4), ("TW103", 1, 8)]),
    "merge key": ("a: {<<: {b: 1}}\n", [("TW103", 1, 5)]),
    "merge of an alias": ("a: &x {b: 1}\nc: {<<: *x}\n", [("TW103", 1, 4), ("TW103", 2, 5)]),
    "quoted merge key": ("a: {'<<': {b: 1}}\n", [("TW103", 1, 5)]),
    "51 levels": ("a: " + "[" * 50 + "]" * 50, [("TW106", 1, 53)]),
    "too large": (b"a: " + b"x" * MOST_BYTES, [("TW106", 1, 1)]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_where_it_stands(name: str) -> None:
    text, expected = REFUSED[name]
    assert places(text) == expected


def test_both_places_of_a_duplicate_are_named() -> None:
    _, findings = read("web:\n  a: 1\n  b: 2\n  a: 3\n")
    assert [one.span.line for one in findings[0].related] == [2]


def test_where_the_unreadable_thing_began_is_named() -> None:
    _, findings = read('a: 1\nb: "x\nc: 1\n')
    assert [one.span.line for one in findings[0].related] == [2]


def test_every_fault_that_can_be_passed_over_is_said_at_once() -> None:
    text = "a: &x 1\nb: *x\nc: !t 2\n1: 3\na: 4\n<<: {}\n"
    assert [one[0] for one in places(text)] == ["TW103", "TW103", "TW108", "TW104", "TW102", "TW103"]


BOMBS = {
    "aliases": "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)),
    "merge keys": "a0: &a0 {k: v}\n"
    + "".join(f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 10)}]}}\n" for n in range(1, 8)),
    "depth of lists": "a: " + "[" * 500_000,
    "depth of mappings": "{a: " * 200_000,
    "depth of blocks": "".join(" " * n + "a:\n" for n in range(1000)),
    "depth by dashes": "- " * 400_000,
    "depth by question marks": "? " * 400_000,
    "a long list": "a: [" + "1," * 400_000 + "]",
    "many keys": "".join(f"k{n}: v\n" for n in range(70_000)),
    "equal keys": "a: b\n" * 100_000,
    "colons": "a: {" + "b:c," * 200_000 + "}",
    "quotes": "a: [" + "'',' '," * 100_000 + "]",
    "one long line": "a: " + "x" * (MOST_BYTES - 10),
    "one long key": "x" * (MOST_BYTES - 10) + ": 1",
    "open braces": "a: " + "{" * 49 + "b, " * 200_000,
    "blanks": " " * (MOST_BYTES - 10) + "a: 1",
    "comments": "#\n" * 400_000 + "a: 1",
    "anchors": "".join(f"k{n}: &a{n} v\n" for n in range(50_000)),
    "digits": "a: " + "9" * 1_000_000,
    "fraction": "a: ." + "9" * 1_000_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_does_not_go_off(name: str) -> None:
    start = time.process_time()
    read(BOMBS[name])
    assert time.process_time() - start < 5


def test_a_number_too_long_is_no_string() -> None:
    assert data(f"a: {'9' * 60}\nb: 0x{'f' * 60}\nc: {'9' * 60}x\n") == {"a": math.inf, "b": math.inf, "c": "9" * 60 + "x"}


WORDS = {
    "yes": "yes", "no": "no", "on": "on", "off": "off", "y": "y", "n": "n", "=": "=", "12:30": "12:30", "1_000": "1_000",
    "0b1": "0b1", "0o17": 15, "0x1F": 31, "010": 10, "+1": 1, "-0": 0, "1e3": 1000.0, ".5": 0.5, "1.": 1.0, "1e400": math.inf,
    "-.inf": -math.inf, "+.INF": math.inf, "2001-01-01": "2001-01-01",
    "2001-12-14t21:59:43.10-05:00": "2001-12-14t21:59:43.10-05:00",
    "~": None, "null": None, "Null": None, "nULL": "nULL", "true": True, "TRUE": True, "tRUE": "tRUE", "False": False,
    ".": ".", "-": None, "+": "+", "1.2.3": "1.2.3", "0o8": "0o8", "0xg": "0xg", "1e": "1e", "٣": "٣", "１": "１",
    ".NaN": math.nan, "": None, "'1'": "1", '"true"': "true", "'~'": "~", "''": "", "|\n  1\n": "1\n", "NaN": "NaN",
    "inf": "inf", "Infinity": "Infinity",
}  # fmt: skip


@pytest.mark.parametrize("word", [word for word in WORDS if word != "-"])
def test_words_are_read_as_yaml_1_2_reads_them(word: str) -> None:
    found = data(f"a: {word}\n")["a"]
    wanted = WORDS[word]
    assert found == wanted or (found != found and wanted != wanted)
    assert type(found) is type(wanted)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a: {image: shop/web:1}", {"image": "shop/web:1"}),
        ("a: [shop/web:1, 12:30, http://x/?a=b]", ("shop/web:1", "12:30", "http://x/?a=b")),
        ("a: {http://x: 1}", {"http://x": 1}),
        ('a: {"b":1, c: 2}', {"b": 1, "c": 2}),
        ("a: {'b':x:y}", {"b": "x:y"}),
        ("a: {b::c: 1}", {"b::c": 1}),
        ("a: [what?, why]", ("what?", "why")),
        ("a: {b: 'x:y?z', c: \"x:y\"}", {"b": "x:y?z", "c": "x:y"}),
        ("a: b:c", "b:c"),
        ("a: |\n  b:c\n  d?\n", "b:c\nd?\n"),
        ("a: x:y # z:w", "x:y"),
        ("? a\n: b\n", "b"),
        ("a: {b: , c: }", {"b": None, "c": None}),
        ("a: \ue0c0:x", "\ue0c0:x"),
    ],
)
def test_a_colon_within_a_word_belongs_to_it(text: str, wanted: object) -> None:
    assert data(text)["a"] == wanted


def test_no_masked_character_comes_out() -> None:
    _, findings = read("b: !x:y 2\n'e:f': 1\n'e:f': 2\n")
    said = " ".join(one.message for one in findings)
    assert "x:y" in said
    assert "e:f" in said
    assert not set("\ue0c0\ue0c1") & set(said)


def test_columns_count_characters() -> None:
    tree, _ = read("日本: {b: ü, c: x}\n")
    assert tree
    span = tree.span(("日本", "c"))
    assert (span.column, span.end_column) == (15, 16)


def test_a_byte_order_mark_and_crlf_are_dropped() -> None:
    text = "a: 1\nb: |\n  x\n  y\nc: 'x\n\n  y'\n"
    assert data("\ufeff" + text) == data(text) == data(text.replace("\n", "\r\n"))


def test_the_spans_of_crlf_are_those_of_lf() -> None:
    text = "a: 1\nb:\n  c: [x, y]\n"
    one, two = read(text)[0], read(text.replace("\n", "\r\n"))[0]
    assert one
    assert two
    assert one.span(("b", "c", 1)) == two.span(("b", "c", 1))


def assert_well_said(content: bytes) -> None:
    tree, findings = read(content)
    text = content.decode("utf-8-sig", "replace")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert (tree is None) == bool(findings)
    for finding in findings:
        spans = [finding.span, *(one.span for one in finding.related)]
        for span in spans:
            assert span
            assert 1 <= span.line <= len(lines)
            assert 1 <= span.column <= max(len(lines[span.line - 1]), len(content)) + 1
            assert (span.end_line, span.end_column) >= (span.line, span.column)


PIECES = st.sampled_from(
    [*string.printable, "\ufeff", "é", "日", "😀", "\x85", "\u2028", "a: ", "- ", "? ", "{", "}", "[", "]", "\n  "]
)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200) | st.lists(PIECES, max_size=60).map(lambda parts: "".join(parts).encode()))
@example(b"\xef\xbb\xbf")
@example(b"%YAML 1.2\n---\na: 1")
@example(b"a: |9\n x")
def test_any_bytes_are_data_or_findings_in_the_text(content: bytes) -> None:
    assert_well_said(content)


KEYS = st.text(string.ascii_letters + "-_./:?#", min_size=1, max_size=6)
PLAIN = st.text(string.ascii_letters + string.digits + ":?/.-_# '\"", max_size=10)


def flow(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    return str(value)


@settings(max_examples=120, deadline=None)
@given(
    st.dictionaries(
        KEYS, st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3))
    )
)
def test_flow_collections_mean_what_another_reader_of_1_2_reads(value: dict[str, object]) -> None:
    """Where both readers take a text, it means the same to them."""
    text = f"a: {flow(value)}\n"
    tree, _ = read(text)
    try:
        other = yaml12.parse_yaml(text)
    except ValueError:
        return
    if tree:
        assert _plain(tree.data()) == _plain(other)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return "nan" if value != value else value


@pytest.mark.parametrize("content", [b"---", b"---\n", b"--- \n\n", b"", b"%YAML 1.2\n---"])
def test_what_is_missing_at_the_end_is_placed_in_the_text(content: bytes) -> None:
    assert_well_said(content)
