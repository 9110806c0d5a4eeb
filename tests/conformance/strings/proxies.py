"""nginx and haproxy have the strings: in headers that a client and a member see, and in paths that lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import quote

from tests.compiling import Outcome, compiled_text
from tests.conformance.edge import PAGES, PORT, files, spec
from tests.conformance.live import Answer, Backend, Request, Scenario, Wait, run
from tests.conformance.strings.places import batches, legal
from tests.conformance.strings.tally import Tally

HEADERS = ("response_headers", "request_headers")
FIRST = "10.0.1.1"
HEADER_BYTES = 560
PATHS = 50
"""Of each kind in one configuration."""


def try_proxy(tool: str, tally: Tally, words: Sequence[str]) -> None:
    """Every word in headers, routes and (of nginx) folders, asked for by requests."""
    for place in HEADERS:
        values = legal(words, partial(_asked_header, tool, place), 16)
        tally.refused(tool, place, set(words) - set(values))
        for batch in _fitting(values):
            _headers(tool, tally, place, batch)
    for kind in ("exact", "prefix", "glob"):
        paths = legal(words, partial(_asked_route, tool, kind), 16)
        tally.refused(tool, f"route: {kind}", set(words) - set(paths))
        if kind == "glob":
            # A star is no string there.
            paths = [word for word in paths if "*" not in word]
        for batch in batches(paths, PATHS):
            _paths(tool, tally, kind, batch)
    if tool == "nginx":
        folders = legal(words, lambda batch: _ask(tool, _folders(batch)), 16)
        tally.refused(tool, "route: files", set(words) - set(folders))
        for batch in batches(folders, PATHS):
            _files(tally, batch)


def _asked_header(tool: str, place: str, words: Sequence[str]) -> Outcome:
    return _ask(tool, {place: _named(words)})


def _asked_route(tool: str, kind: str, words: Sequence[str]) -> Outcome:
    return _ask(tool, _routes(kind, words))


def _ask(tool: str, http: Mapping[str, Any]) -> Outcome:
    text = _escaped(spec(http, tool=tool))
    return compiled_text(text, PAGES, stem="edge")


def _escaped(text: str) -> str:
    """JSON as YAML takes it, whatever it holds."""
    return re.sub("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]", lambda found: f"\\u{ord(found[0]):04x}", text)


def _named(words: Sequence[str]) -> dict[str, str]:
    return {f"X-W{number}": word for number, word in enumerate(words)}


def _fitting(values: Sequence[str]) -> list[list[str]]:
    """As many values a server as its headers may have bytes."""
    found: list[list[str]] = [[]]
    room = HEADER_BYTES
    for value in values:
        size = len(value.encode()) + 10
        if size > room:
            found.append([])
            room = HEADER_BYTES
        found[-1].append(value)
        room -= size
    return [one for one in found if one]


def _play(tool: str, http: Mapping[str, Any], asks: Sequence[str], more: Mapping[str, str] | None = None) -> tuple[Answer, ...]:
    config = files(_escaped(spec(http, tool=tool)))
    requests = (*(Request(path, port=PORT) for path in asks),)
    first = () if more else (Wait(Request("/is-up", port=PORT), seconds=10),)
    backends = (Backend("web", (FIRST,), PORT),)
    report = run(Scenario(tool, {**config, **(more or {})}, (*first, *requests), {"web": (FIRST,)}, backends))
    assert report.exit_code is None, report.stderr
    return report.answers


def _headers(tool: str, tally: Tally, place: str, values: Sequence[str]) -> None:
    (answer,) = _play(tool, {place: _named(values)}, ["/"])
    seen = answer.headers if place == "response_headers" else answer.echo.headers
    put = {name.lower(): value for name, value in _named(values).items()}
    got = {
        name.lower(): value.encode("latin-1").decode(errors="replace") for name, value in seen if name.lower().startswith("x-w")
    }
    tally.compare(tool, place, put, got)


def _utf_8(bytes_: str) -> str:
    return bytes_.encode("latin-1").decode(errors="replace")


UP = {"match": {"exact": ["/is-up"]}, "backend": "app"}


def _routes(kind: str, words: Sequence[str]) -> dict[str, Any]:
    paths = {"exact": "/e{}-{}", "prefix": "/p{}-{}/", "glob": "/g{}-{}/*"}[kind]
    return {
        "routes": [UP, {"match": {kind: [paths.format(number, word) for number, word in enumerate(words)]}, "backend": "app"}]
    }


ASKED = {
    "exact": ("/e{}-{}", "/e{}-{}~"),
    "prefix": ("/p{}-{}/z", "/p{}-{}~/z"),
    "glob": ("/g{}-{}/z", "/g{}-{}/z/z"),
}
"""Of each kind, what leads to the member, and what does not."""


def _paths(tool: str, tally: Tally, kind: str, words: Sequence[str]) -> None:
    """A path that arrives somewhere is its word only if what is next to it arrives nowhere."""
    asks = [quote(form.format(number, word)) for number, word in enumerate(words) for form in ASKED[kind]]
    answers = _play(tool, _routes(kind, words), asks)
    led = {
        str(number): word
        for number, word in enumerate(words)
        if (answers[2 * number].status, answers[2 * number + 1].status) == (200, 404)
    }
    tally.compare(tool, f"route: {kind}", {str(number): word for number, word in enumerate(words)}, led)


def _folders(words: Sequence[str]) -> dict[str, Any]:
    routes = [{"match": {"prefix": f"/f{number}/"}, "files": f"/srv/{number}-{word}"} for number, word in enumerate(words)]
    return {"routes": routes, "backends": {}}


def _files(tally: Tally, words: Sequence[str]) -> None:
    placed = {f"/srv/{number}-{word}/f{number}/x.txt": f"{number}-{word}" for number, word in enumerate(words)}
    answers = _play("nginx", _folders(words), [f"/f{number}/x.txt" for number in range(len(words))], placed)
    got = {str(number): _utf_8(answer.body) for number, answer in enumerate(answers) if answer.status == 200}
    tally.compare("nginx", "route: files", {str(number): f"{number}-{word}" for number, word in enumerate(words)}, got)
