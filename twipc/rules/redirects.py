"""Redirects: whether a client that is sent on comes back, or to nobody."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from twipc.diagnostics import Finding, Path, Related
from twipc.model import Model
from twipc.spec import Http, Redirect

from .circles import Asked, Circles, Place, fronts, https_ports
from .codes.redirects import HTTPS_ELSEWHERE, REDIRECT_LOOP


def redirects(model: Model) -> Iterator[Finding]:
    """Routes whose clients come back to them, each circle once, with a request that goes round."""
    told: set[Place] = set()
    circles = Circles(model)
    https = {port for name, _ in model.servers for port in https_ports(model, name)}
    for name, http in model.servers:
        for index, route in enumerate(http.routes):
            if not route.redirect or (name, index) in told:
                continue
            for door, asked, circle in islice(circles.of((name, index)), 1):
                told |= set(circle)
                yield _finding(model, door, asked, circle, circles.redirect(circle[0]))
        yield from _elsewhere(model, name, http, https)


def _elsewhere(model: Model, name: str, http: Http, https: set[int]) -> Iterator[Finding]:
    """Redirects to a port for https that is none of those where https is served: this server's own, or else another's."""
    sent = [(index, route.redirect) for index, route in enumerate(http.routes) if route.redirect and route.redirect.scheme]
    if not sent or not any(model.environment.services[one].publish for one in (name, *fronts(model, name))):
        return
    at = https_ports(model, name) or https
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


def _finding(model: Model, door: str, asked: Asked, circle: list[Place], first: Redirect) -> Finding:
    paths: list[Path] = [("services", name, "http", "routes", index) for name, index in circle]
    others = tuple(Related(model.span(path), "it goes on here") for path in paths[1:])
    help = "send it elsewhere, or let the `match` take less: other paths, or only the hosts that are to be sent on"
    said = f"`{asked}` is sent round in a circle"
    if door != circle[0][0]:
        said += f": it comes by `{door}`, and comes back that way"
        if first.scheme:
            front = model.environment.services[door].http
            sends = bool(front and any(route.redirect and route.redirect.scheme for route in front.routes))
            help = f"let `{door}` send clients on, where they come in"
            help = f"take it out: `{door}` sends clients on where they come in, and forwards by http" if sends else help
    return Finding(
        REDIRECT_LOOP,
        said,
        model.span((*paths[0], "redirect")),
        help=help,
        related=others,
        at=model.tree.name(paths[0]),
    )
