"""A model's `http` service as an nginx configuration: Python decides here, the template prints."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import dirname
from typing import Any

from msgspec import Struct

from twipc.diagnostics import Path
from twipc.formats.engines import CIPHERS, CURVES, ENGINES, HSTS_SECONDS, HTTPS_PORT, OWN_PREFIX, SECRETS_FOLDER
from twipc.formats.paths import HOST, literal, pattern
from twipc.formats.served import ServerFile, drain, workers
from twipc.model import Model, health_of
from twipc.spec import Default, Duration, Http, Match, RateLimit, Redirect, Route, Tls
from twipc.target import Artifact, Discovery, plain
from twipc.target.templates import Quoted, render

from .quoting import duration, expanded, number, regex, size, word

_BALANCE = {"round-robin": "", "least-connections": "least_conn", "source": "hash $remote_addr"}
_SECOND = Duration(1000)
_OBSERVED = {
    "request-time": "$request_time",
    "upstream-address": "$last_address",
    "upstream-response-time": "$last_seconds",
}


class _Action(Struct, frozen=True):
    """What a location does: one of the four."""

    origin: Path
    files: Quoted | None = None
    redirect: Quoted | None = None
    host: Quoted | None = None
    """What the host must look like of which a client is told again."""
    upstream: Quoted | None = None
    status: Quoted | None = None
    tries: Quoted | None = None
    ends: Quoted | None = None
    websockets: Quoted | None = None
    retries_origin: Path = ()


def write(model: Model, name: str, discovery: Discovery) -> tuple[ServerFile, ...]:
    """The files of one nginx: its configuration and its error pages."""
    http = model.environment.services[name].http
    assert http, "only http services have a server's configuration"
    here: Path = ("services", name)
    text, origins = render(__package__, "nginx.conf.j2", here, _values(model, name, http, discovery))
    config = Artifact(f"{name}/nginx.conf", text, origins)
    return (ServerFile(config, ENGINES["nginx"].config), *_pages(model, name, http))


def _pages(model: Model, name: str, http: Http) -> tuple[ServerFile, ...]:
    return tuple(
        ServerFile(
            plain(
                f"{name}/pages/{page.status[0]}.html", model.pages[page.page], ("services", name, "http", "error_pages", index)
            ),
            f"{ENGINES['nginx'].pages}/{page.status[0]}.html",
        )
        for index, page in enumerate(http.error_pages)
    )


def _values(model: Model, name: str, http: Http, discovery: Discovery) -> dict[str, Any]:
    here: Path = ("services", name, "http")
    tls = http.tls if discovery.secrets == "file" else None
    by_scheme, chosen = _chosen(http, tls)
    return {
        "name": name,
        "server": word(name),
        "version": word(http.engine.version),
        "drain": duration(drain(model.environment.services[name])),
        "workers": number(count) if (count := workers(model.environment.services[name])) else Quoted("auto"),
        "behind": model.is_behind(name),
        "listen": number(http.listen.number),
        "resolver": word(discovery.resolver),
        "tls": _tls(tls) if tls else None,
        "timeouts": {key: duration(getattr(http.timeouts, key)) for key in ("request", "idle", "connect", "response")},
        "max_body": size(http.max_body),
        "access_log": http.access_log,
        "rate_limit": _rate_limit(http.rate_limit) if http.rate_limit else None,
        "upstreams": [_upstream(model, name, key, http, discovery) for key in sorted(http.backends)],
        "headers": [
            {"key": key, "name": word(key), "value": Quoted(_OBSERVED[observed])}
            for key, observed in sorted(http.expose_headers.items())
        ],
        "set_headers": [
            {"key": key, "name": word(key), "value": expanded(value)} for key, value in sorted(http.response_headers.items())
        ],
        "request_headers": [
            {"key": key, "name": word(key), "value": expanded(value)} for key, value in sorted(http.request_headers.items())
        ],
        "pages": [
            {
                "index": index,
                "statuses": [number(status) for status in page.status],
                "uri": word(f"{OWN_PREFIX}{page.status[0]}.html"),
            }
            for index, page in enumerate(http.error_pages)
        ],
        "health": _health(model, name),
        "ready": _ready(model, name, http),
        "routes": [
            {
                "index": index,
                "patterns": [regex(one) for one in _patterns(route.match, chosen, _came(route) if by_scheme else "")],
                "name": word(f"route_{index}"),
                "action": _action(route, http, (*here, "routes", index), chosen),
            }
            for index, route in enumerate(http.routes)
        ],
        "chosen": chosen,
        "by_scheme": by_scheme,
        "dollars": any("$" in text for text in _expanded(http)),
        "default": _action(http.default, http, (*here, "default")),
        "websockets": [
            {
                "key": key,
                "name": word(key),
                "place": _websockets(key),
                "idle": duration(backend.websockets),
                "action": _action(Default(status=None, backend=key), http, (*here, "default"), rewritten=True),
            }
            for key, backend in sorted(http.backends.items())
            if backend.websockets
        ],
    }


def parameters(http: Http) -> Iterator[tuple[Path, Quoted]]:
    """Every word whose length the spec decides, by where an `http` service says it."""
    by_scheme, chosen = _chosen(http, http.tls)
    for index, route in enumerate(http.routes):
        here: Path = ("routes", index)
        for one in _patterns(route.match, chosen, _came(route) if by_scheme else ""):
            yield (*here, "match"), regex(one)
        if route.files:
            yield (*here, "files"), expanded(route.files)
            for path in route.match.prefix or ():
                yield (*here, "files"), expanded(f"{route.files}{dirname(path)}")
        if route.redirect and route.redirect.to:
            yield (*here, "redirect"), expanded(route.redirect.to)
    for field, headers in (("response_headers", http.response_headers), ("request_headers", http.request_headers)):
        for key, value in sorted(headers.items()):
            yield (field, key), expanded(value)


def _chosen(http: Http, tls: Tls | None) -> tuple[bool, bool]:
    """Whether some route asks for more than a path: for a scheme, or for that, a host or a method."""
    by_scheme = tls is not None and any(_to_https(route) for route in http.routes)
    return by_scheme, by_scheme or any(route.match.host or route.match.method for route in http.routes)


def _expanded(http: Http) -> list[str]:
    """What stands in directives that expand variables."""
    redirects = (route.redirect.to or "" for route in http.routes if route.redirect)
    files = (route.files or "" for route in http.routes)
    return [*files, *redirects, *http.response_headers.values(), *http.request_headers.values()]


def _to_https(route: Route) -> bool:
    return route.redirect is not None and route.redirect.scheme is not None


def _came(route: Route) -> str:
    """By which scheme a route's requests came: who came by https is not sent there."""
    return "http " if _to_https(route) else r"\S+ "


