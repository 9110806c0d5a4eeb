"""A request as it comes is normalised the same way by both that do it, and what servers refuse is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twipc.routes.decoded import Decoded
from twipc.routes.expression import expression
from twipc.routes.follow import automaton_of, world
from twipc.routes.hosts import read
from twipc.routes.request import Refused, asked

PIECES = st.sampled_from(
    ["a", "A", "/", "//", ".", "..", "%61", "%2f", "%2F", "%2e", "%", "%4", "%zz", "%00", "%c3", "%25", ";", "~", "é", " "]
)
SAID = ("^/a", "a$", "/A/", "^/%", ";")


@settings(max_examples=500, deadline=None)
@given(st.lists(PIECES, max_size=8).map("".join))
def test_paths_as_they_come_are_taken_as_they_are_normalised(path: str) -> None:
    _, found = asked("GET", f"/{path}")
    there = world(raw=True)
    raw = f"/{path}".encode()
    assert (there.taker(there.walk(raw)) is None) == isinstance(found, Refused)
    if isinstance(found, bytes):
        for said in SAID:
            inner = automaton_of((expression(said),))
            machine = Decoded(inner)
            assert machine.taker(machine.walk(raw)) == inner.taker(inner.walk(found)), said


@pytest.mark.parametrize(
    ("method", "url", "said"),
    [
        ("GET", "/a?b=/../c", b"/a"),
        ("GET", "//a///%62", b"/a/b"),
        ("GET", "http://Twip.Example:80/x", b"/x"),
        ("GET", "https://twip.example", b"/"),
        ("GET", "http://twip.example.:80/x", b"/x"),
        ("GET", "https://twip.example?x", 400),
        ("GET", "*", 400),
        ("TRACE", "/", 405),
        ("GET", "/a/%2e%2E/b", 400),
        ("GET", "/a#b", 400),
        ("GET", "/a%7f", 400),
        ("GET", "/%zz", 400),
        ("GET", "/...", b"/..."),
    ],
)
def test_requests(method: str, url: str, said: object) -> None:
    case, found = asked(method, url)
    assert (found.status if isinstance(found, Refused) else found) == said
    assert case.method == method
    assert read(case.host) == ("twip.example" if "://" in url else "a.example")


@pytest.mark.parametrize("url", ["ftp://a.example/", "http:///x", "https://"])
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="no http or https URL"):
        asked("GET", url)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://a b/", "`a b` is no host"),
        ("http://a.example,b/", "`a.example,b` is no host"),
        ("http://bücher.example/", "is sent as `xn--bcher-kva.example`: write it so"),
    ],
)
def test_what_is_no_host_of_a_request_is_refused(url: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        asked("GET", url)
