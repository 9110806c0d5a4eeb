"""Whether the routes before a route take all of its requests between them: exactly, as far as a bound of states goes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice, product

from twipc.regex import late_regex
from twipc.spec import Match

from .automaton import Automaton, TooMany
from .follow import world
from .lookup import EVERY_HOST, Kind, Lookup, Shape, Taker, shapes
from .search import texts

_MOST_TOGETHER = 12
"""Of paths that may hide another between them, so many are followed; one alone is found among any number."""
_MOST_STATES = 500
"""Of one automaton of these."""
_MOST_STATES_OF_ALL = 5_000
"""Of all that are made for one server: some tenths of a second."""
_MOST_LOOKS = 100_000
"""For single paths of single hosts and methods; a microsecond or two each."""
_MOST_WALKS = 20_000
"""Of the automata of single globs; some ten microseconds each."""
_NEW = "\ue000"
"""A character that hardly a route names."""
_DOTS = late_regex(r"/\.\.?(?:/|$)")


class Hiding:
    """Asks of one route after the other whether those before hide it; past its bounds only the plain cases are found."""

    def __init__(self, before: Lookup) -> None:
        self._before = before
        self._states = _MOST_STATES_OF_ALL
        self._looks = _MOST_LOOKS

    def takers(self, match: Match, path: tuple[str, str], *, http_only: bool, https: bool) -> frozenset[Taker]:
        """Who takes between them all requests for a path (kind and text) of a route; nobody, if some request is left."""
        found: set[Taker] = set()
        for kind in _kinds(match, https=https and not http_only):
            for shape in shapes(*path):
                takers = self._of_kind(kind, shape)
                if not takers:
                    return frozenset()
                found |= takers
        return frozenset(found)

    def _of_kind(self, kind: Kind, shape: Shape) -> frozenset[Taker]:
        self._looks -= 1
        if self._looks < 0:
            return frozenset()
        plainly = self._before.walks > _MOST_WALKS
        alone = self._before.whole(kind, shape, plainly=plainly)
        if alone or plainly or shape.kind == "exact":
            return frozenset((alone,)) if alone else frozenset()
        some: set[Taker] = set()
        for path in _samples(shape):
            first = self._before.first(kind, path)
            if first is None:
                return frozenset()
            some.add(first)
        beside = list(islice(self._before.beside(kind, shape), _MOST_TOGETHER + 1))
        return self._together(shape, some) or (self._together(shape, beside) if len(beside) <= _MOST_TOGETHER else frozenset())

    def _together(self, shape: Shape, found: Iterable[Taker]) -> frozenset[Taker]:
        """Those who take all of a shape between them; nobody, if some is left, or it cannot be told."""
        if self._states <= 0:
            return frozenset()
        takers = sorted(found, key=lambda one: (one.number, one.shape.kind, one.shape.text))
        own, paths = Automaton((shape.pattern,), most=_MOST_STATES), world(raw=False)
        others = Automaton([one.shape.pattern for one in takers], most=_MOST_STATES)
        needed: set[Taker] = set()
        try:
            for states, _ in texts((own, others, paths), most=_MOST_STATES * 4):
                if paths.taker(states[2]) is not None:
                    taker = others.taker(states[1])
                    if taker is None:
                        return frozenset()
                    needed.add(takers[taker])
        except TooMany:
            return frozenset()
        finally:
            self._states -= len(own) + len(others)
        return frozenset(needed)


def _kinds(match: Match, *, https: bool) -> Iterator[Kind]:
    """Of all kinds that a route takes those of which others take least: who takes these takes the rest."""
    for host, method in product(match.host or (EVERY_HOST,), match.method or (None,)):
        yield Kind(host, method, https)


def _samples(shape: Shape) -> Iterator[str]:
    """Some of its paths, unlike what others name."""
    if shape.kind == "below":
        yield from (shape.text + more for more in (_NEW, "", f"{_NEW}/{_NEW}", f"{_NEW}/"))
        return
    for across in (_NEW, f"{_NEW}/{_NEW}", ""):
        path = shape.text.replace("**", across).replace("*", _NEW if across else "")
        if "//" not in path and not _DOTS.search(path):
            yield path
