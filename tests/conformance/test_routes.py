"""The same request goes to the same service whichever engine is asked: on the committed specs, and on drawn route tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote, unquote

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from tests.compiling import compiled_spec
from tests.conformance.edge import PORT, TOOLS, serve
from tests.conformance.live import Answer, Backend, Request, Scenario, Step, Wait, run
from twipc.formats.writing import server_files
from twipc.target import DOCKER

# Paths that two hand-written proxies of one application sent to different places, and who should answer.
PROBES = {
    "/": "web",
    "/Read.action": "web",
    "/styles/site.css": "static",
    "/images/a.png": "static",
    "/STYLES/A.CSS": "web",
    "/Read.action;jsessionid=1": "web",
    "/Read": "web",
    "/favicon.ico": "web",
    "/index.html": "web",
    "/styles/": "static",
    "/x/images/a.png": "web",
    "/imagesfoo": "web",
    "/stylesheet": "web",
    "/images/report.action": "static",
    "/x/images/Edit.action": "web",
}
VARIANTS = {
    "/images": "web",
    "/images/": "static",
    "/images?/": "web",
    "//images/a.png": "static",
    "/images//a.png": "static",
    "///images///a.png": "static",
    "/%69mages/a.png": "static",
    "/%49mages/a.png": "web",
    "/images%2fa.png": "static",
    "/images%2Fa.png": "static",
    "/%2fimages/a.png": "static",
    "/images%252fa.png": "web",
    "/images%3fa.png": "web",
    "/images/%3f": "static",
    "/images;jsessionid=1/a.png": "web",
    "/images/a.png;jsessionid=1": "static",
    "/images/a.png?x=/../y": "static",
    "/images/a.png?x=%00": "static",
    "/images/a%20b": "static",
    "/images/%e2%82%ac": "static",
    "/images/%ff": "static",
    "/Images/a.png": "web",
    "/images/...": "static",
    "/images/.hidden": "static",
    "/images.": "web",
    "/images+/": "web",
    "/a'b\"c$d{e}(f)[g]|h^i`j<k>": "web",
    "/%5cimages/a.png": "web",
    "/*": "web",
    "/health": "web",
    "/ready": "web",
    "/stats": "web",
    "/images/./a.png": "refused",
    "/./images/a.png": "refused",
    "/x/../images/a.png": "refused",
    "/images/..": "refused",
    "/images/../Read": "refused",
    "/images/%2e%2e/Read": "refused",
    "/images/.%2E/Read": "refused",
    "/images%2f..%2fRead": "refused",
    "/images%2f%2e": "refused",
    "/images%00": "refused",
    "/images/%00/a.png": "refused",
    "/images/a%0a": "refused",
    "/images/a%0D%0aX:y": "refused",
    "/a%1f": "refused",
    "/a%7F": "refused",
    "/images/%zz": "refused",
    "/images/%": "refused",
    "/images/%4": "refused",
    "/images/a#b": "refused",
    "/caf\xe9": "refused",
    "/a\x7f": "refused",
    "/a b": "refused",
    "images/a.png": "refused",
    "*": "refused",
    "": "refused",
    "/.twipc/404.html": "refused",
    "/.twipc/": "refused",
    "//.twipc/50x.html": "refused",
    "/%2etwipc/404.html": "refused",
    "/.twipc": "web",
}
HEAD = "{} HTTP/1.1\r\nHost: twip.example\r\nConnection: close\r\n\r\n"
LINES = {
    "OPTIONS *": "refused",
    "OPTIONS /images/a.png": "static",
    "OPTIONS /Read": "web",
    "TRACE /images/a.png": "refused",
    "TRACE /Read": "refused",
    "CONNECT twip.example:80": "refused",
    "MADE-UP /Read": "web",
    "HEAD /Read": "web",
    "GET http://twip.example/images/a.png": "static",
    "GET http://twip.example//%69mages/a.png": "static",
    "GET http://twip.example/Read": "web",
    "GET http://twip.example": "web",
    "GET http://twip.example?a=/images/": "refused",
    "GET http://twip.example/x/../images/a.png": "refused",
    "GET http://twip.example/.twipc/404.html": "refused",
}


def asked() -> dict[str, tuple[Request, str]]:
    """Every request by its name, and who should answer it."""
    paths = {path: (Request(path, port=PORT), who) for path, who in {**PROBES, **VARIANTS}.items()}
    lines = {line: (Request(raw=HEAD.format(line), port=PORT), who) for line, who in LINES.items()}
    posts = {
        f"POST {path}": (Request(path, "POST", PORT, body="x"), PROBES[path]) for path in ("/Read.action", "/images/a.png")
    }
    return {**paths, **lines, **posts}


def servers_of(environment: str) -> dict[str, dict[str, str]]:
    """The files of each server of a committed environment, by service and by their place in the container."""
    outcome = compiled_spec(environment, ("nginx",) if environment == "train" else ("nginx", "haproxy"))
    assert outcome.model, [finding.message for finding in outcome.findings]
    assert outcome.compiled, [finding.message for finding in outcome.findings]
    model = outcome.model
    return {
        name: {file.container_path: file.artifact.text for file in server_files(model, name, DOCKER)}
        for name, _ in model.servers
    }


WEBS = tuple(Backend(name, (address,), PORT) for name, address in (("web1", "10.0.1.1"), ("web2", "10.0.1.2")))
WEB = Backend("web", ("10.0.1.3",), PORT, ready=("/health/ready",))
STATIC = Backend("static", ("10.0.2.1",), PORT, ready=("/ready",))


@cache
def training() -> dict[str, Answer]:
    """The nginx of training before its two webs."""
    names = list(asked())
    config = {**servers_of("train")["static"], **files()}
    known = {backend.service: backend.addresses for backend in WEBS}
    steps: tuple[Step, ...] = (Wait(Request("/", port=PORT)), *(asked()[name][0] for name in names))
    return dict(zip(names, run(Scenario("nginx", config, steps, known, WEBS)).answers, strict=True))


@cache
def production(environment: str) -> dict[str, Answer]:
    """haproxy before a web and a static, then the real static asked with the very bytes that haproxy sent it."""
    servers = servers_of(environment)
    names = list(asked())
    known = {backend.service: backend.addresses for backend in (WEB, STATIC)}
    steps: tuple[Step, ...] = (
        Wait(Request("/", port=PORT)),
        Wait(Request("/images/", port=PORT)),
        *(asked()[name][0] for name in names),
    )
    report = run(
        Scenario("haproxy", {**servers["proxy"], **{"/run/secrets/haproxy-stats": "x\n"}}, steps, known, (WEB, STATIC))
    )
    answers = dict(zip(names, report.answers, strict=True))
    sent = {name: onward(answer) for name, answer in answers.items() if (answer.answered_by or "").startswith("static@")}
    final = run(Scenario("nginx", {**servers["static"], **files()}, tuple(sent.values()))).answers
    return {**answers, **dict(zip(sent, final, strict=True))}


def onward(answer: Answer) -> Request:
    """The request that arrived at a stand-in, byte for byte."""
    echo = answer.echo
    headers = "".join(f"{name}: {value}\r\n" for name, value in echo.headers)
    body = "x" if echo.line.startswith("POST ") else ""
    return Request(raw=f"{echo.line}\r\n{headers}Connection: close\r\n\r\n{body}", port=PORT)


def files() -> dict[str, str]:
    """A file for every path that `static` is asked for, so that what it answers is its own."""
    asked_of_static = [
        name.split(" ")[-1].removeprefix("http://twip.example") for name, (_, who) in asked().items() if who == "static"
    ]
    paths = {merged(unquote(path.partition("?")[0], errors="surrogateescape")) for path in asked_of_static}
    return {
        f"/srv/static{path}index.html" if path.endswith("/") else f"/srv/static{path}": "a file of static" for path in paths
    }


def merged(path: str) -> str:
    return re.sub("/+", "/", path)


def who_answered(answer: Answer, name: str) -> str:
    """A web, the one that has the files, or the server itself by a refusal."""
    if answer.answered_by:
        return answer.answered_by[:3]
    if answer.body == "a file of static":
        return "static"
    # What has no file under any method of theirs; engines refuse these two methods themselves.
    if answer.status == 405 and not name.startswith(("TRACE", "CONNECT")):
        return "static"
    return "refused" if 400 <= answer.status < 500 else f"{answer.status} {answer.error}"


@pytest.mark.parametrize("name", asked())
def test_training_and_production_send_a_request_to_the_same_service(name: str) -> None:
    who = asked()[name][1]
    answers = {"train": training()[name], "prod": production("prod")[name], "public": production("public")[name]}
    assert {environment: who_answered(answer, name) for environment, answer in answers.items()} == dict.fromkeys(answers, who)


def test_a_refused_request_reaches_no_member() -> None:
    assert not [
        name for name, (_, who) in asked().items() if who == "refused" and training()[name].status not in (400, 404, 405)
    ]


# --- drawn tables


@dataclass(frozen=True)
class Table:
    """Routes as (kind, path, backend) in order, and who takes the rest: a backend, or nobody."""

    routes: tuple[tuple[str, str, str], ...]
    rest: str

    def takes(self, path: str) -> str:
        """Who answers for a path as the client wrote it: the language's own words, without an engine."""
        path = merged(unquote(path.partition("?")[0]))
        if any(segment in (".", "..") for segment in path.split("/")) or path.startswith("/.twipc/"):
            return "refused"
        return next((backend for kind, wanted, backend in self.routes if matches(kind, wanted, path)), self.rest)


