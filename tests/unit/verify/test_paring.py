"""Of two values the parts that differ, and the texts by which their lines are known."""

from __future__ import annotations

import pytest

from twipc.target import BASELINE, FactKey
from twipc.verify.paring import pared
from twipc.verify.readable import readable
from twipc.verify.texts import NOTHING, exact, first_difference, shortened, words
from twipc.verify.wording import is_digest, told, traces
from twipc.verify.wording import words as words_of

LONG = [f"a{number}" for number in range(400)]


@pytest.mark.parametrize(
    ("meant", "said", "parts"),
    [
        ({"a": 1, "b": 2}, {"a": 1, "b": 3}, ({"b": 2}, {"b": 3})),
        ({"a": {"x": 1, "y": 2}}, {"a": {"x": 1}}, ({"a": {"y": 2}}, NOTHING)),
        ({"a": {"x": 1}}, {"a": {"x": 1, "y": 2}}, (NOTHING, {"a": {"y": 2}})),
        ({"a": None}, {}, ({"a": None}, NOTHING)),
        ({}, {"a": None}, (NOTHING, {"a": None})),
        ({1: "x", "b": "y"}, {1: "z", "b": "y"}, ({1: "x"}, {1: "z"})),
        ({"a": ["x", "y"]}, {"a": ["x", "z"]}, ({"a": ["y"]}, {"a": ["z"]})),
        ({"a": 1}, 2, ({"a": 1}, 2)),
        (["a"], "a", (["a"], "a")),
        (["a", "b", "c"], ["a", "x", "c"], (["b"], ["x"])),
        (("a", "b", "c"), ("a", "x", "c"), (("b",), ("x",))),
        (("a", "b", "c", "d", "e"), ("x", "b", "c", "d", "y"), (("a", "e"), ("x", "y"))),
        (["a", "b", "c"], ["a", "c", "b"], (["b", "c"], ["c", "b"])),
        (["a", "b"], ["a", "b", "c"], (NOTHING, ["c"])),
        ([{"a": 1, "b": [1, 2]}], [{"a": 1, "b": [1, 3]}], ({"b": [2]}, {"b": [3]})),
        (["a"], [{"a": 1}], (["a"], [{"a": 1}])),
        # What stands often is compared like the rest.
        (["x", *["a"] * 300], ["y", *["a"] * 300], (["x"], ["y"])),
        (LONG, [*LONG[:200], "b", *LONG[201:]], (["a200"], ["b"])),
    ],
)
def test_what_differs(meant: object, said: object, parts: tuple[object, object]) -> None:
    assert pared(meant, said, in_line=False) == parts


@pytest.mark.parametrize(
    ("meant", "said", "parts"),
    [
        (("check", "inter", "2s"), ("check", "inter", "9s"), (("inter", "2s"), ("inter", "9s"))),
        (("inter", "2s"), ("inter", "9s"), (("inter", "2s"), ("inter", "9s"))),
        (("2s", "b"), ("9s", "b"), (("2s",), ("9s",))),
        (("a b", "2s"), ("a b", "9s"), (("2s",), ("9s",))),
        (("inter", "2 s"), ("inter", "9 s"), (("2 s",), ("9 s",))),
        (
            ("a", "inter", "2s", "b", "x", "c"),
            ("a", "inter", "9s", "b", "y", "c"),
            (("inter", "2s", "b", "x"), ("inter", "9s", "b", "y")),
        ),
        (("a", 1), ("a", 2), ((1,), (2,))),
        (("a", "b", "c"), ("a", "c"), (("b",), NOTHING)),
        (("x", "a", "b"), ("a", "c"), (("x", "b"), ("c",))),
        ([("inter", "2s")], [("inter", "9s")], ([("inter", "2s")], [("inter", "9s")])),
        ([{"a": ("inter", "2s")}], [{"a": ("inter", "9s")}], ({"a": ("inter", "2s")}, {"a": ("inter", "9s")})),
    ],
)
def test_a_word_of_a_line_is_told_with_its_name(meant: object, said: object, parts: tuple[object, object]) -> None:
    assert pared(meant, said, in_line=True) == parts


