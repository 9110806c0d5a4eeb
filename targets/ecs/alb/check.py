"""What of a server a load balancer in its place does otherwise, and what it has no words for."""

from __future__ import annotations

from collections.abc import Iterator

from twipc.diagnostics import Code, Finding, Path
from twipc.model import Model
from twipc.spec import Http, Redirect
from twipc.target.codes import APPROXIMATED, BEHAVIOUR_LOST

from ..checking.options import HERE, finding
from ..codes import NOT_READY, UNUSED
from ..edges import edges, running, staying
from ..network.subnets import balancer_subnets
from ..nlb.ports import targets_of
from ..options import Options
from .codes import GIVES_WAY, ONE_ZONE, UNSAYABLE
from .conditions import Unsayable, conditions, path_values
from .redirects import PERMANENT, unsayable

_KEPT = frozenset({301, 302})


def check_alb(model: Model, options: Options) -> Iterator[Finding]:
    giving = edges(model, options)
    yield from _without_effect(model, options, giving)
    yield from _zones(model, options, giving)
    for name, http in giving.items():
        yield _note(model, name)
        yield from _routes(model, name, http)
        yield from _paths(model, name, http)
        yield from _members(model, name, http)
    yield from _replaced(model, options, giving)


def _without_effect(model: Model, options: Options, giving: dict[str, Http]) -> Iterator[Finding]:
    if options.ingress == "alb" and not giving:
        reasons = [f"`{name}`: {staying(model, options, name)}" for name, _ in model.servers]
        told = "; ".join(reasons) if reasons else "there is no `http` service"
        yield finding(
            model, UNUSED, (*HERE, "ingress"), f"`ingress: alb` has no effect: no server gives way ({told})", "write `proxy`"
        )
    for name in sorted(options.certificates):
        http = giving.get(name)
        if http is None or http.tls is None:
            why = "it has no `tls`" if http else "no load balancer takes its place"
            said = f"the certificate of `{name}` has no effect: {why}"
            yield finding(model, UNUSED, (*HERE, "certificates", name), said, "take it out")
        elif not any(one.port == http.tls.listen.port for one in model.environment.services[name].publish):
            said = f"the certificate of `{name}` has no effect: `{http.tls.listen.port}` is not published"
            yield finding(model, UNUSED, (*HERE, "certificates", name), said, "publish it, or take the certificate out")


def _zones(model: Model, options: Options, giving: dict[str, Http]) -> Iterator[Finding]:
    if giving and len(balancer_subnets(options)) < 2:
        said = options.load_balancer and options.load_balancer.subnets
        place: Path = (*HERE, "load_balancer", "subnets") if said else (*HERE, "subnets")
        yield finding(
            model, ONE_ZONE, place, "an application load balancer has one subnet here", "name a second one, in another zone"
        )


def _note(model: Model, name: str) -> Finding:
    said = (
        f"a load balancer takes the place of `{name}`: no program runs there. It speaks HTTP/2 too and lets through every "
        "upgrade; members find the client last in X-Forwarded-For, and X-Real-IP and X-Forwarded-Host as the client sent them"
    )
    return finding(model, GIVES_WAY, ("services", name), said)


def _routes(model: Model, name: str, http: Http) -> Iterator[Finding]:
    for index, route in enumerate(http.routes):
        here: Path = ("services", name, "http", "routes", index)
        try:
            conditions(route.match)
        except Unsayable as found:
            path = (*here, "match", found.kind, found.nth)
            said = f"a load balancer cannot match it: {found.why}"
            yield finding(model, UNSAYABLE, path, said, f"{found.help}; or write `ingress: proxy`", key=False)
        if route.redirect:
            if why := unsayable(route.redirect):
                said = f"a load balancer cannot send on there: it has {why}"
                yield finding(model, UNSAYABLE, (*here, "redirect"), said, "send on elsewhere; or write `ingress: proxy`")
            elif route.redirect.status not in _KEPT:
                yield _status(model, (*here, "redirect"), route.redirect)
    ready = model.environment.services[name].ready
    if ready:
        try:
            list(path_values("exact", 0, ready.http.path_alone))
        except Unsayable as found:
            said = f"a load balancer cannot answer for `{name}` that it is ready: its path has {found.why}"
            yield finding(model, UNSAYABLE, ("services", name, "ready", "http", "path"), said, found.help)


def _status(model: Model, path: Path, redirect: Redirect) -> Finding:
    becomes = 301 if redirect.status in PERMANENT else 302
    said = f"{redirect.status} becomes {becomes}, all that a load balancer sends on with beside 302: a POST may come as a GET"
    return _lost(model, BEHAVIOUR_LOST, path, said.replace("beside 302", f"beside {603 - becomes}"))


def _lost(model: Model, code: Code, path: Path, said: str) -> Finding:
    at = model.tree.name(path)
    accept = f"accept it: {{code: {code.id}, at: '{at}', target: ecs, because: …}}"
    return finding(model, code, path, f"{at} on ecs: {said}", f"change it, or {accept}")


def _paths(model: Model, name: str, http: Http) -> Iterator[Finding]:
    """Where a path as it was sent may go elsewhere than the same path decoded and with slashes merged."""
    every = (path for route in http.routes for kind in ("prefix", "exact", "glob") for path in getattr(route.match, kind) or ())
    if any(path not in ("/", "/**") for path in every):
        said = (
            "a load balancer matches paths as they were sent: `//images/x` and `/%69mages/x` are not below /images/ for it, "
            "and a member that decodes them takes them for what they are not"
        )
        yield _lost(model, BEHAVIOUR_LOST, ("services", name, "http", "routes"), said)


def _replaced(model: Model, options: Options, giving: dict[str, Http]) -> Iterator[Finding]:
    """Members whose readiness decides whether they live; of those that are published besides this is told with that."""
    tasks = running(model, options)
    asked = {one.service for name, http in giving.items() for backend in http.backends for one in model.members[name, backend]}
    for name in sorted(asked):
        if model.environment.services[name].ready and not targets_of(tasks, options, name):
            said = f"the load balancer asks whether `{name}` is ready, and ECS replaces a task that is not"
            help = "let it be ready soon, and not depend on others"
            yield finding(model, NOT_READY, ("services", name, "ready"), said, help)


def _members(model: Model, name: str, http: Http) -> Iterator[Finding]:
    """Members that get the same, though there is more of one than of the other."""
    for backend in sorted(http.backends):
        members = model.members[name, backend]
        if len({model.environment.services[one.service].replicas for one in members}) > 1:
            path: Path = ("services", name, "http", "backends", backend, "members")
            said = f"{model.tree.name(path)} on ecs: each member gets as many requests as another, however many tasks it has"
            yield finding(model, APPROXIMATED, path, said)
