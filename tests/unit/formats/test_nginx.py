"""nginx's words and blocks, on crossplane's lexer; held against the engine in conformance."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.compiling import compiled_text
from twipc.formats.nginx.quoting import expanded, regex, word
from twipc.formats.nginx.read import read
from twipc.formats.nginx.tree import Comment, NotNginx, parse
from twipc.target import DOCKER, FactKey

# What a spec may hold; a sink may hold less.
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=30)
NASTY = st.lists(st.sampled_from([*"'\"\\ #$%;{}()~=ant\xa0é", "${", "\\n", "\\'", '\\"', "\\\\"]), min_size=1, max_size=8).map(
    "".join
)


def arguments(line: str) -> tuple[str, ...]:
    (directive,) = parse(line)[0].directives
    assert directive.name == "a"
    return directive.args


@given(st.lists(TEXT | NASTY, min_size=1))
def test_quoted_words_come_back_as_they_were(texts: list[str]) -> None:
    assert arguments("a " + " ".join(word(text) for text in texts) + ";") == tuple(texts)
    assert arguments("a " + " ".join(regex(text) for text in texts) + ";") == tuple(texts)


@given(TEXT | NASTY)
def test_a_dollar_is_a_variable_that_holds_one(text: str) -> None:
    (read,) = arguments(f"a {expanded(text)};")
    assert read.replace("${dollar}", "$") == text
    assert "$" not in read.replace("${dollar}", "")


@given(TEXT | NASTY)
def test_any_text_is_a_tree_or_is_refused(text: str) -> None:
    with suppress(NotNginx):
        block, comments = parse(text)
        assert block.directives or comments or not text.strip()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("b", "b"),
        ("'b c'", "b c"),
        ('"b;{}#c"', "b;{}#c"),
        ('"b\\"c"', 'b"c'),
        ("'b\\'c'", "b'c"),
        ('"b\\\'c"', "b'c"),
        ('"b\\\\c"', "b\\c"),
        ('"b\\\\nc"', "b\\nc"),
        ('"b\\nc"', "b\nc"),
        ("b\\nc", "b\nc"),
        ("b\\\\c", "b\\c"),
        ("b\\qc", "b\\qc"),
        ("b\\;c", "b\\;c"),
        ('""', ""),
    ],
)
def test_words(written: str, read: str) -> None:
    assert arguments(f"a {written};") == (read,)


def test_blocks_and_comments() -> None:
    block, comments = parse("# why\na 1;\nb x {\n    a 2; # here\n    c { d; }\n}\nb y {}\n")
    assert comments == [Comment("why", 1, beside=False), Comment("here", 4, beside=True)]
    assert block.rest() == {
        "a": (("1",),),
        "b": (("x",), ("y",)),
        "b x / a": (("2",),),
        "b x / c": ((),),
        "b x / c / d": ((),),
    }
    assert [directive.line for directive in block.directives] == [2, 3, 7]


def test_a_quoted_brace_or_hash_is_a_word() -> None:
    block, comments = parse("a '{' \"}\" ';' '#';")
    assert block.rest() == {"a": (("{", "}", ";", "#"),)}
    assert comments == []


def test_what_is_taken_is_gone_and_several_are_not_one() -> None:
    block = parse("a 1; b 2; a 3;")[0]
    assert block.take_one("a") is None
    assert block.take_one("b") == ("2",)
    assert [directive.args for directive in block.take("a")] == [("1",), ("3",)]
    assert block.rest() == {}


@pytest.mark.parametrize("text", ["a", "a;}", "a {", "a { b }", ";", "{}", "a 'b;", 'a "b;', "a } b;", "'", "a; b", "a;\\"])
def test_what_nginx_does_not_take_is_refused(text: str) -> None:
    with pytest.raises(NotNginx):
        parse(text)


def test_a_folder_with_a_variable_in_it_is_another_folder() -> None:
    locations = 'location ~ ^/a/ { root /srv/$uri; } location ~ ^/b/ { root "/srv/${dollar}uri"; }'
    files = {"/etc/nginx/nginx.conf": f"http {{ server {{ listen 8080 default_server; {locations} }} }}"}
    routes = read(files, "edge", DOCKER)[FactKey("http.routes", ("edge",))]
    assert routes == (("prefix", "/a/", ("files", "/srv/$uri with its variables")), ("prefix", "/b/", ("files", "/srv/$uri")))


def test_a_folder_with_a_dollar_is_read_as_it_was_meant() -> None:
    head = "twipc: 1\nproject: shop\nenvironment: prod\ntargets: {nginx: {}}\n"
    server = "engine: {name: nginx, version: '1.30'}, listen: 8080, default: {status: 404}"
    routes = "routes: [{match: {prefix: /a/}, files: /srv/$HOME}]"
    outcome = compiled_text(f"{head}services: {{edge: {{http: {{{server}, {routes}}}}}}}\n")
    assert outcome.compiled, outcome.codes
