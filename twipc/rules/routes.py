"""Routes that other routes hide: what no request reaches, because one before takes it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from twipc.diagnostics import Finding, Path, Related
from twipc.formats.paths import pattern
from twipc.model import Model
from twipc.spec import Http, Match

from .codes.servers import DEAD_ROUTE

_KINDS = ("prefix", "exact", "glob")


@dataclass
class _Before:
    """The paths of the routes so far, each with its route's place."""

    prefixes: list[tuple[str, int]] = field(default_factory=list)
    globs: list[tuple[str, int, re.Pattern[str]]] = field(default_factory=list)
    exact: dict[str, list[int]] = field(default_factory=dict)

    def add(self, match: Match, index: int) -> None:
        for path in match.prefix or ():
            self.prefixes.append((path, index))
        for path in match.exact or ():
            self.exact.setdefault(path, []).append(index)
        for path in match.glob or ():
            if path.endswith("/**") and "*" not in path[:-2]:
                self.prefixes.append((path[:-2], index))
            elif "*" in path:
                self.globs.append((path, index, re.compile(pattern("glob", path))))
            else:
                self.exact.setdefault(path, []).append(index)

    def takers(self, kind: str, path: str) -> Iterator[tuple[str, int]]:
        """Who takes all that a path takes; of what globs have in common only the plain cases are known."""
        one = kind == "exact" or (kind == "glob" and "*" not in path)
        start = path if one or kind == "prefix" else path.split("*")[0]
        if one:
            yield from ((path, index) for index in self.exact.get(path, ()))
        for prefix, index in self.prefixes:
            if start.startswith(f"{prefix.rstrip('/')}/") or (start == path == prefix):
                yield prefix, index
        for glob, index, expression in self.globs:
            if (kind == "glob" and glob == path) or (one and expression.search(path)):
                yield glob, index


def routes(model: Model) -> Iterator[Finding]:
    """Routes, and paths of routes, that are taken before, for the same hosts and methods at least."""
    for name, http in model.servers:
        before = _Before()
        for index, route in enumerate(http.routes):
            yield from _hidden(model, name, http, before, index)
            # Who comes by https is not sent there again, and reaches the routes that follow.
            if not (http.tls and route.redirect and route.redirect.scheme):
                before.add(route.match, index)


def _hidden(model: Model, name: str, http: Http, before: _Before, index: int) -> Iterator[Finding]:
    match = http.routes[index].match
    paths = [(kind, nth, path) for kind in _KINDS for nth, path in enumerate(getattr(match, kind) or ())]
    found = [
        (kind, nth, path, taker)
        for kind, nth, path in paths
        if (taker := next((one for one in before.takers(kind, path) if _asks_less(http.routes[one[1]].match, match)), None))
    ]
    here: Path = ("services", name, "http", "routes", index)
    if found and len(found) == len(paths):
        *_, (by, other) = found[0]
        said = f"no request reaches this route: `{by}` takes them all before"
        same = all(_is_twin(http, index, path, taker) for _, _, path, taker in found)
        yield _finding(model, (*here, "match"), here, said, (*here[:-1], other), same=same)
    else:
        for kind, nth, path, (by, other) in found:
            said = f"no request reaches `{path}` of this route: `{by}` takes it before"
            written: Path = (*here, "match", kind, nth)
            yield _finding(model, written, written, said, (*here[:-1], other), same=_is_twin(http, index, path, (by, other)))


def _is_twin(http: Http, index: int, path: str, taker: tuple[str, int]) -> bool:
    """Whether what takes a path is for the same requests, so that no order lets both have some."""
    match, other = http.routes[index].match, http.routes[taker[1]].match
    return (taker[0], other.host, other.method) == (path, match.host, match.method)


def _finding(model: Model, path: Path, at: Path, said: str, other: Path, *, same: bool) -> Finding:
    return Finding(
        DEAD_ROUTE,
        said,
        model.span(path),
        help="the two are for the same requests: take one out" if same else "move it up, or take it out",
        related=(Related(model.span(other), "this one is first"),),
        at=model.tree.name(at),
    )


def _asks_less(wide: Match, narrow: Match) -> bool:
    """Whether the first takes all hosts and methods that the second takes."""
    methods = wide.method is None or (narrow.method is not None and set(narrow.method) <= set(wide.method))
    if wide.host is None or narrow.host is None:
        return methods and wide.host is None
    covered = (any(one == host or (host.endswith(one[1:]) and one[0] == "*") for one in wide.host) for host in narrow.host)
    return methods and all(covered)
