"""A model's `http` service as a haproxy configuration: Python decides here, the template prints."""

from __future__ import annotations

from typing import Any

from twipc.diagnostics import Path
from twipc.formats.engines import (
    CIPHERS,
    CURVES,
    ENGINES,
    HSTS_SECONDS,
    HTTPS_PORT,
    SECRETS_FOLDER,
    STATS_USER,
    SUITES,
    variable_of,
)
from twipc.formats.paths import HOST, pattern
from twipc.formats.served import ServerFile, drain, workers
from twipc.model import Model, health_of, room_of
from twipc.spec import Backend, Duration, Http, RateLimit, Redirect, Route, Service, Tls
from twipc.spec.limits import DURATION
from twipc.target import Artifact, Discovery, plain
from twipc.target.templates import Quoted, render

from .quoting import bare, duration, logged, number, word
from .support import pauses

_BALANCE = {"round-robin": "roundrobin", "least-connections": "leastconn", "source": "source"}
_SECONDS = "'%%[var(txn.%s),div(1000)].%%[var(txn.%s),mod(1000),add(1000),regsub(^1,)]'"
_OBSERVED = {
    # A haproxy before 3.0 has no fetches for these, and `%Tr` is -1 on its own errors (measured on 2.8 and 3.2).
    "request-time": _SECONDS % ("request_ms", "request_ms") + " if { var(txn.request_ms) -m found }",
    "upstream-address": "'%[bc_dst]:%[bc_dst_port]' if { bc_dst -m found }",
    "upstream-response-time": _SECONDS % ("upstream_ms", "upstream_ms") + " if { var(txn.upstream_ms) -m found }",
}
_STEP = Duration(500)
_MOST_THREADS = 64
"""Of one group, as long as nobody asks for several (haproxy 3.2, `nbthread`)."""
"""Of a wait: who waits goes on so late at most."""
HOLD = "hold.lua"
"""The program that a request waits by; the same for every haproxy."""
DEFAULT = "twipc_default"
"""The backend that answers what no route takes; names in a spec have no underscore."""


def write(model: Model, name: str, discovery: Discovery) -> tuple[ServerFile, ...]:
    """The files of one haproxy: its configuration and its error pages."""
    service = model.environment.services[name]
    http = service.http
    assert http, "only http services have a server's configuration"
    here: Path = ("services", name)
    text, origins = render(__package__, "haproxy.cfg.j2", here, _values(model, name, service, http, discovery))
    config = ServerFile(Artifact(f"{name}/haproxy.cfg", text, origins), ENGINES["haproxy"].config)
    pages = (
        plain(f"{name}/pages/{page.status[0]}.html", model.pages[page.page], (*here, "http", "error_pages", index))
        for index, page in enumerate(http.error_pages)
    )
    served = (ServerFile(page, _page_file(page.path.rpartition("/")[2])) for page in pages)
    return (config, *_program(name, here, http), *served)


def _program(name: str, here: Path, http: Http) -> tuple[ServerFile, ...]:
    """What lets requests wait where haproxy itself has no word for it."""
    if not _waits_by_lua(http):
        return ()
    text, _ = render(__package__, f"{HOLD}.j2", here, {})
    return (ServerFile(plain(f"{name}/{HOLD}", text, (*here, "http", "backends")), _beside(HOLD)),)


def _waits_by_lua(http: Http) -> bool:
    return not pauses(http.engine) and any(backend.hold is not None for backend in http.backends.values())


def _beside(file: str) -> str:
    return f"{ENGINES['haproxy'].config.rpartition('/')[0]}/{file}"


def _page_file(file: str) -> str:
    return f"{ENGINES['haproxy'].pages}/{file}"


