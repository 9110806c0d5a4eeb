"""Who takes a request by a model's routes, looked up: near linear in their number, without an automaton of them all."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field

from twipc.model import Model
from twipc.spec import Match, Route

from . import pattern
from .automaton import Automaton
from .pattern import Chain

EVERY_HOST = "*"
OWN_PATHS = "/.twipc/"


class Shape(Struct, frozen=True):
    """The paths that are `text`, with `below` those that begin with it, with `stars` those that it matches as a glob."""

    kind: str
    text: str

    @property
    def head(self) -> str:
        """What these paths begin with, for certain."""
        return self.text.partition("*")[0] if self.kind == "stars" else self.text

    @property
    def tail(self) -> str:
        """What stands behind the last star."""
        return self.text.rpartition("*")[2]

    @property
    def pattern(self) -> Chain:
        if self.kind == "stars":
            return pattern.path("glob", self.text)
        return (pattern.beginning if self.kind == "below" else pattern.whole)(pattern.text(self.text))


def shapes(kind: str, said: str) -> tuple[Shape, ...]:
    """The paths that `prefix`, `exact` or `glob` takes, as `pattern.path` has them."""
    if kind == "prefix":
        return (Shape("below", said),) if said.endswith("/") else (Shape("exact", said), Shape("below", f"{said}/"))
    if kind == "exact" or "*" not in said:
        return (Shape("exact", said),)
    if said.index("*") == len(said) - 2 and said.endswith("**"):
        return (Shape("below", said[:-2]),)
    return (Shape("stars", said),)


def named(match: Match) -> Iterator[tuple[str, int, str]]:
    """Every path that a route names: by which kind, which of them, and how it is written."""
    return ((kind, nth, said) for kind in Match.ONE_OF for nth, said in enumerate(getattr(match, kind) or ()))


class Kind(Struct, frozen=True):
    """A kind of requests, by a host or, with `*.`, one below it, and a method; `*` and None are some that no route names."""

    host: str = EVERY_HOST
    method: str | None = None
    https: bool = False

    @property
    def hosts(self) -> tuple[str, ...]:
        """What a route may name to be asked by this host."""
        if self.host == EVERY_HOST:
            return (EVERY_HOST,)
        own = self.host.removeprefix("*")
        below = (f"*{own[at:]}" for at, sign in enumerate(own) if sign == "." and at)
        return (EVERY_HOST, self.host, *below)


class Taker(Struct, frozen=True):
    """A path of a route, as it is and as it is written, and which of the requests for it the route takes."""

    number: int
    shape: Shape
    said: str
    methods: frozenset[str] | None
    http_only: bool

    def takes(self, kind: Kind) -> bool:
        return not (kind.https and self.http_only) and (self.methods is None or kind.method in self.methods)


Found = list[Taker]


class _Paths(Struct):
    """Of one host the paths that routes name, by what they begin with."""

    exact: dict[str, Found] = field(default_factory=dict)
    below: dict[str, Found] = field(default_factory=dict)
    stars: dict[str, dict[str, Found]] = field(default_factory=dict)
    """By what stands before the first star and behind the last."""
    lengths: set[int] = field(default_factory=set)

    def add(self, taker: Taker) -> None:
        shape = taker.shape
        if shape.kind == "stars":
            there = self.stars.setdefault(shape.head, {}).setdefault(shape.tail, [])
        else:
            there = (self.exact if shape.kind == "exact" else self.below).setdefault(shape.text, [])
            if any(one.methods is None and not one.http_only for one in there):
                return
        if shape.kind != "exact":
            self.lengths.add(len(shape.head))
        there.append(taker)

    def near(self, path: str, *, plainly: bool) -> Iterator[Found]:
        """Those that may take a path; with `plainly`, of those without stars."""
        yield self.exact.get(path, [])
        for length in self.lengths:
            if length <= len(path):
                yield self.below.get(path[:length], [])
                for tail, there in () if plainly else self.stars.get(path[:length], {}).items():
                    if path.endswith(tail):
                        yield there

    def above(self, shape: Shape) -> Iterator[Taker]:
        """Those that take all of a shape that is not exact, by what they begin with, or as the same glob."""
        for length in self.lengths:
            if length <= len(shape.head):
                yield from self.below.get(shape.head[:length], [])
        if shape.kind == "stars":
            there = self.stars.get(shape.head, {}).get(shape.tail, [])
            yield from (taker for taker in there if taker.shape.text == shape.text)

    def all(self) -> Iterator[Found]:
        yield from self.exact.values()
        yield from self.below.values()
        for by_tail in self.stars.values():
            yield from by_tail.values()


_SHORT = 32
"""Characters of a path whose walk counts once; of a glob each counts once, when its automaton is made."""
_LOOK = 0.1
"""Of a walk, to see that it is not needed."""
OWN = -1
"""The number of what a server answers itself, before all routes."""


class Lookup:
    """The routes of one server in their order, added one by one."""

    def __init__(self) -> None:
        self._by_host: dict[str, _Paths] = {}
        self._automata: dict[str, Automaton] = {}
        self.walks = 0.0
        """How much work it was so far to hold paths against globs."""

    def add(self, number: int, match: Match, *, http_only: bool = False) -> None:
        methods = frozenset(match.method) if match.method else None
        for kind, _, said in named(match):
            for shape in shapes(kind, said):
                for host in match.host or (EVERY_HOST,):
                    self._by_host.setdefault(host, _Paths()).add(Taker(number, shape, said, methods, http_only))

    def first(self, kind: Kind, path: str, *, plainly: bool = False) -> Taker | None:
        """The first that takes a request; with `plainly`, of those without stars."""
        found: Taker | None = None
        for paths in self._asked(kind):
            for there in paths.near(path, plainly=plainly):
                for taker in there:
                    before = (found is None or taker.number < found.number) and taker.takes(kind)
                    if before and self._matches(taker.shape, path):
                        found = taker
        return found

    def whole(self, kind: Kind, shape: Shape, *, plainly: bool = False) -> Taker | None:
        """One that takes all paths of a shape, where that is plain."""
        if shape.kind == "exact":
            return self.first(kind, shape.text, plainly=plainly)
        for paths in self._asked(kind):
            for taker in paths.above(shape):
                if taker.takes(kind):
                    return taker
        return None

    def beside(self, kind: Kind, shape: Shape) -> Iterator[Taker]:
        """All that may take some of a shape's paths."""
        head = shape.head
        for paths in self._asked(kind):
            for there in paths.all():
                for taker in there:
                    other = taker.shape.head
                    if (other.startswith(head) or head.startswith(other)) and taker.takes(kind):
                        yield taker

    def _asked(self, kind: Kind) -> Iterator[_Paths]:
        return (self._by_host[host] for host in kind.hosts if host in self._by_host)

    def _matches(self, shape: Shape, path: str) -> bool:
        if shape.kind != "stars":
            return True
        # Most are told apart by the words between their stars.
        self.walks += _LOOK
        if not all(word in path for word in shape.text.split("*")):
            return False
        self.walks += 1 + len(path) // _SHORT
        automaton = self._automata.get(shape.text)
        if automaton is None:
            automaton = self._automata[shape.text] = Automaton((shape.pattern,))
            self.walks += len(shape.text)
        return automaton.taker(automaton.walk(path.encode())) is not None


def own(model: Model, name: str) -> Lookup:
    """What a server answers itself: below `/.twipc/`, and where it is asked whether it is ready."""
    found = Lookup()
    found.add(OWN, Match.model_construct(prefix=(OWN_PATHS,)))
    ready = model.environment.services[name].ready
    if ready:
        found.add(OWN, Match.model_construct(exact=(ready.http.path_alone,)))
    return found


def whole(model: Model, name: str) -> Lookup:
    """All that a server does with requests, but for its default."""
    found = own(model, name)
    http = model.environment.services[name].http
    for number, route in enumerate(http.routes if http else ()):
        found.add(number, route.match, http_only=is_for_http(route))
    return found


def is_for_http(route: Route) -> bool:
    """Whether a route takes only who comes by http: who comes by https is not sent there again."""
    return route.redirect is not None and route.redirect.scheme is not None
