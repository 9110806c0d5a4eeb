"""Routes that others hide: none is told that a request reaches, and the plain cases are told."""

from __future__ import annotations

import json
import re
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.compiling import Outcome, compiled_text
from twipc.formats.paths import pattern
from twipc.routes import hiding, meant
from twipc.routes.automaton import Automaton
from twipc.routes.hidden import hidden
from twipc.routes.hiding import Hiding
from twipc.routes.lookup import Kind, Lookup, named, shapes
from twipc.routes.pattern import Either, path
from twipc.routes.plain import IN_PATHS, plain
from twipc.spec import Match as SpecMatch

Match = dict[str, Any]
PATHS = ("/", "/a", "/a/", "/a/b", "/ab", "/a/b/c", "/b", "/b/x.png", "/x.png")
GLOBS = ("/**", "/a/**", "/a/*", "/*.png", "/**.png", "/a*", "/b", "/a/*/c")
HOSTS = ("one.example", "x.one.example", "two.example")
METHODS = ("GET", "POST")
paths = st.one_of(
    st.builds(lambda path: {"exact": path}, st.lists(st.sampled_from(PATHS), min_size=1, max_size=2, unique=True)),
    st.builds(lambda path: {"prefix": path}, st.lists(st.sampled_from(PATHS), min_size=1, max_size=2, unique=True)),
    st.builds(
        lambda path: {"glob": path},
        st.lists(
            st.sampled_from(("/**", "/a/**", "/a/*", "/*.png", "/**.png", "/a*", "/b", "/a/*/c")),
            min_size=1,
            max_size=2,
            unique=True,
        ),
    ),
)
matches = st.builds(
    lambda path, host, method: path | ({"host": host} if host else {}) | ({"method": method} if method else {}),
    paths,
    st.sampled_from(([], [], ["one.example"], ["*.example"], ["*.one.example", "two.example"])),
    st.sampled_from(([], [], ["GET"], ["GET", "POST"])),
)


def lint(*routes: Match, **more: Any) -> Outcome:
    http = {"engine": {"name": "nginx", "version": "1.30"}, "listen": 8080, "default": {"status": 404}}
    http["routes"] = [{"match": match, "redirect": "https://elsewhere.example/"} for match in routes]
    spec = {
        "twipc": 1,
        "project": "shop",
        "environment": "prod",
        "targets": {"nginx": {}},
        "services": {"edge": {"http": http, **more}},
    }
    return compiled_text(json.dumps(spec))


def told(*routes: Match) -> list[str]:
    """Where a dead route, or a dead path of one, is found."""
    found = lint(*routes).findings
    return [one.at.removeprefix("services.edge.http.routes.") for one in found if one.code.id == "TW405"]


def dead(*routes: Match) -> list[str]:
    """Where automata of all routes say that nothing is left for a route, or a path of one; what it hides itself is left out."""
    model = lint(*routes).model
    assert model
    table = meant.server(model, "edge")
    found = set()
    for one in hidden(table):
        at = table.rules[one.number].at
        if not any(table.rules[taker].at[:5] == at[:5] for taker in one.takers):
            found.add(at[4:])
    every = [rule.at[4:] for rule in table.rules if rule.at]
    whole = {at[0] for at in found if all(other in found for other in every if other[0] == at[0])}
    return sorted({str(at[0]) if at[0] in whole else ".".join(map(str, at)) for at in found})


def takes(match: Match, kind: str, path: str, asked: tuple[str, str, str]) -> bool:
    host, method, request = asked
    hosts = match.get("host")
    by_host = hosts is None or any(host == one or (one[0] == "*" and host.endswith(one[1:])) for one in hosts)
    by_method = "method" not in match or method in match["method"]
    return by_host and by_method and re.search(pattern(kind, path), request) is not None


def reached(*routes: Match) -> set[str]:
    """Every route, and every path of one, that is the first to take some request."""
    found: set[str] = set()
    for asked in product(HOSTS, METHODS, (*PATHS, "/a/x", "/b/", "/a/b/", "/q.png", "/a/q.png", "/azz")):
        for index, match in enumerate(routes):
            kind = next(kind for kind in ("prefix", "exact", "glob") if kind in match)
            here = [nth for nth, path in enumerate(match[kind]) if takes(match, kind, path, asked)]
            if here:
                found |= {str(index), *(f"{index}.match.{kind}.{nth}" for nth in here)}
                break
    return found