def _values(model: Model, name: str, service: Service, http: Http, discovery: Discovery) -> dict[str, Any]:
    tls = http.tls if discovery.secrets == "file" else None
    return {
        "name": name,
        "server": bare(name),
        "version": bare(http.engine.version),
        "drain": duration(drain(service)),
        "workers": number(min(count, _MOST_THREADS)) if (count := workers(service)) else None,
        "behind": model.is_behind(name),
        "peer": Quoted("%[fc_src]" if model.is_behind(name) else "%ci"),
        "listen": number(http.listen.number),
        "tls": _tls(tls) if tls else None,
        "resolver": bare(discovery.resolver),
        "timeouts": {key: duration(getattr(http.timeouts, key)) for key in ("request", "idle", "connect", "response")},
        "max_body": number(http.max_body),
        "access_log": http.access_log,
        "rate_limit": _rate_limit(http.rate_limit) if http.rate_limit else None,
        "pages": [
            {
                "index": index,
                "statuses": [number(status) for status in page.status],
                "file": bare(_page_file(f"{page.status[0]}.html")),
            }
            for index, page in enumerate(http.error_pages)
        ],
        "headers": [
            {"key": key, "name": bare(key), "observed": observed, "value": Quoted(_OBSERVED[observed])}
            for key, observed in sorted(http.expose_headers.items())
        ],
        "set_headers": [
            {"key": key, "name": bare(key), "value": logged(value)} for key, value in sorted(http.response_headers.items())
        ],
        "request_headers": [
            {"key": key, "name": bare(key), "value": logged(value)} for key, value in sorted(http.request_headers.items())
        ],
        "health": _health(model, name, service),
        "ready": word(service.ready.http.path_alone) if service.ready else None,
        "holds": any(backend.hold is not None for backend in http.backends.values()),
        "program": bare(_beside(HOLD)) if _waits_by_lua(http) else None,
        "by_host": any(route.match.host or (route.redirect and route.redirect.scheme) for route in http.routes),
        "routes": [_route(index, route, http) for index, route in enumerate(http.routes)],
        "default": {
            "backend": bare(_asked(http.default.backend, http) if http.default.backend else DEFAULT),
            "status": number(http.default.status) if http.default.status else None,
        },
        "backends": [_backend(model, name, key, http, discovery) for key in sorted(http.backends)],
        **_stats(http, discovery),
    }


