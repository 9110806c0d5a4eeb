"""Paths of routes that take more, or less, than they look like: what only begins alike, and other spellings."""

from __future__ import annotations

from collections.abc import Iterator

from twipc.diagnostics import Finding, Path, Related
from twipc.model import Model
from twipc.regex import late_regex
from twipc.routes.cases import METHODS
from twipc.routes.lookup import EVERY_HOST, Kind
from twipc.spec import Http, Route

from .codes.paths import OTHER_CASE, TAKES_LONGER

_MOST_ALIKE = 100
"""Of paths that differ in case alone, so many are held against others."""
_LEAKS = late_regex(r"[^/*]\*\*")


def spellings(model: Model) -> Iterator[Finding]:
    """Globs that take longer names too, and paths that differ from another route's in upper and lower case alone."""
    for name, http in model.servers:
        yield from _longer(model, name, http)
        yield from _other_case(model, name, http)


def _longer(model: Model, name: str, http: Http) -> Iterator[Finding]:
    for index, route in enumerate(http.routes):
        for place, glob in enumerate(route.match.glob or ()):
            if found := _LEAKS.search(glob):
                path: Path = ("services", name, "http", "routes", index, "match", "glob", place)
                start = glob[: found.start() + 1]
                said = f"`{glob}` takes `{start}x{glob[found.end() :]}` too, not just what is below `{start}`"
                whole = "" if "*" in start else f"`prefix: {start}` for it and all below it, or "
                help = f"write {whole}`{start}/**` for what is below"
                yield Finding(TAKES_LONGER, said, model.span(path), help=help, at=model.tree.name(path[:5]))


def _other_case(model: Model, name: str, http: Http) -> Iterator[Finding]:
    known: dict[str, list[tuple[str, Path, _Asked]]] = {}
    for index, route in enumerate(http.routes):
        asked = _Asked(route)
        for kind in ("prefix", "exact"):
            for place, written in enumerate(getattr(route.match, kind) or ()):
                path: Path = ("services", name, "http", "routes", index, "match", kind, place)
                before = known.setdefault(written.lower(), [])
                found = (one for one in before if one[0] != written and _elsewhere(one[2].route, route) and asked.meets(one[2]))
                if other := next(found, None):
                    yield Finding(
                        OTHER_CASE,
                        f"`{written}` and `{other[0]}` differ in upper and lower case alone, and lead elsewhere",
                        model.span(path),
                        help="paths are told apart by case: write one of them, or send the other on by a redirect",
                        related=(Related(model.span(other[1]), "the other one"),),
                        at=model.tree.name(path[:5]),
                    )
                if len(before) < _MOST_ALIKE:
                    before.append((written, path, asked))


class _Asked:
    """Which hosts and methods a route takes."""

    def __init__(self, route: Route) -> None:
        self.route = route
        self._hosts = frozenset(route.match.host or (EVERY_HOST,))
        self._wider = frozenset(wider for host in self._hosts for wider in Kind(host).hosts)
        self._methods = frozenset(route.match.method or METHODS)

    def meets(self, other: _Asked) -> bool:
        """Whether a request may be one of both."""
        hosts = not self._hosts.isdisjoint(other._wider) or not other._hosts.isdisjoint(self._wider)
        return hosts and not self._methods.isdisjoint(other._methods)


def _elsewhere(one: Route, other: Route) -> bool:
    """Whether they lead elsewhere; a redirect is an answer to another spelling."""
    redirects = one.redirect or other.redirect
    known = all(route.backend or route.files for route in (one, other))
    return known and not redirects and (one.backend, one.files) != (other.backend, other.files)
