"""What each quoting function makes, to the letter, and that other readers read it back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml
import yaml12
from hypothesis import given, settings
from hypothesis import strategies as st

from twipc.formats import jsontext, yamltext
from twipc.formats.document import At, Value
from twipc.formats.haproxy import quoting as of_haproxy
from twipc.formats.nginx import quoting as of_nginx
from twipc.formats.paths import literal, pattern
from twipc.spec import Duration, Size
from twipc.target.templates import Quoted

MEBI = 1 << 20
WRITTEN: list[tuple[Callable[[Any], str], Any, str]] = [
    (of_nginx.word, "az-AZ09_./:@", "az-AZ09_./:@"),
    (of_nginx.word, "", '""'),
    (of_nginx.word, "a b", '"a b"'),
    (of_nginx.word, r"\"$;", r'"\\\"$;"'),
    (of_nginx.word, "é\x80", '"é\x80"'),
    (of_nginx.expanded, "$a$$ b", '"${dollar}a${dollar}${dollar} b"'),
    (of_nginx.expanded, "ab", "ab"),
    (of_nginx.regex, "^/a$", '"^/a$"'),
    (of_nginx.regex, r'\."{2}', r'"\\.\"{2}"'),
    (of_nginx.duration, Duration(1), "1ms"),
    (of_nginx.duration, Duration(1500), "1500ms"),
    (of_nginx.duration, Duration(0), "0s"),
    (of_nginx.duration, Duration(90_000), "90s"),
    (of_nginx.size, Size(3 << 30), "3g"),
    (of_nginx.size, Size(MEBI + 1024), "1025k"),
    (of_nginx.size, Size(5 * MEBI), "5m"),
    (of_nginx.size, Size(1025), "1025"),
    (of_nginx.size, Size(1023), "1023"),
    (of_nginx.number, 80, "80"),
    (of_nginx.number, True, "1"),
    (of_haproxy.bare, "aZ09_.:/-", "aZ09_.:/-"),
    (of_haproxy.word, "", "''"),
    (of_haproxy.word, r"a b\"$#%", r"""'a b\"$#%'"""),
    (of_haproxy.word, "it's 'x", r"'it'\''s '\''x'"),
    (of_haproxy.word, "é\x80", "'é\x80'"),
    (of_haproxy.logged, "100% %[src]", "'100%% %%[src]'"),
    (of_haproxy.duration, Duration(1), "1ms"),
    (of_haproxy.duration, Duration(1500), "1500ms"),
    (of_haproxy.duration, Duration(0), "0s"),
    (of_haproxy.duration, Duration(90_000), "90s"),
    (of_haproxy.number, 80, "80"),
    (of_haproxy.number, True, "1"),
    (yamltext.quote, "", '""'),
    (yamltext.quote, " ~", '" ~"'),
    (yamltext.quote, "a\\\"'$", r'''"a\\\"'$"'''),
    (yamltext.quote, "\x00\x1f\x7f\xff", r'"\x00\x1f\x7f\xff"'),
    (yamltext.quote, "\u0100\ud7ff\ue000\uffff", r'"\u0100\ud7ff\ue000\uffff"'),
    (yamltext.quote, "\U00010000\U0010ffff", r'"\U00010000\U0010ffff"'),
    (yamltext.interpolated, "$a ${b} $$\n", r'"$$a $${b} $$$$\x0a"'),
    (literal, r"\^$.|?*+()[]{}", r"\\\^\$\.\|\?\*\+\(\)\[\]\{\}"),
    (literal, "a/b-c d_é", "a/b-c d_é"),
]


@pytest.mark.parametrize(("quoted", "text", "written"), WRITTEN, ids=lambda value: getattr(value, "__name__", None))
def test_what_is_written(quoted: Callable[[Any], str], text: Any, written: str) -> None:
    assert quoted(text) == written


@pytest.mark.parametrize("quoted", [case[0] for case in WRITTEN if case[0].__module__.endswith(".quoting")])
def test_a_template_may_print_it(quoted: Callable[[Any], str]) -> None:
    every = [case for case in WRITTEN if case[0] is quoted]
    assert all(type(quoted(text)) is Quoted for _, text, _ in every)


@pytest.mark.parametrize("quoted", [of_nginx.word, of_nginx.expanded, of_haproxy.word, of_haproxy.logged])
@pytest.mark.parametrize("control", ["\x00", "\x01", "\n", "\x1f", "\x7f"])
def test_a_control_character_is_no_word(quoted: Callable[[str], str], control: str) -> None:
    with pytest.raises(AssertionError, match=r"^bind refuses control characters"):
        quoted(f"a{control}b")


@pytest.mark.parametrize("text", ["", "a b", "a'", "a;", "a@b", "é", "a\n"])
def test_what_needs_quotes_is_not_bare(text: str) -> None:
    with pytest.raises(AssertionError, match="is no bare word"):
        of_haproxy.bare(text)


@pytest.mark.parametrize("surrogate", [0xD800, 0xDFFF])
def test_a_lone_surrogate_is_no_text(surrogate: int) -> None:
    with pytest.raises(AssertionError, match=r"^bind refuses lone surrogates"):
        yamltext.quote(chr(surrogate))


@pytest.mark.parametrize(
    ("kind", "path", "written"),
    [
        ("exact", "/a.b", r"^/a\.b$"),
        ("prefix", "/a.b/", r"^/a\.b/"),
        ("prefix", "/a.b", r"^/a\.b(/|$)"),
        ("glob", "/a.b/*/c*", r"^/a\.b/[^/]*/c[^/]*$"),
        ("glob", "/**/a.b", r"^/.*/a\.b$"),
        ("glob", "/a.b", r"^/a\.b$"),
        ("glob", "/*a*b*", r"^/(?>[^/]*?a)(?>[^/]*?b)[^/]*$"),
        ("glob", "/*a/**b**", r"^/[^/]*a/(?>.*?b).*$"),
        ("glob", "/*.a/**.b/*", r"^/[^/]*\.a/(?:(?![^/]*\.b/[^/]*$)[^/]*+/)*+[^/]*\.b/[^/]*$"),
    ],
)
def test_patterns(kind: str, path: str, written: str) -> None:
    assert pattern(kind, path) == written


DOCUMENT: Value = {
    "plain_Key-1.x": At(("a",), "te$xt"),
    "a b": True,
    "$key": False,
    "no": 0,
    "True": -7,
    "Null": {},
    "list": At(("list",), [1, At(("list", "1"), {"x": [], "v": {"z": ["w"]}}), [2, [At(("deep",), 3)], []], {}]),
    "map": At(("map",), {"one": At(("map", "one"), At(("map", "inner"), "1")), "two": [{"a": "b"}]}),
}
YAML = r"""# head
#
plain_Key-1.x: "te$xt"
"a b": true
"$key": false
"no": 0
"True": -7
"Null": {}
list:
  - 1
  - x: []
    v:
      z:
        - "w"
  -
    - 2
    -
      - 3
    - []
  - {}