def _rate_limit(limit: RateLimit) -> dict[str, Quoted]:
    """Time is counted in milliseconds × requests: so a request costs `per`, in whole numbers."""
    per = int(limit.per)
    return {
        "requests": number(limit.requests),
        "per": number(per),
        "least": number((limit.burst - 1) * per),
        "most": number(limit.burst * per),
        "forgotten": duration(Duration(-(-limit.burst * per // limit.requests) + 1000)),
    }


def _health(model: Model, name: str, service: Service) -> dict[str, Quoted]:
    """Where the probe asks."""
    health = health_of(service)
    assert health, "resolve gives every http service its own health"
    assert health.http, "and asks for it over HTTP"
    return {"address": bare(f"127.0.0.1:{model.number(name, health.http.port)}"), "path": bare(health.http.path)}


def _asked(backend: str, http: Http) -> str:
    """The backend that a request is given to: before one that holds requests is another, which asks again."""
    return f"twipc_hold_{backend}" if http.backends[backend].hold is not None else backend


def _hold(backend: Backend, http: Http) -> dict[str, Any] | None:
    """The steps in which a request waits, and how long it may take in all: it waits, then every try may fail at its latest."""
    if backend.hold is None:
        return None
    steps, rest = divmod(int(backend.hold), int(_STEP))
    whole = int(backend.hold) + (backend.retries + 1) * (int(http.timeouts.connect) + int(http.timeouts.response))
    return {
        "steps": [duration(step) for step in (*(_STEP,) * steps, *((Duration(rest),) if rest else ()))],
        "milliseconds": number(int(backend.hold)),
        "whole": duration(Duration(min(whole, DURATION.most))),
    }


def _route(index: int, route: Route, http: Http) -> dict[str, Any]:
    tests: list[dict[str, Quoted]] = []
    for path in route.match.prefix or ():
        if path.endswith("/"):
            tests.append(_test("beg", path))
        else:
            tests += [_test("str", path), _test("beg", f"{path}/")]
    tests += [_test("str", path) for path in route.match.exact or ()]
    tests += [_test("reg", pattern("glob", path)) for path in route.match.glob or ()]
    assert route.backend or route.redirect, "a rule refuses files on haproxy"
    name = f"route_{index}"
    hosts = [_test("end", host[1:]) if host.startswith("*") else _test("str", host) for host in route.match.host or ()]
    methods = [_test("str", method) for method in route.match.method or ()]
    asked = [
        {"name": bare(acl), "of": Quoted(of), "tests": found}
        for acl, of, found in (
            (name, "var(txn.path)", tests),
            (f"{name}_host", "var(txn.host)", hosts),
            (f"{name}_method", "method", methods),
        )
        if found
    ]
    redirect = _redirect(route.redirect) if route.redirect else None
    backend = _asked(route.backend, http) if route.backend else f"twipc_{name}"
    return {"index": index, "acls": asked, "backend": bare(backend), "redirect": redirect}


def _tls(tls: Tls) -> dict[str, Quoted | None]:
    return {
        "listen": number(tls.listen.number),
        "certificate": bare(f"{SECRETS_FOLDER}/{tls.certificate}"),
        "ciphers": bare(":".join(CIPHERS)),
        "suites": bare(":".join(SUITES)),
        "curves": bare(":".join(CURVES)),
        "hsts": number(HSTS_SECONDS) if tls.hsts else None,
    }


def _redirect(redirect: Redirect) -> dict[str, Quoted | None]:
    """Of what the client asked for only its host, and path and query as they came, are told again."""
    to = logged(redirect.to) if redirect.to else word(f"//{redirect.host}%[pathq]")
    if redirect.scheme:
        port = "" if redirect.port == HTTPS_PORT else f":{redirect.port}"
        to = word(f"https://%[var(txn.host)]{port}%[pathq]")
    return {"to": to, "status": number(redirect.status), "host": word(HOST) if redirect.scheme else None}


def _test(method: str, text: str) -> dict[str, Quoted]:
    return {"method": bare(method), "pattern": word(text)}


def _backend(model: Model, name: str, key: str, http: Http, discovery: Discovery) -> dict[str, Any]:
    backend = http.backends[key]
    members = model.members[name, key]
    ready = model.ready[name, key]
    origin: Path = ("services", members[0].service, "ready") if ready else ("services", name, "http", "backends", key)
    return {
        "key": key,
        "name": bare(key),
        "key_word": bare(key),
        "balance": bare(_BALANCE[backend.balance]),
        "hashed": backend.balance == "source",
        "sticky": bare(backend.sticky.cookie) if backend.sticky else None,
        "retries": number(backend.retries),
        "retried": backend.retries > 0,
        "hold": _hold(backend, http),
        "websockets": duration(backend.websockets) if backend.websockets else None,
        "room": number(room_of(backend)),
        "origin": origin,
        "ready": {"origin": origin, "path": bare(ready.http.path), "timeout": duration(ready.timeout)} if ready else None,
        "inter": duration(ready.interval if ready else Duration(1000)),
        "fall": number(ready.failures if ready else 2),
        "rise": number(ready.successes if ready else 1),
        "members": [
            {
                # A name never ends with a hyphen, so that the slots of `web` and `web1` stay apart.
                "prefix": bare(f"{member.service}-"),
                "address": bare(f"{discovery.host(member.service)}:{member.number}"),
                "check_port": _check_port(model, member.service, member.number, ready.http.port if ready else None),
            }
            for member in members
        ],
    }


def _check_port(model: Model, service: str, number_: int, port: str | None) -> Quoted | None:
    asked = model.number(service, port) if port else number_
    return number(asked) if asked != number_ else None


def _stats(http: Http, discovery: Discovery) -> dict[str, Any]:
    if http.stats is None:
        return {"stats": None, "variable": None}
    secret = http.stats.auth.secret
    variable = bare(variable_of(secret)) if discovery.secrets == "variable" else None
    stats = {
        "number": number(http.stats.number),
        "user": word(STATS_USER),
        "file": None if variable else bare(f"{SECRETS_FOLDER}/{secret}"),
        "variable": variable,
    }
    return {"stats": stats, "variable": variable}
