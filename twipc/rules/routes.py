"""Routes that other routes hide: what no request reaches, because those before take it."""

from __future__ import annotations

from collections.abc import Iterator

from twipc.diagnostics import Finding, Path, Related
from twipc.model import Model
from twipc.routes import meant
from twipc.routes.hidden import Hidden, hidden
from twipc.routes.table import Table

from .codes.servers import DEAD_ROUTE


def routes(model: Model) -> Iterator[Finding]:
    """Routes, and paths of routes, of which others take every request before."""
    for name, http in model.servers:
        table = meant.server(model, name)
        dead: dict[int, list[Hidden]] = {}
        for one in hidden(table):
            at = table.rules[one.number].at
            takers = {_route(rule.at) for taker in one.takers if (rule := table.rules[taker]).at}
            # A path that another of the same route takes is said twice, and reaches it all the same.
            if at and _route(at) not in takers:
                dead.setdefault(_route(at), []).append(one)
        for index, found in dead.items():
            paths = sum(_route(rule.at) == index for rule in table.rules if rule.at)
            here: Path = ("services", name, "http", "routes", index)
            if len(found) == paths:
                said = f"no request reaches this route: {_takers(table, found)} them all before"
                yield _finding(model, (*here, "match"), here, said, table, found[0])
            else:
                for one in found:
                    written = table.rules[one.number].at
                    path = http.routes[index].match
                    said = f"no request reaches `{_path(path, written)}` of this route: {_takers(table, [one])} it before"
                    yield _finding(model, written, written, said, table, one)


def _route(at: Path) -> int:
    """The index of the route that a rule is of."""
    index = at[4]
    assert isinstance(index, int)
    return index


def _path(match: object, at: Path) -> str:
    *_, kind, place = at
    found: str = getattr(match, str(kind))[place]
    return found


def _takers(table: Table, found: list[Hidden]) -> str:
    names = list(dict.fromkeys(f"`{_short(table, taker)}`" for one in found for taker in one.takers))
    return f"{' and '.join(names)} {'takes' if len(names) == 1 else 'take'}"


def _short(table: Table, taker: int) -> str:
    said = table.rules[taker].said
    return said.partition(" ")[2] if table.rules[taker].at else "the server itself"


def _finding(model: Model, path: Path, at: Path, said: str, table: Table, one: Hidden) -> Finding:
    others = dict.fromkeys((*rule.at[:4], _route(rule.at)) for taker in one.takers if (rule := table.rules[taker]).at)
    return Finding(
        DEAD_ROUTE,
        said,
        model.span(path),
        help="move it up, or take it out",
        related=tuple(Related(model.span(other), "this one is first") for other in others),
        at=model.tree.name(at),
    )
