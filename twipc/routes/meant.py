"""The routes that a model means."""

from __future__ import annotations

from collections.abc import Iterator

from twipc.model import Model, image_of
from twipc.spec import Http, Match, Redirect, Route
from twipc.spec.http import Default

from . import pattern
from .pattern import Either, Pattern
from .table import Answer, Onward, Outcome, Rule, Site, Table

OWN = Rule("the server's own", (pattern.beginning(pattern.text("/.twipc/")),), (Answer("status", "404"),))
"""Below it no server shows anything, whatever its routes say."""


def site(model: Model, entry: str) -> Site:
    """What one `http` service does with requests, and all that it hands them on to."""
    return Site(entry, {name: _table(model, name, http, whole=True) for name, http in model.servers})


def server(model: Model, name: str, *, https: bool = True) -> Table:
    """What one `http` service itself does with requests: which of its backends it asks. Without `https` it has no TLS."""
    http = model.environment.services[name].http
    assert http
    return _table(model, name, http if https else http.model_copy(update={"tls": None}), whole=False)


def entries(model: Model) -> Iterator[str]:
    """The `http` services that no other one asks: where requests come in from outside."""
    asked = {member.service for (name, _), members in model.members.items() for member in members if member.service != name}
    return (name for name, _ in model.servers if name not in asked)


def _table(model: Model, name: str, http: Http, *, whole: bool) -> Table:
    """With `whole`, a backend is who answers in the end, else its name."""

    def leads(to: Route | Default) -> Outcome:
        if to.backend:
            return _members(model, name, to.backend) if whole else (Answer("backend", to.backend),)
        if isinstance(to, Default):
            return (Answer("status", str(to.status)),)
        if to.redirect:
            return (Answer("redirect", _sent(to.redirect)),)
        return (Answer("files", f"{to.files} of {_repository(model, name)}" if whole else str(to.files)),)

    ready = model.environment.services[name].ready
    own = [OWN]
    if ready:
        path = ready.http.path.partition("?")[0]
        own.append(Rule("readiness", (pattern.path("exact", path),), (Answer("status", "200"),)))
    rules = [rule for number, route in enumerate(http.routes) for rule in _rules(name, http, number, leads(route))]
    return Table((*own, *rules), leads(http.default), ("services", name, "http", "default"), https=http.tls is not None)


def _rules(name: str, http: Http, number: int, leads: Outcome) -> Iterator[Rule]:
    """One for each path that a route names: each may be hidden by another."""
    route = http.routes[number]
    match = route.match
    hosts = (Either(tuple(map(pattern.host, match.host))),) if match.host else ()
    methods = frozenset(match.method) if match.method else None
    scheme = "http" if http.tls and route.redirect and route.redirect.scheme else ""
    at = ("services", name, "http", "routes", number)
    for kind, place, said, path in _paths(match):
        yield Rule(
            said,
            (path,),
            leads,
            hosts=hosts,
            methods=methods,
            scheme=scheme,
            at=(*at, "match", kind, place) if kind else at,
        )


def _paths(match: Match) -> Iterator[tuple[str, int, str, Pattern]]:
    named = [(kind, place, said) for kind in Match.ONE_OF for place, said in enumerate(getattr(match, kind) or ())]
    for kind, place, said in named:
        yield kind, place, f"{kind} {said}", pattern.path(kind, said)
    if not named:
        yield "", 0, "every path", pattern.ALL


def _members(model: Model, name: str, backend: str) -> Outcome:
    """Who answers for a backend: services by what runs in them, so that one asks alike whatever it is called."""
    members = model.members[name, backend]
    found: dict[Answer | Onward, None] = {}
    for member in members:
        service = model.environment.services[member.service]
        if service.http and member.number == service.http.listen.number:
            found[Onward(member.service)] = None
        else:
            found[Answer("service", f"{_repository(model, member.service)}:{member.number}")] = None
    return tuple(found)


def _repository(model: Model, name: str) -> str:
    """A service's image without its version: the same program in every environment."""
    image = image_of(model.environment.services[name]).partition("@")[0]
    folder, slash, last = image.rpartition("/")
    return f"{folder}{slash}{last.partition(':')[0]}"


def _sent(redirect: Redirect) -> str:
    if redirect.to:
        return f"{redirect.status} to {redirect.to}"
    port = "" if redirect.port == 443 else f" at port {redirect.port}"
    return f"{redirect.status} to {f'https{port}' if redirect.scheme else f'host {redirect.host}'}"