map:
  one: "1"
  two:
    - a: "b"
"""
JSON = r"""{
  "plain_Key-1.x": "te$xt",
  "a b": true,
  "$key": false,
  "no": 0,
  "True": -7,
  "Null": {},
  "list": [
    1,
    {
      "x": [],
      "v": {
        "z": [
          "w"
        ]
      }
    },
    [
      2,
      [
        3
      ],
      []
    ],
    {}
  ],
  "map": {
    "one": "1",
    "two": [
      {
        "a": "b"
      }
    ]
  }
}
"""
ORIGINS_OF_YAML = {
    'plain_Key-1.x: "te$xt"': ("a",),
    "list:": ("list",),
    "  - 1": ("list",),
    "  - x: []": ("list", "1"),
    '        - "w"': ("list", "1"),
    "  -": ("list",),
    "      - 3": ("deep",),
    "    - []": ("list",),
    "map:": ("map",),
    '  one: "1"': ("map", "inner"),
    '    - a: "b"': ("map",),
    "# head": (),
    "#": (),
    '"a b": true': (),
}
ORIGINS_OF_JSON = {
    "{": (),
    '  "plain_Key-1.x": "te$xt",': ("a",),
    '  "a b": true,': (),
    '  "list": [': ("list",),
    "    1,": ("list",),
    '      "x": [],': ("list", "1"),
    "    },": ("list", "1"),
    "        3": ("deep",),
    "  ],": ("list",),
    '    "one": "1",': ("map", "inner"),
    '        "a": "b"': ("map",),
}


def test_yaml_to_the_letter() -> None:
    text, origins = yamltext.dump(DOCUMENT, ["head", ""])
    assert text == YAML
    lines = dict(zip(text.splitlines(), origins, strict=True))
    assert {line: lines[line] for line in ORIGINS_OF_YAML} == ORIGINS_OF_YAML


def test_json_to_the_letter() -> None:
    text, origins = jsontext.dump(DOCUMENT)
    assert text == JSON
    lines = dict(zip(text.splitlines(), origins, strict=True))
    assert {line: lines[line] for line in ORIGINS_OF_JSON} == ORIGINS_OF_JSON


def test_values_are_interpolated_and_keys_are_not() -> None:
    text, _ = yamltext.dump({"$k": ["$v", {"a": "$w"}], "b": "$x"}, [], yamltext.interpolated)
    assert text == '"$k":\n  - "$$v"\n  - a: "$$w"\nb: "$$x"\n'


@pytest.mark.parametrize(
    "key", ["y", "N", "Yes", "no", "on", "OFF", "true", "False", "null", "NaN", "inf", "1", "-", "", "é", "~"]
)
def test_what_another_reader_takes_for_no_string_is_a_quoted_key(key: str) -> None:
    text, _ = yamltext.dump({key: 1}, [])
    assert text == f"{yamltext.quote(key)}: 1\n"
    assert yaml.safe_load(text) == yaml12.parse_yaml(text) == {key: 1}


@pytest.mark.parametrize("empty", [{}, [], ()])
def test_nothing_is_one_line(empty: Value) -> None:
    written = "{}" if isinstance(empty, dict) else "[]"
    assert yamltext.dump(empty, []) == (f"{written}\n", ((),))
    assert yamltext.dump({"a": At(("x",), empty)}, []) == (f"a: {written}\n", (("x",),))


@pytest.mark.parametrize("dump", [lambda value: yamltext.dump(value, []), jsontext.dump], ids=["yaml", "json"])
def test_documents_hold_no_fractions(dump: Callable[[Value], object]) -> None:
    with pytest.raises(AssertionError, match=r"^documents hold"):
        dump({"a": 0.5})


def test_a_number_is_printed_as_the_number_that_it_is() -> None:
    """Quantities are numbers that print in the words of a spec."""
    assert yamltext.dump([Duration(2000), True], [])[0] == "- 2000\n- true\n"
    assert json.loads(jsontext.dump([Duration(2000), True, None])[0]) == [2000, True, None]


TEXT = st.text(max_size=8)
PLAIN = st.recursive(
    st.booleans() | st.integers(-(2**31), 2**31) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(TEXT, PLAIN, max_size=3))
def test_documents_come_back_as_they_were(document: dict[str, Value]) -> None:
    written, _ = yamltext.dump(document, ["head"])
    assert written.isascii()
    assert yaml12.parse_yaml(written) == yaml.safe_load(written) == document
    as_json, _ = jsontext.dump(document)
    assert as_json.isascii()
    assert json.loads(as_json) == document
