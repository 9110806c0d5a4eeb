"""One request for each route of what is published, what should come of it, and what did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from twipc.model import Model
from twipc.routes.lookup import Lookup, whole
from twipc.rules.circles import Asked
from twipc.spec import Http, Match, Route
from twipc.target.runtime import Instance, Status

from .asking import Reply

WORD = "twipc-test"
"""What a probe asks for below a prefix, and the variable of its query by which a log is searched for it."""
_SAFE = frozenset({"GET", "HEAD"})
"""Methods that change nothing: who runs a test asks for no more."""
_FREE = ("/twipc-test", "/twipc/test/nothing.here", "/twipc-test.html")


class Probe(Struct, frozen=True):
    """A request that one route of an entry takes. `services` are those of whom one should answer; none: the entry itself."""

    entry: str
    route: str
    method: str
    host: str
    path: str
    services: frozenset[str] = frozenset()
    status: int = 0
    to: str = ""
    at: tuple[str | int, ...] = ()


def probes(model: Model, name: str, http: Http) -> list[Probe]:
    """For each route the first request that reaches it, then one that no route takes; routes that none reaches have none."""
    found = []
    lookup = whole(model, name)
    for index, route in enumerate(http.routes):
        asked = next((one for one in _samples(route.match) if _taker(lookup, one) == index), None)
        if asked:
            found.append(_probe(model, name, index, route, asked))
    nobody = next((one for path in _FREE if _taker(lookup, one := Asked("GET", "", path)) is None), None)
    if nobody:
        services = _members(model, name, http.default.backend) if http.default.backend else frozenset()
        at = ("services", name, "http", "default")
        found.append(Probe(name, "default", "GET", "", nobody.path, services, http.default.status or 0, at=at))
    return found


def _probe(model: Model, name: str, index: int, route: Route, asked: Asked) -> Probe:
    at = ("services", name, "http", "routes", index)
    services = _members(model, name, route.backend) if route.backend else frozenset()
    status, to = (route.redirect.status, _leads(route)) if route.redirect else (0, "")
    return Probe(name, _named(route.match), asked.method, asked.host, asked.path, services, status, to, at)


def _leads(route: Route) -> str:
    redirect = route.redirect
    assert redirect
    if redirect.to:
        return redirect.to
    return "https://" if redirect.scheme else f"http://{redirect.host}/"


def _members(model: Model, name: str, backend: str) -> frozenset[str]:
    return frozenset(member.service for member in model.members[name, backend])


def _named(match: Match) -> str:
    paths = [*(match.exact or ()), *(match.prefix or ()), *(match.glob or ())]
    words = [*(match.method or ()), *(match.host or ()), *paths]
    return " ".join(words[:3]) + (" …" if len(words) > 3 else "")


def _samples(match: Match) -> Iterator[Asked]:
    """Requests that a route may take: what is named, and what lies below it."""
    paths = [*(match.exact or ())]
    for path in match.prefix or ():
        paths += [path, f"{path.rstrip('/')}/{WORD}", f"{path.rstrip('/')}/{WORD}.html"]
    paths += [glob.replace("**", WORD).replace("*", WORD) for glob in match.glob or ()]
    if not paths:
        paths = ["/", *_FREE]
    for path in paths:
        for host in match.host or ("",):
            for method in sorted(_SAFE & set(match.method)) if match.method else ("GET",):
                yield Asked(method, host.replace("*", "twipc", 1), path)


def _taker(lookup: Lookup, asked: Asked) -> int | None:
    found = lookup.first(asked.kind(), asked.path)
    return found.number if found else None


def judged(probe: Probe, reply: Reply, answered: Instance | None, known: bool) -> str:
    """What is wrong with an answer, in words; empty if nothing is. `known`: it can be seen who answered."""
    if not reply.status:
        return reply.why
    if probe.status and not probe.services:
        if reply.status != probe.status:
            return f"status {reply.status}, and the spec says {probe.status}"
        if probe.to and not reply.header("location").startswith(probe.to):
            return f"it is sent to `{reply.header('location')}`, and the spec says `{probe.to}`"
        return ""
    if answered and answered.service not in probe.services:
        return f"`{answered.service}` answered, and the spec says {_or(probe.services) or 'the server itself'}"
    if reply.status >= 500:
        return f"status {reply.status}"
    if known and probe.services and not answered:
        return f"the server itself answered {reply.status}, and the spec says {_or(probe.services)}"
    return ""


def _or(services: frozenset[str]) -> str:
    return " or ".join(f"`{name}`" for name in sorted(services))


def entries(model: Model, status: Status, machine: str) -> Iterator[tuple[str, Http, str, int]]:
    """Published http sides: (service, server, address, port), of the first instance that has it."""
    for name, http in model.servers:
        inside = str(http.listen.number) + "/tcp"
        found = [
            (_reached(address, machine), number)
            for one in status.of(name)
            if one.state == "running"
            for port, address, number in one.ports
            if port == inside and ":" not in address
        ]
        if found:
            yield name, http, *found[0]


def _reached(address: str, machine: str) -> str:
    return machine if address in ("", "0.0.0.0") else address  # noqa: S104 - all addresses of that machine


def machine_of(host: str) -> str:
    """The machine of an engine's host, as `docker context` writes it: this one's loopback for a socket."""
    scheme, _, rest = host.partition("://")
    if scheme in ("tcp", "ssh", "http", "https"):
        return rest.rpartition("@")[2].partition("/")[0].rpartition(":")[0] or rest.rpartition("@")[2]
    return "127.0.0.1"


def by_address(status: Status) -> Mapping[str, Instance]:
    return {address: one for one in status.instances for address in one.addresses}