def _tls(tls: Tls) -> dict[str, Any]:
    return {
        "listen": number(tls.listen.number),
        "certificate": word(f"{SECRETS_FOLDER}/{tls.certificate}"),
        "ciphers": word(":".join(CIPHERS)),
        "curves": word(":".join(CURVES)),
        "hsts": number(HSTS_SECONDS) if tls.hsts else None,
    }


def _patterns(match: Match, chosen: bool, came: str) -> list[str]:
    """What a route's requests match: their path, or, in a map where some route asks for more, `[scheme] host method path`."""
    paths = [pattern(kind, path) for kind in ("prefix", "exact", "glob") for path in getattr(match, kind) or ()]
    hosts = [rf"\S*{literal(host[1:])}" if host.startswith("*") else literal(host) for host in match.host or ()]
    asked = " ".join(f"(?:{'|'.join(one)})" if one else r"\S+" for one in (hosts, match.method or ()))
    return [f"~^{came}{asked} {path[1:]}" for path in paths] if chosen else paths


def _upstream(model: Model, name: str, key: str, http: Http, discovery: Discovery) -> dict[str, Any]:
    backend = http.backends[key]
    return {
        "key": key,
        "name": word(key),
        "balance": Quoted(_BALANCE[backend.balance]),
        "by_name": backend.balance == "source" and all(_alone(model, member.service) for member in model.members[name, key]),
        "addresses": [word(f"{discovery.host(member.service)}:{member.number}") for member in model.members[name, key]],
        "sticky": word(backend.sticky.cookie) if backend.sticky else None,
    }