@settings(max_examples=150, deadline=None)
@given(st.lists(matches, min_size=2, max_size=5))
def test_what_is_told_is_what_automata_find(routes: list[Match]) -> None:
    assert sorted(told(*routes)) == dead(*routes)


@settings(max_examples=150, deadline=None)
@given(st.lists(matches, min_size=2, max_size=4))
def test_what_is_told_to_be_dead_no_request_reaches(routes: list[Match]) -> None:
    assert not set(told(*routes)) & reached(*routes)


@pytest.mark.parametrize(
    ("first", "second", "where"),
    [
        ({"exact": ["/a"]}, {"exact": ["/a"]}, ["1"]),
        ({"exact": ["/a"]}, {"exact": ["/a", "/b"]}, ["1.match.exact.0"]),
        ({"prefix": ["/a"]}, {"prefix": ["/b", "/a/b"]}, ["1.match.prefix.1"]),
        ({"prefix": ["/a"]}, {"exact": ["/a/b"]}, ["1"]),
        ({"prefix": ["/a/"]}, {"exact": ["/a"]}, []),
        ({"prefix": ["/a"]}, {"prefix": ["/ab"]}, []),
        ({"prefix": ["/a/"]}, {"glob": ["/a/*.png"]}, ["1"]),
        ({"prefix": ["/a"]}, {"glob": ["/a*"]}, []),
        ({"glob": ["/**"]}, {"prefix": ["/"]}, ["1"]),
        ({"glob": ["/*.png"]}, {"exact": ["/x.png"]}, ["1"]),
        ({"glob": ["/*.png"]}, {"glob": ["/*.png"]}, ["1"]),
        ({"glob": ["/*.png"]}, {"prefix": ["/x.png"]}, []),
        ({"exact": ["/a"], "method": ["GET"]}, {"exact": ["/a"]}, []),
        ({"exact": ["/a"]}, {"exact": ["/a"], "method": ["GET"]}, ["1"]),
        ({"exact": ["/a"], "host": ["*.example"]}, {"exact": ["/a"], "host": ["one.example"]}, ["1"]),
        ({"exact": ["/a"], "host": ["*.example"]}, {"exact": ["/a"], "host": ["*.one.example"]}, ["1"]),
        ({"exact": ["/a"], "host": ["*.one.example"]}, {"exact": ["/a"], "host": ["*.example"]}, []),
        ({"exact": ["/a"], "host": ["one.example"]}, {"exact": ["/a"], "host": ["*.one.example"]}, []),
        ({"glob": ["/*a*"]}, {"glob": ["/*ab*"]}, ["1"]),
        ({"glob": ["/*ab*"]}, {"glob": ["/*a*"]}, []),
        ({"glob": ["/**.png"]}, {"glob": ["/*/*.png"]}, ["1"]),
        ({"glob": ["/**"]}, {"glob": ["/*"]}, ["1"]),
        ({"glob": ["/a**"]}, {"prefix": ["/ab", "/a", "/b"]}, ["1.match.prefix.0", "1.match.prefix.1"]),
        ({"exact": ["/a.b"], "method": ["GET", "POST"]}, {"exact": ["/a.b"], "method": ["PUT", "GET"]}, []),
    ],
)
def test_what_is_plainly_dead_is_told_where_it_stands(first: Match, second: Match, where: list[str]) -> None:
    assert told(first, second) == where


def messages(*routes: Match, **more: Any) -> list[str]:
    return [one.message for one in lint(*routes, **more).findings if one.code.id == "TW405"]


def test_several_that_hide_a_route_between_them_are_named() -> None:
    routes: list[Match] = [{"glob": ["/a/*"]}, {"exact": ["/b"]}, {"glob": ["/a/*/**"]}, {"prefix": ["/a/"]}]
    assert messages(*routes) == ["no request reaches this route: `/a/*` and `/a/*/**` take them all before"]
    (finding,) = (one for one in lint(*routes).findings if one.code.id == "TW405")
    assert len(finding.related) == 2


def test_paths_of_one_route_that_hide_another_are_named_in_order() -> None:
    """A set has another order in each run; some of four would be in order by chance."""
    names = [f"/{letter}/" for letter in "dbca"]
    hidden: Match = {"exact": [f"{name}x" for name in names]}
    said = "no request reaches this route: `/a/`, `/b/`, `/c/` and `/d/` take them all before"
    assert messages({"prefix": names}, hidden) == [said]


