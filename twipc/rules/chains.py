"""HTTP servers before others: whether the one behind learns who the client is, and gets all that it allows."""

from __future__ import annotations

from collections.abc import Iterator

from twipc.diagnostics import Finding, Path, Related
from twipc.model import Model
from twipc.spec import Backend, Http

from .codes.chains import CLIENT_LOST, LESS_BEFORE

Front = tuple[str, Http, Backend]
"""A server, and its backend that has another server for a member."""


def chains(model: Model) -> Iterator[Finding]:
    """Findings on every `http` service that another one forwards to."""
    for name, http in model.servers:
        if name in model.forwarding and name in model.past:
            yield from _lost(model, name, http)
        elif name in model.forwarding:
            yield from _less(model, name, http, _fronts(model, name))


def _lost(model: Model, name: str, http: Http) -> Iterator[Finding]:
    """Who is a client of the server before is not known to one that others ask too."""
    fronts = " and ".join(f"`{front}`" for front in model.forwarding[name])
    past = model.past[name]
    here: Path = ("services", name, "http", "backends")
    help = f"let all who ask `{name}` come by {fronts}, or let that forward to its members itself"
    if not http.backends:
        return
    others = [Related(model.span(path), "it is by this too") for path in past[1:]]
    if http.rate_limit:
        path: Path = ("services", name, "http", "rate_limit")
        others.append(Related(model.span(path, key=True), f"all who come by {fronts} are one client here"))
    for backend in sorted(key for key, noun in http.backends.items() if noun.balance == "source"):
        path = (*here, backend, "balance")
        others.append(Related(model.span(path), f"all who come by {fronts} go to one member by this"))
    said = f"`{name}` is asked past {fronts} by this, so that it takes {fronts} for the client of all who come that way"
    yield Finding(CLIENT_LOST, said, model.span(past[0]), help=help, related=tuple(others), at=model.tree.name(past[0]))


def _fronts(model: Model, name: str) -> list[Front]:
    http = model.environment.services
    found = []
    for front in model.forwarding[name]:
        server = http[front].http
        for key, backend in sorted(server.backends.items()) if server else ():
            if server and any(member.service == name for member in model.members[front, key]):
                found.append((front, server, backend))
    return found


def _less(model: Model, name: str, http: Http, fronts: list[Front]) -> Iterator[Finding]:
    """What is written for a server that no server before it lets through."""
    here: Path = ("services", name, "http")
    front, server, _ = max(fronts, key=lambda one: one[1].max_body)
    if model.written((*here, "max_body")) and server.max_body < http.max_body:
        said = f"`{front}` before it answers bodies over {server.max_body} with 413"
        yield _finding(model, (*here, "max_body"), said, f"raise `max_body` of `{front}`, or take this one out")
    front, server, _ = max(fronts, key=lambda one: one[1].timeouts.response)
    longest = server.timeouts.response
    help = f"raise `timeouts.response` of `{front}`, or lower this one"
    if model.written((*here, "timeouts", "response")) and longest < http.timeouts.response:
        said = f"`{front}` before it waits {longest} for an answer"
        yield _finding(model, (*here, "timeouts", "response"), said, help)
    for key, backend in sorted(http.backends.items()):
        path: Path = (*here, "backends", key)
        if backend.hold and longest <= backend.hold:
            said = (
                f"requests wait here for a member up to {backend.hold}, and `{front}` before it waits {longest} for an answer"
            )
            yield _finding(model, (*path, "hold"), said, help)
        if backend.websockets:
            yield from _upgrades(model, (*path, "websockets"), int(backend.websockets), fronts)


def _upgrades(model: Model, path: Path, here: int, fronts: list[Front]) -> Iterator[Finding]:
    front, _, backend = max(fronts, key=lambda one: int(one[2].websockets or 0))
    if not backend.websockets:
        said = f"`{front}` before it lets nobody upgrade"
        yield _finding(model, path, said, f"write `websockets` at the backend of `{front}` too, or take it out here")
    elif backend.websockets < here:
        said = f"`{front}` before it ends a WebSocket after {backend.websockets} without a byte"
        yield _finding(model, path, said, f"raise `websockets` of `{front}`, or lower this one")


def _finding(model: Model, path: Path, said: str, help: str) -> Finding:
    return Finding(LESS_BEFORE, said, model.span(path), help=help, at=model.tree.name(path))