def _alone(model: Model, service: str) -> bool:
    """Whether no more than one instance of a service ever works: it writes what has one writer."""
    here = model.environment.services.get(service)
    volumes = (model.environment.volumes[mount.volume] for mount in here.mounts.values()) if here else ()
    return any(volume.access == "single-writer" for volume in volumes)


def _ready(model: Model, name: str, http: Http) -> dict[str, Any] | None:
    """Ready is who has the folders that it serves files from."""
    ready = model.environment.services[name].ready
    if ready is None:
        return None
    folders = {
        f"{route.files}{dirname(path)}".rstrip("/") for route in http.routes if route.files for path in route.match.prefix or ()
    }
    return {"path": word(ready.http.path_alone), "folders": [expanded(folder) for folder in sorted(folders)]}


def _all_tries(http: Http, retries: int) -> Duration:
    """How long all tries may take together: nginx has no end of its own to them."""
    return Duration((http.timeouts.connect + http.timeouts.response) * (retries + 1))


def _rate_limit(limit: RateLimit) -> dict[str, Any]:
    """nginx counts those of a burst that come after its first."""
    unit = "s" if limit.per == _SECOND else "m"
    return {"rate": word(f"{limit.requests}r/{unit}"), "burst": number(limit.burst - 1) if limit.burst > 1 else None}


def _websockets(backend: str) -> Quoted:
    """Where the requests of a backend go that ask for an upgrade."""
    return word(f"{OWN_PREFIX}websockets_{backend}/")


def _health(model: Model, name: str) -> dict[str, Quoted]:
    """Where the probe asks."""
    health = health_of(model.environment.services[name])
    assert health, "resolve gives every http service its own health"
    assert health.http, "and asks for it over HTTP"
    return {"address": word(f"127.0.0.1:{model.number(name, health.http.port)}"), "path": word(health.http.path)}


def _redirect(redirect: Redirect, origin: Path) -> _Action:
    """Of what the client asked for only its host, and path and query as they came, are told again."""
    to = expanded(redirect.to) if redirect.to else Quoted(f"//{word(redirect.host or '')}$request_uri")
    if redirect.scheme:
        port = "" if redirect.port == HTTPS_PORT else f":{redirect.port}"
        to = Quoted(f"https://$host{port}$request_uri")
    host = regex(HOST) if redirect.scheme else None
    return _Action(origin, status=number(redirect.status), redirect=to, host=host)


def _action(what: Any, http: Http, origin: Path, rewritten: bool = False) -> _Action:
    if getattr(what, "files", None):
        return _Action((*origin, "files"), files=expanded(what.files))
    if getattr(what, "redirect", None):
        return _redirect(what.redirect, (*origin, "redirect"))
    if what.backend:
        backends: Path = (*origin[:3], "backends", what.backend, "retries")
        retries = http.backends[what.backend].retries
        return _Action(
            (*origin, "backend"),
            # What was rewritten would go on as it was rewritten, not as it came.
            upstream=Quoted(f"{word(f'http://{what.backend}')}{'$request_uri' if rewritten else ''}"),
            tries=number(retries + 1) if retries else None,
            ends=duration(_all_tries(http, retries)),
            retries_origin=backends,
            websockets=_websockets(what.backend) if http.backends[what.backend].websockets else None,
        )
    return _Action((*origin, "status"), status=number(what.status))
