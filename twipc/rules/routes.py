"""Routes that other routes hide: what no request reaches, because those before take it."""

from __future__ import annotations

from collections.abc import Iterator

from twipc.diagnostics import Finding, Path, Related
from twipc.model import Model
from twipc.routes.hiding import Hiding
from twipc.routes.lookup import OWN, Taker, is_for_http, named, own
from twipc.spec import Http

from .codes.servers import DEAD_ROUTE

_MOST_NAMED = 4


def routes(model: Model) -> Iterator[Finding]:
    """Routes, and paths of routes, of which those before take every request, for all of their hosts and methods."""
    for name, http in model.servers:
        before = own(model, name)
        hiding = Hiding(before)
        for index, route in enumerate(http.routes):
            yield from _hidden(model, name, http, hiding, index)
            before.add(index, route.match, http_only=is_for_http(route))


def _hidden(model: Model, name: str, http: Http, hiding: Hiding, index: int) -> Iterator[Finding]:
    route = http.routes[index]
    paths = list(named(route.match))
    asked = {"http_only": is_for_http(route), "https": http.tls is not None}
    found = [(path, takers) for path in paths if (takers := hiding.takers(route.match, (path[0], path[2]), **asked))]
    here: Path = ("services", name, "http", "routes", index)
    if found and len(found) == len(paths):
        said = f"no request reaches this route: {_take([takers for _, takers in found])} them all before"
        same = all(_is_twin(http, index, path, takers) for (_, _, path), takers in found)
        yield _finding(model, (*here, "match"), here, said, {taker for _, takers in found for taker in takers}, same=same)
    else:
        for (kind, nth, path), takers in found:
            written: Path = (*here, "match", kind, nth)
            said = f"no request reaches `{path}` of this route: {_take([takers])} it before"
            yield _finding(model, written, written, said, takers, same=_is_twin(http, index, path, takers))


def _is_twin(http: Http, index: int, path: str, takers: frozenset[Taker]) -> bool:
    """Whether what takes a path is for the same requests, so that no order lets both have some."""
    match, others = http.routes[index].match, [http.routes[one.number].match for one in takers if one.number != OWN]
    asked = {(other.host, other.method) for other in others}
    return asked == {(match.host, match.method)} and {one.said for one in takers} == {path}


def _take(found: list[frozenset[Taker]]) -> str:
    """Those who take something, each once."""
    takers = sorted({taker for some in found for taker in some}, key=lambda one: (one.number, one.said))
    names = list(dict.fromkeys("the server itself" if one.number == OWN else f"`{one.said}`" for one in takers))
    shown = names if len(names) <= _MOST_NAMED else [*names[: _MOST_NAMED - 1], f"{len(names) - _MOST_NAMED + 1} others"]
    return f"{', '.join(shown[:-1])} and {shown[-1]} take" if len(shown) > 1 else f"{shown[0]} takes"


def _finding(model: Model, path: Path, at: Path, said: str, takers: set[Taker] | frozenset[Taker], *, same: bool) -> Finding:
    numbers = sorted({taker.number for taker in takers if taker.number != OWN})
    here = path[:4]
    return Finding(
        DEAD_ROUTE,
        said,
        model.span(path),
        help=_help(same=same, is_of_routes=bool(numbers)),
        related=tuple(Related(model.span((*here, number)), "this one is first") for number in numbers[:_MOST_NAMED]),
        at=model.tree.name(at),
    )


def _help(*, same: bool, is_of_routes: bool) -> str:
    if same:
        return "the two are for the same requests: take one out"
    return "move it up, or take it out" if is_of_routes else "take it out, or name another path"