@pytest.mark.parametrize(
    ("key", "meant", "said", "wanted", "found"),
    [
        (FactKey("service.replicas", ("web",)), 1, 2, ["replicas", "1"], ["replicas", "2"]),
        (FactKey(BASELINE, ("web", "deploy.resources pids")), 1, 2, ["pids", "1"], ["pids", "2"]),
        (FactKey(BASELINE, ("p", "nginx", "server / listen")), 1, NOTHING, ["listen", "1"], ["listen"]),
        (FactKey("service.env", ("web",)), {"A": ("value", "x")}, {"A": ("value", "y")}, ["env", "A", "x"], ["env", "A", "y"]),
        (FactKey("service.env", ("web",)), {"A": ("value", "")}, {}, ["env", "A"], ["env"]),
        (FactKey("service.command", ("web",)), ("run", "a"), ("run", "b"), ["command", "a"], ["command", "b"]),
        (FactKey("service.publish", ("web", "80", "0")), (80, "::1"), (81, ""), ["publish", "::1:80"], ["publish", "81"]),
        (FactKey("x.y", ()), (("a", "b"), 1), ((), None), ["y", "a b", "1"], ["y"]),
        (FactKey("x.y", ()), frozenset({"a"}), ["b"], ["y", "a"], ["y", "b"]),
        (FactKey(BASELINE, ("p", "x")), ("inter", "2s"), ("inter", "9s"), ["x", "2s"], ["x", "9s"]),
    ],
)
def test_traces(key: FactKey, meant: object, said: object, wanted: list[str], found: list[str]) -> None:
    assert traces(key, meant, said) == (wanted, found)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (False, "false"),
        ("", '""'),
        (None, "nothing"),
        (NOTHING, "nothing"),
        (1.5, "1.5"),
        ({"a": 1, "b": {"c": "d e"}}, 'a: 1, b: {c: "d e"}'),
        ({"a": "é f"}, 'a: "é f"'),
        ({"a": ""}, 'a: ""'),
        ({"a": "x" * 159 + " "}, f"a: {'x' * 159} "),
        ({"a": "x" * 158 + " "}, f'a: "{"x" * 158} "'),
        (frozenset({"b", "a"}), "a, b"),
        (("a", "b c", 1), 'a "b c" 1'),
        ((("a", "b"), ("c",)), "a b, c"),
        ([{"a": 1}, "b"], "{a: 1}, b"),
        ((), "an empty one"),
        ({}, "an empty one"),
    ],
)
def test_any_value_in_words(value: object, text: str) -> None:
    assert words(value) == text


def test_exact_words_tell_a_text_from_what_it_looks_like() -> None:
    assert exact("é") == '"é"'
    assert exact({"a": (1, "1")}) == '{"a": [1, "1"]}'
    assert exact([NOTHING, frozenset({1})]) == '["nothing", "frozenset({1})"]'


@pytest.mark.parametrize(
    ("one", "other", "at"), [("abc", "abd", 2), ("ab", "abc", 2), ("", "a", 0), ("a", "a", 1), ("b", "a", 0)]
)
def test_where_two_texts_part(one: str, other: str, at: int) -> None:
    assert first_difference(one, other) == at


@pytest.mark.parametrize(
    ("length", "shown", "start", "cut"),
    [
        (160, 0, 0, False),
        (161, 0, 0, True),
        (161, 41, 1, False),
        (400, 100, 60, True),
        (400, 399, 240, False),
        (400, 40, 0, True),
    ],
)
def test_a_long_text_is_cut_around_what_is_shown(length: int, shown: int, start: int, cut: bool) -> None:
    text = "".join(chr(0x4E00 + index) for index in range(length))
    expected = f"{'…' if start else ''}{text[start : start + 160]}{'…' if cut else ''}"
    assert shortened(text, shown) == expected