def test_all_that_meet_are_asked_where_those_that_were_tried_leave_some() -> None:
    globs: list[Match] = [{"glob": ["/a/*"]}, {"glob": ["/a/*/*"]}, {"glob": ["/a/*/*/**"]}]
    assert told(*globs, {"prefix": ["/a/"]}) == ["3"]
    assert told(*globs[:2], {"prefix": ["/a/"]}) == []


def test_hosts_and_methods_are_hidden_one_by_one() -> None:
    """Each host with each method has a taker of its own."""
    first: list[Match] = [{"prefix": ["/"], "host": [host], "method": [method]} for host in HOSTS for method in METHODS]
    last: Match = {"prefix": ["/a"], "host": list(HOSTS), "method": list(METHODS)}
    assert told(*first, last) == [str(len(first))]
    assert told(*first[1:], last) == told(*first[:-1], last) == []


def test_what_the_server_answers_itself_is_hidden_too() -> None:
    found = messages({"exact": ["/ready", "/a"]}, {"prefix": ["/.twipc/x"]}, ready={"http": "/ready"})
    assert found == [
        "no request reaches `/ready` of this route: the server itself takes it before",
        "no request reaches this route: the server itself takes them all before",
    ]


@given(
    st.sampled_from(("prefix", "exact", "glob")),
    st.lists(st.sampled_from(("a", "b", "/", "*", "**", ".")), max_size=5).map(lambda parts: "/" + "".join(parts)),
)
def test_the_shapes_of_a_path_are_the_path(kind: str, said: str) -> None:
    if (kind == "glob" and "***" not in said) or "*" not in said:
        assert plain(Either(tuple(one.pattern for one in shapes(kind, said))), IN_PATHS) == plain(path(kind, said), IN_PATHS)


def test_past_its_bounds_only_the_plain_cases_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    routes: list[Match] = [{"glob": [f"/*{number}*{number % 7}*x"]} for number in range(40)]
    routes += [{"prefix": ["/b"]}, {"glob": ["/*3*3*x", "/b/*", "/*33*3*x"]}, {"exact": ["/b/c"]}]
    assert {"41", "42"} <= set(told(*routes))
    monkeypatch.setattr(hiding, "_MOST_WALKS", 10)
    assert told(*routes)[-3:] == ["41.match.glob.0", "41.match.glob.1", "42"]


@pytest.mark.parametrize("many", [{"prefix": "/p%d"}, {"glob": "/*%d*x"}, {"glob": "/*a%d*b%d*x"}, {"host": "*.h%d.example"}])
def test_the_work_grows_with_the_routes(many: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """However many stars and hosts there are."""
    made: list[Automaton] = []

    def counted(*of: Any, **how: Any) -> Automaton:
        made.append(Automaton(*of, **how))
        return made[-1]

    monkeypatch.setattr(hiding, "Automaton", counted)
    before = Lookup()
    ask = Hiding(before)
    for number in range(3000):
        said = {kind: (word.replace("%d", str(number)),) for kind, word in many.items()}
        match = match_of({"prefix": ("/",), **said} if "host" in many else said)
        for kind, _, path_ in named(match):
            ask.takers(match, (kind, path_), http_only=False, https=False)
        before.add(number, match)
    assert before.walks < 3 * hiding._MOST_WALKS
    assert sum(map(len, made)) < hiding._MOST_STATES_OF_ALL + 3 * hiding._MOST_STATES


def match_of(said: Any) -> SpecMatch:
    return SpecMatch.model_construct(**said)


def test_who_takes_a_request_is_the_first_by_whatever_path() -> None:
    lookup = Lookup()
    matches = [{"glob": ("/*.png",)}, {"prefix": ("/a",)}, {"exact": ("/a/b",)}, {"prefix": ("/",), "host": ("*.example",)}]
    for number, match in enumerate(matches):
        lookup.add(number, match_of(match), http_only=number == 1)
    asked = [("/x.png", "*"), ("/a/b", "*"), ("/ab", "*"), ("/ab", "x.example"), ("/ab", "example")]
    found = [lookup.first(Kind(host, "GET"), path) for path, host in asked]
    assert [one.number if one else None for one in found] == [0, 1, None, 3, None]
    by_https = lookup.first(Kind("*", "GET", https=True), "/a/b")
    assert by_https
    assert by_https.number == 2
