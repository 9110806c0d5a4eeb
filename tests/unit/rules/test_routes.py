"""Routes that others hide: none is told that a request reaches, and the plain cases are told."""

from __future__ import annotations

import json
import re
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.compiling import compiled_text
from twipc.formats.paths import pattern

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


def told(*routes: Match) -> list[str]:
    """Where a dead route, or a dead path of one, is found."""
    http = {"engine": {"name": "nginx", "version": "1.30"}, "listen": 8080, "default": {"status": 404}}
    http["routes"] = [{"match": match, "redirect": "https://elsewhere.example/"} for match in routes]
    spec = {
        "twipc": 1,
        "project": "shop",
        "environment": "prod",
        "targets": {"nginx": {}},
        "services": {"edge": {"http": http}},
    }
    found = compiled_text(json.dumps(spec)).findings
    return [one.at.removeprefix("services.edge.http.routes.") for one in found if one.code.id == "TW405"]


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
    ],
)
def test_what_is_plainly_dead_is_told_where_it_stands(first: Match, second: Match, where: list[str]) -> None:
    assert told(first, second) == where
