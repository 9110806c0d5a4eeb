"""Redirects: where a client that is sent on comes to, as far as the servers of a spec tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
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


Place = tuple[str, int]
"""A route of a server."""
_TRIED = 64
"""So many requests for a route are tried at most by way of a server in front, which multiplies them."""


def redirects(model: Model) -> Iterator[Finding]:
    """Routes whose clients come back to them, each circle once, with a request that goes round."""
    told: set[Place] = set()
    https = {port for name, _ in model.servers for port in _https(model, name)}
    for name, http in model.servers:
        for index, route in enumerate(http.routes):
            if not route.redirect or (name, index) in told:
                continue
            for door, asked in _ways(model, name, index):
                circle = _circle(model, door, (name, index), asked)
                if circle:
                    told |= set(circle)
                    yield _finding(model, door, asked, circle)
                    break
        yield from _elsewhere(model, name, http, https)


def _elsewhere(model: Model, name: str, http: Http, https: set[int]) -> Iterator[Finding]:
    """Redirects to a port for https that is none of those where https is served: this server's own, or else another's."""
    sent = [(index, route.redirect) for index, route in enumerate(http.routes) if route.redirect and route.redirect.scheme]
    if not sent or not any(model.environment.services[one].publish for one in (name, *_fronts(model, name))):
        return
    at = _https(model, name) or https
    for index, redirect in sent:
        if redirect.port not in at:
            path: Path = ("services", name, "http", "routes", index, "redirect")
            ports = " or ".join(str(port) for port in sorted(at) if port) or "a port that the engine chooses"
            said, help = f"https is published at {ports}", "publish it at a fixed port"
            if not at:
                said = "nothing here is published for https"
                # Behind what ends TLS all come by http, and would go round.
                help = "publish a `tls` listener there; if something in front of all ends TLS, let that send clients on"
            elif max(at):
                help = f"publish it there, or write `port: {max(at)}`"
            yield Finding(
                HTTPS_ELSEWHERE,
                f"clients are sent to port {redirect.port}, and {said}",
                model.span(path),
                help=help,
                at=model.tree.name(path),
            )


def _https(model: Model, name: str) -> set[int]:
    """The ports at which a server is published for https; 0 for one that the engine chooses."""
    service = model.environment.services[name]
    tls = service.http.tls if service.http else None
    return {publish.host for publish in service.publish if tls and publish.port == tls.listen.port}


def _fronts(model: Model, name: str) -> list[str]:
    """The other servers by which clients come to this one."""
    found: dict[str, bool] = {}
    follow = [*model.forwarding.get(name, ())]
    while follow:
        one = follow.pop()
        if one not in found and one != name:
            found[one] = not model.is_behind(one)
            follow += model.forwarding.get(one, ())
    return sorted(one for one, outermost in found.items() if outermost)


def _finding(model: Model, door: str, asked: Asked, circle: list[Place]) -> Finding:
    paths: list[Path] = [("services", name, "http", "routes", index) for name, index in circle]
    others = tuple(Related(model.span(path), "it goes on here") for path in paths[1:])
    help = "send it elsewhere, or let the `match` take less: other paths, or only the hosts that are to be sent on"
    said = f"`{asked}` is sent round in a circle"
    if door != circle[0][0]:
        said += f": it comes by `{door}`, and comes back that way"
        help = f"let `{door}` send clients on, where they come in" if _redirect(model, circle[0]).scheme else help
    return Finding(
        REDIRECT_LOOP,
        said,
        model.span((*paths[0], "redirect")),
        help=help,
        related=others,
        at=model.tree.name(paths[0]),
    )


def _server(model: Model, name: str) -> Http:
    http = model.environment.services[name].http
    assert http, "only servers forward to servers, or send on"
    return http


def _redirect(model: Model, place: Place) -> Redirect:
    redirect = _server(model, place[0]).routes[place[1]].redirect
    assert redirect, "a circle is one of redirects"
    return redirect


def _ways(model: Model, name: str, index: int) -> Iterator[tuple[str, Asked]]:
    """Requests that reach a route: at its server, and by each server before it."""
    http = _server(model, name)
    for door in (name, *_fronts(model, name)):
        asks = _first(http, index, None) if door == name else islice(_first(http, index, _server(model, door)), _TRIED)
        for asked in asks:
            if (name, index) in _ends(model, door, asked):
                yield door, asked


def _first(http: Http, index: int, front: Http | None) -> Iterator[Asked]:
    """Requests for a route: one for each path without a star, host and method that it names, or a server in front does."""
    match = http.routes[index].match
    paths = _plain(match)
    target = http.routes[index].redirect
    if target and target.to and target.to.startswith("/"):
        # Below a prefix lies more than the prefix itself: what the redirect leads to may be there.
        paths.append(_path(target.to))
    hosts = match.host or (ANY, *((target.host,) if target and target.host else ()))
    if front:
        paths += [path for route in front.routes for path in _plain(route.match)]
        hosts = match.host or (*hosts, *(host for route in front.routes for host in route.match.host or ()))
    for path in dict.fromkeys(paths):
        for host in dict.fromkeys(hosts):
            for method in match.method or ("GET",):
                asked = Asked(method, host.replace("*", "x", 1), path)
                if takes(match, asked):
                    yield asked


def _plain(match: Match) -> list[str]:
    return [*(match.prefix or ()), *(match.exact or ()), *(glob for glob in match.glob or () if "*" not in glob)]


def _ends(model: Model, door: str, asked: Asked) -> list[Place]:
    """The redirects that a request comes to which comes in by a server, there or behind it.

    By https where that is served: to servers behind it all come by http.
    """
    found: list[Place] = []
    follow, seen = [door], {door}
    while follow:
        name = follow.pop()
        http = _server(model, name)
        index = _taker(http, asked, by_https=name == door and http.tls is not None)
        taker = http.default if index is None else http.routes[index]
        if index is not None and http.routes[index].redirect:
            found.append((name, index))
        for member in model.members[name, taker.backend] if taker.backend else ():
            if name in model.forwarding.get(member.service, ()) and member.service not in seen:
                follow.append(member.service)
                seen.add(member.service)
    return found


def _circle(model: Model, door: str, start: Place, asked: Asked) -> list[Place]:
    """The routes that a request goes through until it is back at the first; none, if it comes to an end."""
    passed: list[Place] = []
    place: Place | None = start
    for _ in _server(model, door).routes if door == start[0] else range(_TRIED):
        if place is None:
            return []
        passed.append(place)
        following = _followed(_redirect(model, place), asked, _https(model, door) if door != place[0] else set())
        ends = _ends(model, door, following) if following else []
        asked = following or asked
        if start in ends:
            return passed
        place = next(iter(ends), None)
    return []


def _followed(redirect: Redirect, asked: Asked, https: set[int]) -> Asked | None:
    """What a client asks for next, where it came in; None where it asks elsewhere, or may. `https` are its ports for that."""
    method = asked.method if redirect.status in (307, 308) or asked.method == "HEAD" else "GET"
    if redirect.host:
        return replace(asked, method=method, host=redirect.host)
    if redirect.to and redirect.to.startswith("/"):
        return replace(asked, method=method, path=_path(redirect.to))
    return replace(asked, method=method) if redirect.scheme and redirect.port in https else None


def _path(target: str) -> str:
    path = re.split("[?#]", target)[0]
    return re.sub("/+", "/", unquote_to_bytes(path).decode("utf-8", errors="replace"))


def _taker(http: Http, asked: Asked, *, by_https: bool) -> int | None:
    """The first route that takes a request."""
    routes = enumerate(http.routes)
    there = (index for index, route in routes if not (by_https and route.redirect and route.redirect.scheme))
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
