"""nginx and haproxy have the strings: in headers that a client and a member see, and in paths that lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import quote

from tests.compiling import Outcome, compiled_text
from tests.conformance.edge import PAGES, PORT, WEB, files, spec
from tests.conformance.live import Answer, Backend, Pause, Request, Scenario, Wait, run
from tests.conformance.strings.places import batches, legal
from tests.conformance.strings.tally import Tally

HEADERS = ("response_headers", "request_headers")
MATCH = "services.*.http.routes.#.match"
LEAVES: Mapping[str, tuple[str, ...]] = {
    **{place: (f"services.*.http.{place}.*",) for place in HEADERS},
    **{f"route: {kind}": (f"{MATCH}.{kind}", f"{MATCH}.{kind}.#") for kind in ("exact", "prefix", "glob")},
    "route: files": ("services.*.http.routes.#.files",),
    "redirect: to": ("services.*.http.routes.#.redirect", "services.*.http.routes.#.redirect.to"),
    "redirect: host": ("services.*.http.routes.#.redirect.host",),
    "ready: path": ("services.*.ready.http", "services.*.ready.http.path"),
}
"""The places, and where they stand in the language."""
FIRST = "10.0.1.1"
HEADER_BYTES = 560
PATHS = 50
"""Of each kind in one configuration."""
MEMBERS = 30
"""As many services in one configuration."""
READY = 8
"""So many paths of the server's own: for each an engine is started."""


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
    for kind in SENT:
        targets = legal(words, partial(_asked_redirect, tool, kind), 16)
        tally.refused(tool, f"redirect: {kind}", set(words) - set(targets))
        for batch in batches(targets, PATHS):
            _redirects(tool, tally, kind, batch)
    probes = legal(words, partial(_asked_ready, tool), 1 if tool == "nginx" else 16)
    tally.refused(tool, "ready: path", set(words) - set(probes))
    for word in probes[:READY]:
        _ready_itself(tool, tally, word)
    # nginx asks members nothing.
    for batch in batches(probes, MEMBERS) if tool != "nginx" else ():
        _ready_members(tool, tally, batch)
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


def _play(
    tool: str,
    http: Mapping[str, Any],
    asks: Sequence[str],
    more: Mapping[str, str] | None = None,
    edge: Mapping[str, Any] | None = None,
    host: str = "twip.example",
) -> tuple[Answer, ...]:
    config = files(_escaped(spec(http, tool=tool, edge=edge)))
    requests = (*(Request(path, port=PORT, host=host) for path in asks),)
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


URI = "~!$&'()*+,;=:@/?#-._"
SENT: Mapping[str, Callable[[str], str]] = {
    "to": lambda word: f"/t-{quote(word, safe=URI, errors='replace')}",
    "host": lambda word: word,
}
"""Where a client is sent, by a word: as URLs have it, or as it is."""


def _redirect(kind: str, words: Sequence[str]) -> dict[str, Any]:
    match = {"host": "from.example"} if kind == "host" else {}
    sent = [
        {"match": {"exact": f"/r{number}", **match}, "redirect": {kind: SENT[kind](word)}} for number, word in enumerate(words)
    ]
    return {"routes": [UP, *sent, {"match": {"prefix": "/up/"}, "backend": "app"}]}


def _asked_redirect(tool: str, kind: str, words: Sequence[str]) -> Outcome:
    return _ask(tool, _redirect(kind, words))


def _redirects(tool: str, tally: Tally, kind: str, words: Sequence[str]) -> None:
    asks = [f"/r{number}" for number in range(len(words))]
    answers = _play(tool, _redirect(kind, words), asks, host="from.example")
    wanted = {"to": "{}", "host": "//{}/r{}"}[kind]
    put = {str(number): wanted.format(SENT[kind](word), number) for number, word in enumerate(words)}
    got = {str(number): _utf_8(answer.header("location") or "") for number, answer in enumerate(answers)}
    tally.compare(tool, f"redirect: {kind}", put, got)


def _members(words: Sequence[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """A server before services of which each says its own path."""
    names = [f"m{number}" for number in range(len(words))]
    services = {
        name: {**WEB, "ready": {"http": f"/{word}-r", "interval": "200ms"}} for name, word in zip(names, words, strict=True)
    }
    backends = {f"b-{name}": {"members": [f"{name}.http"]} for name in names}
    routes = [{"match": {"prefix": f"/{name}/"}, "backend": f"b-{name}"} for name in names]
    return {"backends": {**backends, "app": {"members": ["web.http"]}}, "routes": [UP, *routes]}, services


def _asked_ready(tool: str, words: Sequence[str]) -> Outcome:
    if tool == "nginx":
        (word,) = words
        text = spec({}, tool=tool, edge={"ready": {"http": f"/{word}-r"}})
    else:
        http, services = _members(words)
        text = spec(http, tool=tool, **services)
    return compiled_text(_escaped(text), PAGES, stem="edge")


def _ready_members(tool: str, tally: Tally, words: Sequence[str]) -> None:
    """What arrives at each member that nobody else asks."""
    http, services = _members(words)
    addresses = {name: f"10.0.2.{number + 1}" for number, name in enumerate(services)}
    backends = tuple(Backend(name, (address,), PORT, ready=()) for name, address in addresses.items())
    config = files(_escaped(spec(http, tool=tool, **services)))
    names = {name: (address,) for name, address in addresses.items()}
    report = run(Scenario(tool, config, (Pause(2),), {"web": (FIRST,), **names}, (Backend("web", (FIRST,), PORT), *backends)))
    assert report.exit_code is None, report.stderr
    seen: dict[str, str] = {}
    for line in report.received:
        member, _, asked = line.partition(" ")
        path = asked.partition(" ")[2].rpartition(" ")[0]
        name = member.partition("@")[0]
        # Another than the first is a change.
        seen[name if seen.get(name, path) == path else f"{name} again"] = path
    tally.compare(tool, "ready: path", {f"m{number}": f"/{word}-r" for number, word in enumerate(words)}, seen)


def _ready_itself(tool: str, tally: Tally, word: str) -> None:
    """The server says itself that it is ready, at this path and not beside it."""
    path = f"/{word}-r"
    answers = _play(tool, {}, [path, f"{path}~"], edge={"ready": {"http": path}})
    itself = [answer.answered_by is None and answer.status == 200 for answer in answers]
    tally.compare(tool, "ready: path", {"itself": path}, {"itself": path if itself == [True, False] else "another"})