def matches(kind: str, wanted: str, path: str) -> bool:
    if kind == "prefix":
        return path.startswith(wanted) if wanted.endswith("/") else path == wanted or path.startswith(f"{wanted}/")
    return matches_glob(wanted, path) if kind == "glob" else path == wanted


@cache
def matches_glob(glob: str, path: str) -> bool:
    if glob.startswith("*"):
        deep = glob.startswith("**")
        starts = [end for end in range(len(path) + 1) if deep or "/" not in path[:end]]
        return any(matches_glob(glob[2 if deep else 1 :], path[end:]) for end in starts)
    return glob == path if not glob or not path else glob[0] == path[0] and matches_glob(glob[1:], path[1:])


BACKENDS = ("one", "two", "three", "four")
MEMBERS = tuple(Backend(name, (f"10.0.3.{index}",), PORT) for index, name in enumerate(BACKENDS, 1))
# All that the language allows in a path and some engine reads as its own: quotes, comments, variables, patterns, modifiers.
NASTY = (
    *" \"'$;{}()[]|^+,~=-`&!@:<>.",
    "$host",
    "${a}",
    "%[src]",
    "--",
    "-i",
    "é",
    "€",
    "\N{GRINNING FACE}",
    "\u0301",
    "ß",
    "K",
)
PIECES = st.sampled_from(("a", "b", "A", "images", "x.png", *NASTY))
SEGMENT = st.lists(PIECES, min_size=1, max_size=4).map("".join).filter(lambda text: text not in (".", "..") and "%" not in text)
PLAIN = st.lists(SEGMENT, min_size=0, max_size=3).map(lambda parts: "/" + "/".join(parts))
PATH = st.one_of(PLAIN, PLAIN.map(lambda path: path if path == "/" else f"{path}/"))
GLOB = st.lists(st.one_of(SEGMENT, st.sampled_from(("*", "**", "*.png", "a*b", "**x", "*'*"))), min_size=1, max_size=3).map(
    lambda parts: "/" + "/".join(parts)
)
ROUTE = st.one_of(
    st.tuples(st.just("prefix"), PATH, st.sampled_from(BACKENDS)),
    st.tuples(st.just("exact"), PATH, st.sampled_from(BACKENDS)),
    st.tuples(st.just("glob"), GLOB, st.sampled_from(BACKENDS)),
)
TABLES = st.builds(Table, st.lists(ROUTE, min_size=1, max_size=24).map(tuple), st.sampled_from(("nobody", *BACKENDS)))


