"""In which location of a server nginx looks, as rules of which the first that fits wins.

Source: the documentation of ngx_http_core_module, `location`; and ngx_http_core_find_location of nginx 1.30, for what is
written nowhere else: locations in locations, and the slash that is added to a path.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from twipc.formats.engines import OWN_PREFIX
from twipc.formats.routes import looked_for
from twipc.routes import pattern
from twipc.routes.expression import NotUnderstood
from twipc.routes.follow import automaton_of
from twipc.routes.pattern import Pattern
from twipc.routes.table import OPEN, Answer, Outcome, Rule

from ..tree import Block, Directive
from .leading import Around, added_slash, leads, unread
from .selecting import chosen

_KINDS = ("=", "^~", "~", "~*")
_STATIC_INDEX = (".html", ".htm", ".txt", ".xml", ".json")
_FOLDER = pattern.Chain((pattern.SLASH, pattern.End()))


class _Level(Struct, frozen=True, dict=True):
    """The locations of one block, within what the blocks around them take."""

    block: Block
    around: Around
    server: Sequence[Directive]
    maps: Sequence[Directive]
    paths: tuple[Pattern, ...] = ()
    not_paths: tuple[Pattern, ...] = ()
    inside: bool = False

    def found(self, *kinds: str) -> list[Directive]:
        """Those of a kind, `` for a plain prefix, as they stand there."""
        return [one for one in self.block.directives if one.name == "location" and _kind(one) in kinds]

    @cached_property
    def within(self) -> Around:
        """What stands around these locations."""
        return self.around.within(self.block)

    @property
    def prefixes(self) -> list[Directive]:
        return sorted(self.found("", "^~"), key=lambda one: -len(one.args[-1].encode()))

    def below(self, location: Directive, path: Pattern, unless: Sequence[Pattern] = ()) -> _Level:
        inner = location.block or Block([])
        return replace(
            self,
            block=inner,
            around=self.within,
            paths=(*self.paths, path),
            not_paths=(*self.not_paths, *unless),
            inside=True,
        )

    def rules(self, location: Directive, path: Pattern, unless: Sequence[Pattern] = ()) -> Iterator[Rule]:
        """What a location does with the paths that it takes."""
        literally = _kind(location) in ("", "=", "^~")
        outcome = leads(location.block or Block([]), self.within, location.args[-1], literally=literally)
        if any(isinstance(one, Answer) and one.kind == "files" for one in outcome) and self._is_asked_again(location):
            index = Directive("index", (), location.line, None, location.file)
            yield self.rule(location, (path, _FOLDER), unread(index), unless)
        yield self.rule(location, (path,), outcome, unless)

    def rule(self, location: Directive, paths: Sequence[Pattern], outcome: Outcome, unless: Sequence[Pattern] = ()) -> Rule:
        own = tuple(self.paths)
        return Rule(_said(location), (*own, *paths), outcome, (*self.not_paths, *unless), at=location.at)

    def _is_asked_again(self, location: Directive) -> bool:
        """Whether a file of `index` is looked for anew, and another location takes it."""
        if any(one.args[-1] == OWN_PREFIX for one in self.server if one.name == "location" and one.args):
            return False
        blocks = (location.block or Block([]), self.block, *self.around.blocks)
        names = next((one.args for of in blocks for one in of.directives if one.name == "index"), ("index.html",))
        if any(not name.endswith(_STATIC_INDEX) for name in names):
            return True
        return any(_takes(one, f"/x/{name}") for name in names for one in self.server if one is not location)


def rules(server: Directive, around: Around, maps: Sequence[Directive]) -> Iterator[Rule]:
    """The locations of a server, and what it does where none fits."""
    assert server.block
    level = _Level(server.block, around, server.block.directives, maps)
    yield from _deciding(level)
    yield from _falling_back(level)
    rest = Block([one for one in server.block.directives if one.name in ("root", "try_files", "error_page", "allow", "deny")])
    yield Rule("no location", (pattern.ALL,), leads(rest, around.within(server.block)), at=server.at)


def _deciding(level: _Level) -> Iterator[Rule]:
    """What ends the search: exact paths, what a location inside decides, `^~`, and expressions in their order."""
    for one in level.block.directives:
        if one.name == "location" and not _kind(one) and len(one.args) != 1 and _kind(one) is not None:
            yield level.rule(one, (pattern.ALL,), unread(one))
    for one in level.found("="):
        yield from level.rules(one, pattern.whole(pattern.text(one.args[1])))
    yield from _with_a_slash(level)
    prefixes = level.prefixes
    stopping = [one for one in prefixes if _kind(one) == "^~"]
    for one in prefixes:
        if _has_locations(one):
            yield from _deciding(level.below(one, _begins(one), [_begins(other) for other in _longer(one, prefixes)]))
    expressions, plain = level.found("~", "~*"), level.found("")
    for one in stopping:
        unless = [_begins(other) for other in _longer(one, plain)]
        if level.inside and expressions:
            yield level.rule(one, (_begins(one),), unread(one), unless)
        elif not level.inside:
            yield from _falling_back(level.below(one, _begins(one), unless)) if _has_locations(one) else ()
            yield from level.rules(one, _begins(one), unless)
    for one in expressions:
        try:
            path = looked_for(one.args[1], any_case=_kind(one) == "~*")
        except NotUnderstood as why:
            yield level.rule(one, (pattern.ALL,), (Answer(OPEN, f"{why}, {one.place}"),))
            continue
        if _has_locations(one):
            yield from _deciding(level.below(one, path))
            yield from _falling_back(level.below(one, path))
        yield from level.rules(one, path)


def _falling_back(level: _Level) -> Iterator[Rule]:
    """The longest prefix that fits, where nothing else decides."""
    for one in level.prefixes:
        path = _begins(one)
        if _has_locations(one):
            yield from _falling_back(level.below(one, path))
        here = [other for other in level.block.directives if other.name == "location"]
        for rule in chosen(one, here, level.maps, level.within) if not level.inside and not _kind(one) else ():
            yield replace(rule, paths=(path, *rule.paths))
        yield from level.rules(one, path)


def _with_a_slash(level: _Level) -> Iterator[Rule]:
    """A path that lacks but the slash of a location that passes requests on is sent there, unless another takes it."""
    there = [*level.found("="), *level.prefixes]
    taken = {one.args[-1] for one in there}
    for one in there:
        path = one.args[-1]
        inside = {inner.name for inner in (one.block or Block([])).directives}
        passes = any(name.endswith("_pass") for name in inside)
        if passes and path.endswith("/") and path[:-1] not in {"", *taken} and not path.startswith(OWN_PREFIX):
            to: Outcome = added_slash(one, level.within)
            if "internal" in inside:
                to = leads(one.block or Block([]), level.within, path)
            rule = level.rule(one, (pattern.whole(pattern.text(path[:-1])),), to)
            yield replace(rule, said=f"{rule.said} without its slash")


def _kind(location: Directive) -> str | None:
    """`=`, `^~`, `~` or `~*`, nothing for a plain prefix; None for what is asked by its name alone, or in no known way."""
    if len(location.args) == 1:
        return None if location.args[0].startswith("@") else ""
    return location.args[0] if len(location.args) == 2 and location.args[0] in _KINDS else None


def _longer(one: Directive, others: Sequence[Directive]) -> list[Directive]:
    said = one.args[-1]
    return [other for other in others if other.args[-1] != said and other.args[-1].startswith(said)]


def _begins(location: Directive) -> Pattern:
    return pattern.beginning(pattern.text(location.args[-1]))


def _has_locations(location: Directive) -> bool:
    return location.block is not None and any(one.name == "location" for one in location.block.directives)


def _takes(location: Directive, path: str) -> bool:
    """Whether an exact path or an expression would take a file somewhere."""
    if location.name != "location" or _kind(location) not in ("=", "~", "~*"):
        return False
    if _kind(location) == "=":
        return location.args[1].endswith(f"/{path.rpartition('/')[2]}")
    try:
        automaton = automaton_of((looked_for(location.args[1], any_case=_kind(location) == "~*"),))
    except NotUnderstood:
        return True
    return automaton.taker(automaton.walk(path.encode())) is not None


def _said(location: Directive) -> str:
    return f"location {' '.join(location.args)}"
