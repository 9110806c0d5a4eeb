"""What SEMANTICS.md says of hosts, methods and targets, asked of the engines; and each of its statements names its test."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.compiling import ROOT
from tests.conformance import test_routes
from tests.conformance.edge import PORT, TOOLS, serve
from tests.conformance.live import Answer, Backend, Request, Step, Wait

PAGE = Path(ROOT, "twipc", "routes", "SEMANTICS.md")
NAMES = ("one", "two", "three", "four")
MEMBERS = tuple(Backend(name, (f"10.0.3.{index}",), PORT) for index, name in enumerate(NAMES, 1))
ROUTES: list[dict[str, Any]] = [
    {"match": {"prefix": "/h", "host": ["one.example"]}, "backend": "one"},
    {"match": {"prefix": "/h", "host": ["*.one.example"]}, "backend": "three"},
    {"match": {"prefix": "/h", "host": ["two.example"]}, "backend": "two"},
    {"match": {"prefix": "/h"}, "backend": "four"},
    {"match": {"exact": "/g", "method": ["GET"]}, "backend": "one"},
    {"match": {"exact": "/g", "method": ["POST"]}, "backend": "two"},
    {"match": {"exact": "/g"}, "backend": "four"},
]


def ask(line: str, *headers: str) -> Request:
    head = "".join(f"{header}\r\n" for header in headers)
    return Request(raw=f"{line}\r\n{head}Connection: close\r\n\r\n", port=PORT)


def host(of: str) -> Request:
    return ask("GET /h HTTP/1.1", f"Host: {of}")


def target(of: str, *hosts: str) -> Request:
    return ask(f"GET {of} HTTP/1.1", *(f"Host: {one}" for one in hosts or ("one.example",)))


def method(of: str) -> Request:
    return ask(f"{of} /g HTTP/1.1", "Host: x.example")


# Who answers on every engine.
ALIKE: dict[str, tuple[Request, str]] = {
    "a host": (host("one.example"), "one"),
    "a host in another case": (host("One.EXAMPLE"), "one"),
    "a host below": (host("a.one.example"), "three"),
    "a host with a port": (host("one.example:8080"), "one"),
    "a host with any port": (host("one.example:1"), "one"),
    "a host with a colon": (host("one.example:"), "one"),
    "a host with a dot at its end": (host("one.example."), "one"),
    "a host with a dot and a port": (host("one.example.:80"), "one"),
    "an encoded host": (host("%6fne.example"), "400"),
    "an address as a host": (host("[::1]:80"), "four"),
    "an empty host": (host(""), "400"),
    "a host with a path": (host("one.example/x"), "400"),
    "a host with a user": (host("u@one.example"), "400"),
    "a host with a space": (host("one example"), "400"),
    "a host with a comma": (host("two.example,one.example"), "400"),
    "a host with an empty part": (host("one..example"), "400"),
    "a host of 253 bytes": (host("a." * 126 + "a.:65535"), "four"),
    "a host of 254 bytes": (host("a." * 126 + "aa.:65535"), "400"),
    "a host of 14,000 bytes": (host("a." * 7000), "400"),
    "a host with a port that is none": (host("one.example:x"), "400"),
    "a host with the last port": (host("one.example:65535"), "one"),
    "a host with a port past the last": (host("one.example:65536"), "400"),
    "two different hosts": (ask("GET /h HTTP/1.1", "Host: one.example", "Host: two.example"), "400"),
    "no host": (ask("GET /h HTTP/1.1"), "400"),
    "no host in HTTP/1.0": (ask("GET /h HTTP/1.0"), "four"),
    "an empty host in HTTP/1.0": (ask("GET /h HTTP/1.0", "Host:"), "400"),
    "a URL": (target("http://one.example/h"), "one"),
    "a URL in capitals": (target("HTTP://ONE.example:81/h", "one.example:81"), "one"),
    "a URL of https": (target("https://one.example/h"), "one"),
    "a URL of ftp": (target("ftp://one.example/h"), "one"),
    "a URL and no host": (ask("GET http://one.example/h HTTP/1.1"), "400"),
    "a URL and no host in HTTP/1.0": (ask("GET http://one.example/h HTTP/1.0"), "400"),
    "a URL and its host in HTTP/1.0": (ask("GET http://one.example/h HTTP/1.0", "Host: one.example"), "one"),
    "a URL of another host": (target("http://one.example/h", "two.example"), "400"),
    "a URL of a longer host": (target("http://one.example.com/h", "one.example"), "400"),
    "a URL of another port": (target("http://one.example:81/h", "one.example"), "400"),
    "a URL with the port of its scheme": (target("http://one.example:80/h"), "one"),
    "a host with the port of the URL's scheme": (target("https://one.example/h", "one.example:443"), "one"),
    "a URL with the port of another scheme": (target("https://one.example:80/h"), "400"),
    "a URL with a user": (target("http://u:p@one.example/h"), "400"),
    "a URL with an underscore in its host": (target("http://one_.example/h", "one_.example"), "400"),
    "a URL of a host alone": (ask("GET http://two.example HTTP/1.1", "Host: two.example"), "404"),
    "a URL of a host and a user alone": (ask("GET http://u@two.example HTTP/1.1", "Host: two.example"), "400"),
    "a URL without a path": (target("http://one.example?/h"), "400"),
    "a query": (target("/h?x=%00/../"), "one"),
    "a query in a query": (target("/h??/x"), "one"),
    "a fragment": (target("/h#x"), "400"),
    "GET": (method("GET"), "one"),
    "HEAD": (method("HEAD"), "four"),
    "an unknown method": (method("FOO"), "four"),
    "a method with a dash": (method("MADE-UP"), "four"),
    "a method in small letters": (method("get"), "400"),
    "a method with a digit": (method("GET1"), "400"),
    "PRI": (method("PRI"), "400"),
    "CONNECT": (ask("CONNECT one.example:80 HTTP/1.1", "Host: one.example:80"), "405"),
    "TRACE": (method("TRACE"), "405"),
    "HTTP/1.2": (ask("GET /h HTTP/1.2", "Host: one.example"), "400"),
    "HTTP/1.10": (ask("GET /h HTTP/1.10", "Host: one.example"), "400"),
    "HTTP/0.9": (ask("GET /h HTTP/0.9", "Host: one.example"), "400"),
    "HTTP/3.0": (ask("GET /h HTTP/3.0", "Host: one.example"), "505"),
    "OPTIONS *": (ask("OPTIONS * HTTP/1.1", "Host: one.example"), "400"),
    "PRI *": (ask("PRI * HTTP/2.0"), "400"),
}
# What nginx does, and what haproxy does: one of them refuses.
APART: dict[str, tuple[Request, str, str]] = {
    "the same host twice": (ask("GET /h HTTP/1.1", "Host: one.example", "Host: one.example"), "400", "one"),
    "a host in two lines": (ask("GET /h HTTP/1.1", "Host:", " one.example"), "400", "one"),
    "a header in two lines": (ask("GET /h HTTP/1.1", "Host: one.example", "X-Other: a", " b"), "400", "one"),
}
TABLES: dict[str, Mapping[str, object]] = {
    "PROBES": test_routes.PROBES,
    "VARIANTS": test_routes.VARIANTS,
    "LINES": test_routes.LINES,
    "ALIKE": ALIKE,
    "APART": APART,
}


@cache
def answers(tool: str) -> dict[str, str]:
    http = {
        "backends": {name: {"members": [f"{name}.http"]} for name in NAMES},
        "routes": [*({"match": {"exact": f"/up/{name}/of/all"}, "backend": name} for name in NAMES), *ROUTES],
        "default": {"status": 404},
        "error_pages": [],
    }
    services: dict[str, Any] = {name: {"image": "twip/web:1.0.0", "ports": {"http": PORT}} for name in NAMES}
    up: list[Step] = [Wait(Request(f"/up/{name}/of/all", port=PORT)) for name in NAMES]
    asked = {**{name: one[0] for name, one in ALIKE.items()}, **{name: one[0] for name, one in APART.items()}}
    report = serve(http, *up, *asked.values(), tool=tool, backends=MEMBERS, settled=False, **services)
    assert report.exit_code is None, report.stderr
    return dict(zip(asked, map(answered, report.answers[-len(asked) :]), strict=True))


def answered(answer: Answer) -> str:
    return (answer.answered_by or "").partition("@")[0] or f"{answer.status}{answer.error}"


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("name", ALIKE)
def test_every_engine_answers_alike(tool: str, name: str) -> None:
    assert answers(tool)[name] == ALIKE[name][1]


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("name", APART)
def test_what_one_engine_refuses_is_what_the_page_says(tool: str, name: str) -> None:
    _, nginx, haproxy = APART[name]
    assert answers(tool)[name] == (nginx if tool == "nginx" else haproxy)


# --- the page


def rows() -> list[tuple[str, str]]:
    """Each row of the page's tables: what it says, and the tests that it names."""
    cells = [line.strip("|").rsplit("|", 1) for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    return [(said.strip(), named.strip()) for said, named in cells if named.strip() != "test"]


def statements() -> list[str]:
    """Each point of the page's lists, with the functions that it names at its end."""
    joined = re.sub(r"\n {2,}", " ", PAGE.read_text())
    return [line for line in joined.splitlines() if line.startswith("- ")]


@pytest.mark.parametrize(("said", "named"), rows())
def test_each_row_of_the_page_names_requests_that_are_asked(said: str, named: str) -> None:
    found: list[tuple[str, str]] = re.findall(r"([A-Z]{5,}) ((?:`[^`]+`(?:, )?)+)", named)
    assert found, said
    for table, names in found:
        assert not [name for name in re.findall(r"`([^`]+)`", names) if name not in TABLES[table]], said


def test_every_request_on_which_engines_differ_stands_on_the_page() -> None:
    named = " ".join(named for _, named in rows())
    assert not [name for name in APART if f"`{name}`" not in named]


@pytest.mark.parametrize("said", statements())
def test_each_point_of_the_page_names_a_test_that_is_there(said: str) -> None:
    if "unproven" in said:
        assert "https://docs.aws.amazon.com/" in said
        return
    functions = re.findall(r"`(test_[a-z_0-9]+)`", said)
    assert functions, said
    tests = "\n".join(path.read_text() for path in Path(ROOT, "tests").rglob("test_*.py"))
    for function in functions:
        assert f"def {function}(" in tests, function