def paths_near(table: Table, others: Sequence[str]) -> list[str]:
    """Requests that a table could be wrong about, encoded in several ways."""
    found: set[str] = {"/", *others}
    for _, path, _ in table.routes:
        for text in {path, path.replace("**", "x/y").replace("*", "x"), path.replace("*", "")}:
            cut = text.rstrip("/")
            found |= {text, f"{text}/", cut, f"{cut}x", f"{cut}/x", f"{cut}/x/y", text[:-1], text.swapcase(), f"/x{text}"}
            found.add(text.replace("/", "//"))
    texts = sorted(text for text in found if text.startswith("/"))
    encoded = {quote(text, safe="/!$&'()*+,;=:@~-._") for text in texts}
    encoded |= {"/" + "".join(f"%{byte:02x}" for byte in text[1:].encode()) for text in texts[::3]}
    encoded |= {quote(text, safe="/!$&'()*+,;=:@~-._\"<>^`{|}[]") + "?q=/../a" for text in texts[::3]}
    return sorted(encoded)


def answers_of(tool: str, table: Table, paths: Sequence[str]) -> dict[str, str]:
    """Who answered each path, on one connection; what is refused closes it, and has one of its own."""
    routes: list[Any] = [{"match": {"exact": f"/up/{name}/of/all"}, "backend": name} for name in BACKENDS]
    routes += [{"match": {kind: path}, "backend": backend} for kind, path, backend in table.routes]
    http = {
        "backends": {name: {"members": [f"{name}.http"]} for name in BACKENDS},
        "routes": routes,
        "default": {"status": 404} if table.rest == "nobody" else {"backend": table.rest},
        "error_pages": [],
    }
    up = [Wait(Request(f"/up/{name}/of/all", port=PORT)) for name in BACKENDS]
    # nginx ends a connection after a thousand requests.
    kept = ["" if table.takes(path) == "refused" else f"kept {at // 500}" for at, path in enumerate(paths)]
    asks = [Request(path, port=PORT, connection=connection) for path, connection in zip(paths, kept, strict=True)]
    services: dict[str, Any] = {name: {"image": "twip/web:1.0.0", "ports": {"http": PORT}} for name in BACKENDS}
    report = serve(http, *up, *asks, tool=tool, backends=MEMBERS, settled=False, **services)
    assert report.exit_code is None, report.stderr
    return {path: answered(answer) for path, answer in zip(paths, report.answers, strict=True)}


