"""Where a client that is sent on comes to, as far as the servers of a spec tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import unquote_to_bytes

from msgspec import Struct
from msgspec.structs import replace

from twipc.model import Model
from twipc.routes.lookup import EVERY_HOST, OWN, Kind, Lookup, whole
from twipc.spec import Http, Match, Redirect

ANY = ""
"""A host that no route names."""


class Asked(Struct, frozen=True):
    """A request, its path decoded and with slashes merged."""

    method: str
    host: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {f'//{self.host}' if self.host else ''}{self.path}"

    def kind(self, *, by_https: bool = False) -> Kind:
        return Kind(self.host or EVERY_HOST, self.method, by_https)


Place = tuple[str, int]
"""A route of a server."""
State = tuple[str, Place, Asked]
"""By which server a request comes in, the redirect that it comes to, and itself."""
_TRIED = 64
"""So many requests for a route are tried at most by way of a server in front, which multiplies them."""


class Circles:
    """Follows the clients of one model; what is known of a request is not looked up twice."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._lookups: dict[str, Lookup] = {}
        self._known: dict[tuple[str, Asked], tuple[Place, ...]] = {}
        self._ended: set[State] = set()
        """From here clients come to an end, or into a circle that they are not in yet."""

    def redirect(self, place: Place) -> Redirect:
        redirect = server(self._model, place[0]).routes[place[1]].redirect
        assert redirect, "a circle is one of redirects"
        return redirect

    def of(self, place: Place) -> Iterator[tuple[str, Asked, list[Place]]]:
        """Circles that lead back to a redirect: the server by which a request for it comes in, the request, the redirects."""
        name, index = place
        http = server(self._model, name)
        for door in (name, *fronts(self._model, name)):
            asks = _first(http, index, None) if door == name else islice(_first(http, index, server(self._model, door)), _TRIED)
            for asked in asks:
                # Most are not sent on once more: that is known without looking who took the first.
                following = self._followed(door, place, asked)
                if following and self._ends(door, following) and place in self._ends(door, asked):
                    circle = self._circle(door, place, asked)
                    if circle:
                        yield door, asked, circle

    def _ends(self, door: str, asked: Asked) -> tuple[Place, ...]:
        """The redirects that a request comes to which comes in by a server, there or behind it.

        By https where that is served: to servers behind it all come by http.
        """
        if (door, asked) in self._known:
            return self._known[door, asked]
        found: list[Place] = []
        follow, seen = [door], {door}
        while follow:
            name = follow.pop()
            http = server(self._model, name)
            if name not in self._lookups:
                self._lookups[name] = whole(self._model, name)
            first = self._lookups[name].first(asked.kind(by_https=name == door and http.tls is not None), asked.path)
            if first and first.number == OWN:
                continue
            taker = http.routes[first.number] if first else http.default
            if first and http.routes[first.number].redirect:
                found.append((name, first.number))
            for member in self._model.members[name, taker.backend] if taker.backend else ():
                if name in self._model.forwarding.get(member.service, ()) and member.service not in seen:
                    follow.append(member.service)
                    seen.add(member.service)
        self._known[door, asked] = tuple(found)
        return tuple(found)

    def _circle(self, door: str, start: Place, asked: Asked) -> list[Place]:
        """The routes that a request goes through until it is back at the first; none, if it comes to an end."""
        passed: list[State] = []
        state = (door, start, asked)
        while state not in self._ended and state not in passed:
            passed.append(state)
            following = self._followed(*state)
            ends = self._ends(door, following) if following else ()
            if start in ends:
                return [place for _, place, _ in passed]
            if following is None or len(ends) != 1:
                # Where ways part only one is gone: from here another may lead back.
                self._ended.update(passed if not ends else ())
                return []
            state = (door, ends[0], following)
        self._ended.update(passed[: passed.index(state)] if state in passed else passed)
        return []

    def _followed(self, door: str, place: Place, asked: Asked) -> Asked | None:
        """What a client asks for next, where it came in; None where it asks elsewhere, or may."""
        redirect = self.redirect(place)
        method = asked.method if redirect.status in (307, 308) or asked.method == "HEAD" else "GET"
        if redirect.host:
            return replace(asked, method=method, host=redirect.host)
        if redirect.to and redirect.to.startswith("/"):
            return replace(asked, method=method, path=_path(redirect.to))
        back = redirect.scheme and door != place[0] and redirect.port in https_ports(self._model, door)
        return replace(asked, method=method) if back else None


def https_ports(model: Model, name: str) -> set[int]:
    """The ports at which a server is published for https; 0 for one that the engine chooses."""
    service = model.environment.services[name]
    tls = service.http.tls if service.http else None
    return {publish.host for publish in service.publish if tls and publish.port == tls.listen.port}


def fronts(model: Model, name: str) -> list[str]:
    """The other servers by which clients come to this one."""
    found: dict[str, bool] = {}
    follow = [*model.forwarding.get(name, ())]
    while follow:
        one = follow.pop()
        if one not in found and one != name:
            found[one] = not model.is_behind(one)
            follow += model.forwarding.get(one, ())
    return sorted(one for one, outermost in found.items() if outermost)


def server(model: Model, name: str) -> Http:
    http = model.environment.services[name].http
    assert http, "only servers forward to servers, or send on"
    return http


def _first(http: Http, index: int, front: Http | None) -> Iterator[Asked]:
    """Requests for a route: one for each path without a star, host and method that it names, or a server in front does."""
    match = http.routes[index].match
    alone = Lookup()
    alone.add(index, match)
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
                if alone.first(asked.kind(), asked.path):
                    yield asked


def _plain(match: Match) -> list[str]:
    return [*(match.prefix or ()), *(match.exact or ()), *(glob for glob in match.glob or () if "*" not in glob)]


def _path(target: str) -> str:
    path = re.split("[?#]", target)[0]
    return re.sub("/+", "/", unquote_to_bytes(path).decode("utf-8", errors="replace"))