def test_line_ends_are_told_in_one_line() -> None:
    assert shortened("a\r\nb\nc", 0) == r"a\r\nb\nc"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("service.publish", (0, "127.0.0.1"), "127.0.0.1:any free port"),
        ("service.publish", (80, ""), "80"),
        ("service.networks", {"back": (), "edge": ("news",)}, {"back": ("by", "its", "name", "alone"), "edge": ("news",)}),
        ("service.env", {"A": ("value", "x"), "B": ("secret", ""), "C": "odd"}, {"A": "x", "B": ("a", "secret"), "C": "odd"}),
        ("backend.members", (("a", 80), "odd", ("a", 80, 1)), ("a:80", "odd", ("a", 80, 1))),
        ("http.routes", (("prefix", "/", ("backend", "x")),), (("prefix", "/", "to", "backend", "x"),)),
        (
            "http.routes",
            (("prefix", "/", ("backend", "x"), (("a.example", "b.example"), ("GET", "PUT"))),),
            (("prefix", "/", "at", "a.example", "b.example", "by", "GET", "PUT", "to", "backend", "x"),),
        ),
        (
            "http.routes",
            (("exact", "/", ("backend", "x"), ((), ("GET",))), ("exact", "/", ("backend", "x"), (("a.example",), ()))),
            (("exact", "/", "by", "GET", "to", "backend", "x"), ("exact", "/", "at", "a.example", "to", "backend", "x")),
        ),
        (
            "http.routes",
            (("prefix", "/", ("redirect", (301, "scheme", 443))),),
            (("prefix", "/", "to", "redirect", "301 scheme 443"),),
        ),
        (
            "http.routes",
            (("prefix", "/", ("redirect", (301, "host", "b.example")), (("a.example",), ())),),
            (("prefix", "/", "at", "a.example", "to", "redirect", "301 host b.example"),),
        ),
        ("http.routes", ("odd",), ("odd",)),
        ("service.command", ("value", "x"), ("value", "x")),
    ],
)
def test_what_a_fact_stands_for(field: str, value: object, said: object) -> None:
    assert readable(field, value) == said


def test_a_value_of_a_field_is_one_short_line() -> None:
    assert words_of("service.publish", (80, "127.0.0.1")) == "127.0.0.1:80"
    assert words_of("service.command", "x" * 200) == "x" * 160 + "…"
    assert words_of("service.command", "x" * 120 + "yz" * 21) == "x" * 120 + "yz" * 20 + "…"


@pytest.mark.parametrize(
    ("key", "digest"),
    [
        (FactKey(BASELINE, ("p", "configuration digest")), True),
        (FactKey(BASELINE, ("p", "haproxy", "configuration digest")), True),
        (FactKey(BASELINE, ("p", "the folder's content and its tag")), True),
        (FactKey(BASELINE, ("p", "a", "the folder's content and its tag")), True),
        (FactKey(BASELINE, ("configuration digest", "user")), False),
        (FactKey(BASELINE, ("the folder's content", "user")), False),
        (FactKey(BASELINE, ("the folder's content", "a", "user")), False),
        (FactKey(BASELINE, ("configuration digest",)), True),
        (FactKey(BASELINE, ()), False),
        (FactKey("service.digest", ("digest",)), False),
    ],
)
def test_what_is_a_digest(key: FactKey, digest: bool) -> None:
    assert is_digest(key) is digest


@pytest.mark.parametrize(
    ("key", "meant", "said", "text"),
    [
        (FactKey(BASELINE, ("name",)), "a", "b", "`name`: twipc always writes a, here is b"),
        (FactKey(BASELINE, ()), "a", "b", "``: twipc always writes a, here is b"),
        (
            FactKey("service.env", ("web",)),
            {"A": ("secret", "")},
            NOTHING,
            "service.env of web: says nothing, the spec says A: a secret",
        ),
        (
            FactKey("service.env", ("web",)),
            NOTHING,
            {"A": ("value", "x")},
            "service.env of web: says A: x, the spec says nothing",
        ),
        (
            FactKey("service.image", ("web",)),
            "x" * 200 + "a",
            "x" * 200 + "b",
            f"service.image of web: says …{'x' * 159}b, the spec says …{'x' * 159}a",
        ),
        (
            FactKey("service.image", ("web",)),
            "x" * 300,
            "x" * 200 + "b" + "x" * 99,
            f"service.image of web: says …{'x' * 60}b{'x' * 99}, the spec says …{'x' * 160}",
        ),
        (
            FactKey("service.image", ("web",)),
            "x" * 600,
            "x" * 200 + "b" + "x" * 399,
            f"service.image of web: says …{'x' * 40}b{'x' * 119}…, the spec says …{'x' * 160}…",
        ),
        (
            FactKey("service.command", ("web",)),
            ("a", "b"),
            "ab",
            "service.command of web: says ab, the spec says a b",
        ),
        (
            FactKey("service.image", ("web",)),
            "x" * 400,
            "x" * 200,
            f"service.image of web: says …{'x' * 160}, the spec says …{'x' * 160}…",
        ),
    ],
)
def test_a_difference_is_told(key: FactKey, meant: object, said: object, text: str) -> None:
    assert told(key, meant, said) == text