def answered(answer: Answer) -> str:
    if answer.answered_by:
        return answer.answered_by.partition("@")[0]
    return {404: "nobody", 400: "refused"}.get(answer.status, f"{answer.status} {answer.error}")


def differing(tool: str, table: Table, paths: Sequence[str]) -> Iterable[str]:
    for path, found in answers_of(tool, table, paths).items():
        wanted = table.takes(path)
        if found != wanted and not (wanted == "refused" and found == "nobody"):
            yield f"{path!r}: {tool} says {found}, the language {wanted}"


SHADOWED = Table(
    (
        ("exact", "/a", "one"),
        ("prefix", "/a", "two"),
        ("prefix", "/a/b/", "three"),
        ("glob", "/c/*/d", "three"),
        ("glob", "/c/**", "four"),
        ("prefix", "/c", "one"),
        ("exact", "/e/", "two"),
        ("glob", "/**.png", "four"),
        ("prefix", "/e", "three"),
        ("exact", "/", "one"),
    ),
    "nobody",
)
MANY = Table(tuple(("prefix", f"/p{number}/", BACKENDS[number % 4]) for number in range(120)), "four")


@pytest.mark.timeout(120)
@pytest.mark.parametrize("tool", TOOLS)
@settings(
    max_examples=5,
    deadline=None,
    database=None,
    # A table costs a start of the engine: what fails is told by path rather than made smaller.
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(TABLES, st.lists(PATH, max_size=20))
@example(SHADOWED, [])
@example(MANY, ["/p119", "/p11/9", "/p120/"])
@example(
    Table(tuple(("exact", f"/x{piece}", BACKENDS[at % 4]) for at, piece in enumerate(NASTY) if "%" not in piece), "nobody"), []
)
def test_every_engine_matches_as_the_language_says(tool: str, table: Table, others: list[str]) -> None:
    assert not list(differing(tool, table, paths_near(table, others)))
