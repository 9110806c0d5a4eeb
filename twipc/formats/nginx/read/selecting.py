"""The map by which our own nginx configurations choose routes by host, method and path together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from twipc.formats.engines import OWN_PREFIX
from twipc.formats.routes import looked_for
from twipc.routes import pattern
from twipc.routes.cases import METHODS
from twipc.routes.expression import NotUnderstood, expression
from twipc.routes.follow import automaton_of
from twipc.routes.pattern import Pattern
from twipc.routes.table import OPEN, Answer, Rule

from ..tree import Block, Directive
from .leading import Around, leads, unread

_READS = {"$host $request_method $uri": False, "$scheme $host $request_method $uri": True}


def chosen(location: Directive, locations: Sequence[Directive], maps: Sequence[Directive], within: Around) -> Iterator[Rule]:
    """The rules of the rows of the map that a location asks before all else, in their order."""
    asks = any(one.name == "if" and one.args == ("($route)",) for one in (location.block or Block([])).directives)
    found = [one for one in maps if one.args[1:] == ("$route",) and one.args[0] in _READS]
    if not asks or len(found) != 1 or found[0].block is None:
        return
    places = {one.args[1]: one for one in locations if one.args[:1] == ("^~",) and len(one.args) == 2}
    for row in found[0].block.directives:
        if row.name == "include" and row.args:
            yield Rule(f"include {' '.join(row.args)}", (pattern.ALL,), unread(row), at=row.at)
        elif row.name != "default":
            yield _row(row, places.get(f"{OWN_PREFIX}{' '.join(row.args)}/"), by_scheme=_READS[found[0].args[0]], within=within)


def _row(row: Directive, place: Directive | None, *, by_scheme: bool, within: Around) -> Rule:
    scheme, rest = "", row.name.removeprefix("~").removeprefix("^")
    if by_scheme:
        scheme, _, rest = rest.partition(" ")
    host, _, rest = rest.partition(" ")
    method, _, path = rest.partition(" ")
    try:
        hosts = () if host == r"\S+" else (expression(f"^(?:{host})$"),)
        methods = None if method == r"\S+" else frozenset(_methods(expression(f"^(?:{method})$")))
        paths: Pattern = looked_for(f"^{path}")
    except NotUnderstood as why:
        return Rule(row.name, (pattern.ALL,), (Answer(OPEN, f"{why}, {row.place}"),), at=row.at)
    inside = Block([one for one in place.block.directives if one.name != "internal"]) if place and place.block else Block([])
    to = leads(inside, within) if place else (Answer("status", "404"),)
    by = "" if scheme in ("", r"\S+") else scheme
    return Rule(path, (paths,), to, hosts=hosts, methods=methods, scheme=by, at=row.at)


def _methods(asked: Pattern) -> Iterator[str]:
    automaton = automaton_of((asked,))
    return (method for method in METHODS if automaton.taker(automaton.walk(method.encode())) is not None)
