"""Redirects: where a client that is sent on comes to, as far as this server itself tells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import unquote_to_bytes

from twipc.diagnostics import Finding, Path, Related
from twipc.formats.paths import pattern
from twipc.model import Model
from twipc.spec import Http, Match, Redirect

from .codes.redirects import HTTPS_ELSEWHERE, REDIRECT_LOOP

ANY = ""
"""A host that no route names."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, its path decoded and with slashes merged."""

    method: str
    host: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {f'//{self.host}' if self.host else ''}{self.path}"


def redirects(model: Model) -> Iterator[Finding]:
    """Routes whose clients come back to them, each circle once, with a request that goes round."""
    for name, http in model.servers:
        told: set[int] = set()
        for index, route in enumerate(http.routes):
            if not route.redirect or index in told:
                continue
            for asked in _first(http, index):
                circle = _circle(http, index, asked)
                if circle:
                    told |= set(circle)
                    yield _finding(model, name, index, asked, circle)
                    break
        yield from _elsewhere(model, name, http)


def _elsewhere(model: Model, name: str, http: Http) -> Iterator[Finding]:
    """Redirects to a port for https that is not among those that this server's own is published at."""
    service = model.environment.services[name]
    at = {publish.host for publish in service.publish if http.tls and publish.port == http.tls.listen.port}
    for index, route in enumerate(http.routes):
        redirect = route.redirect
        if at and redirect and redirect.scheme and redirect.port not in at:
            path: Path = ("services", name, "http", "routes", index, "redirect")
            ports = " or ".join(str(port) for port in sorted(at) if port) or "a port that the engine chooses"
            yield Finding(
                HTTPS_ELSEWHERE,
                f"clients are sent to port {redirect.port}, and https is published at {ports}",
                model.span(path),
                help=f"publish it there, or write `port: {max(at)}`" if max(at) else "publish it at a fixed port",
                at=model.tree.name(path),
            )


def _finding(model: Model, name: str, index: int, asked: Asked, circle: list[int]) -> Finding:
    routes: Path = ("services", name, "http", "routes")
    path: Path = (*routes, index)
    others = tuple(Related(model.span((*routes, other)), "it goes on here") for other in circle if other != index)
    return Finding(
        REDIRECT_LOOP,
        f"`{asked}` is sent round in a circle",
        model.span((*path, "redirect")),
        help="send it elsewhere, or let the `match` take less: other paths, or only the hosts that are to be sent on",
        related=others,
        at=model.tree.name(path),
    )


def _first(http: Http, index: int) -> Iterator[Asked]:
    """Requests that reach a route: one for each path without a star, host and method that it names."""
    match = http.routes[index].match
    paths = [*(match.prefix or ()), *(match.exact or ()), *(glob for glob in match.glob or () if "*" not in glob)]
    target = http.routes[index].redirect
    if target and target.to and target.to.startswith("/"):
        # Below a prefix lies more than the prefix itself: what the redirect leads to may be there.
        paths.append(_path(target.to))
    for path in paths:
        for host in match.host or (ANY, *((target.host,) if target and target.host else ())):
            for method in match.method or ("GET",):
                asked = Asked(method, host.replace("*", "x", 1), path)
                if _taker(http, asked) == index:
                    yield asked


def _circle(http: Http, index: int, asked: Asked) -> list[int]:
    """The routes that a request goes through until it is back at the first; none, if it comes to an end."""
    passed: list[int] = []
    at: int | None = index
    for _ in http.routes:
        redirect = http.routes[at].redirect if at is not None else None
        if at is None or redirect is None:
            return []
        passed.append(at)
        following = _followed(redirect, asked)
        at = _taker(http, following) if following else None
        asked = following or asked
        if at == index:
            return passed
    return []


def _followed(redirect: Redirect, asked: Asked) -> Asked | None:
    """What a client asks for next; None where it asks elsewhere, or may."""
    method = asked.method if redirect.status in (307, 308) or asked.method == "HEAD" else "GET"
    if redirect.host:
        return replace(asked, method=method, host=redirect.host)
    if redirect.to and redirect.to.startswith("/"):
        return replace(asked, method=method, path=_path(redirect.to))
    return None


def _path(target: str) -> str:
    path = re.split("[?#]", target)[0]
    return re.sub("/+", "/", unquote_to_bytes(path).decode("utf-8", errors="replace"))


def _taker(http: Http, asked: Asked) -> int | None:
    """The first route that takes a request; by https, where the server is asked that way too."""
    routes = enumerate(http.routes)
    there = (index for index, route in routes if not (http.tls and route.redirect and route.redirect.scheme))
    return next((index for index in there if takes(http.routes[index].match, asked)), None)


def takes(match: Match, asked: Asked) -> bool:
    """Whether a route with this `match` takes a request that comes to it."""
    if match.method is not None and asked.method not in match.method:
        return False
    if match.host is not None and not any(_is_host(host, asked.host) for host in match.host):
        return False
    if asked.path in (match.exact or ()):
        return True
    if any(asked.path == path or asked.path.startswith(f"{path.rstrip('/')}/") for path in match.prefix or ()):
        return True
    return any(re.search(pattern("glob", path), asked.path) for path in match.glob or ())


def _is_host(named: str, host: str) -> bool:
    return host.endswith(named[1:]) if named.startswith("*") else host == named
