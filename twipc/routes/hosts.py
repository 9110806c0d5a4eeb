"""Hosts as they come over the wire, and as servers read them: in small letters, without a port and the dot at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

from msgspec import Struct

from .automaton import Automaton, Edge
from .expression import expression
from .pattern import EVERY, Bytes, Chain, Either, End, One, Pattern, Repeat, Start, one_of
from .plain import NotPlain, plain

_NAME = r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*"
_ADDRESS = r"\[[0-9a-f]*:[0-9a-f]*:[0-9a-f:.]*\]"
PLAIN_HOSTS = expression(f"^(?:{_NAME}|{_ADDRESS})$")
"""Names with the underscores that people give them, and addresses (RFC 3986, 3.2.2), as they are read; of any length."""
HOSTS = expression(rf"^(?:{_NAME}\.?|{_ADDRESS})(?::[0-9]{{0,5}})?$", any_case=True)
"""And as they come."""

_UPPER, _LOWER = one_of(range(ord("A"), ord("Z") + 1)).of, one_of(range(ord("a"), ord("z") + 1)).of
_ANY = (EVERY, 0, None)
_DOT, _COLON, _OPEN, _CLOSE = (1 << ord(one) for one in ".:[]")


class AsItCame(Struct, frozen=True):
    """Looked for in the `Host` as it came; any other pattern of hosts is looked for in what is read of it."""

    of: Pattern


HostPattern = Pattern | AsItCame


def read(host: str) -> str:
    """What a server that reads hosts makes of one."""
    lower = host.lower()
    name = f"{lower.partition(']')[0]}]" if lower.startswith("[") else lower.partition(":")[0]
    return name.removesuffix(".")


@lru_cache(maxsize=4096)
def is_host(pattern: HostPattern, host: str) -> bool:
    """Whether a host, as it comes, is one of a pattern's."""
    came = isinstance(pattern, AsItCame)
    automaton = Automaton((pattern.of if isinstance(pattern, AsItCame) else pattern,))
    return automaton.taker(automaton.walk((host if came else read(host)).encode())) is not None


def is_one(pattern: HostPattern) -> bool:
    """Whether all hosts of a pattern are read as the same one."""
    try:
        found = plain(pattern.of if isinstance(pattern, AsItCame) else pattern, EVERY)
    except NotPlain:
        return False
    pieces = [piece for begins, pieces, ends in found for piece in (*pieces, *(() if begins and ends else (_ANY,)))]
    return len(found) == 1 and all((least, most) == (1, 1) and _is_letter(of) for of, least, most in pieces)


def _is_letter(of: Bytes) -> bool:
    lower = of & ~_UPPER | (of & _UPPER) << 32
    return not lower & (lower - 1)


_Place = tuple[int, bool, str]
"""The inner state, whether a dot came last, and whether it is in a name, in brackets, or behind the colon."""


class Read:
    """An automaton for hosts as they are read, given hosts as they come."""

    def __init__(self, inner: Automaton) -> None:
        self._inner = inner
        self.places = 3 * inner.places
        self._places: list[_Place] = []
        self._known: dict[_Place, int] = {}
        self._edges: dict[int, tuple[Edge, ...]] = {}
        self.start = self._state((inner.start, False, "name"))

    def takers(self, state: int) -> frozenset[int]:
        """All patterns that match a host which ends here."""
        return self._inner.takers(self._places[state][0])

    def taker(self, state: int) -> int | None:
        """The pattern that takes it."""
        return self._inner.taker(self._places[state][0])

    def dead(self, state: int) -> bool:
        """Whether no pattern matches, whatever follows."""
        return self._inner.dead(self._places[state][0])

    def edges(self, state: int) -> tuple[Edge, ...]:
        """Where each byte leads: disjoint sets that hold all bytes between them."""
        found = self._edges.get(state)
        if found is None:
            found = self._edges[state] = tuple((of, self._state(to)) for of, to in self._following(self._places[state]) if of)
        return found

    def _following(self, place: _Place) -> Iterator[tuple[Bytes, _Place]]:
        inner, dot, where = place
        if where == "port":
            yield EVERY, place
            return
        left = EVERY
        if where == "name":
            left = EVERY & ~(_DOT | _COLON)
            yield _COLON, (inner, False, "port")
            inner = self._after_dot(inner) if dot else inner
            yield _DOT, (inner, True, "name")
        for of, target in self._inner.edges(inner):
            by = (of & ~_UPPER | (of & _LOWER) >> 32) & left
            yield by & ~(_OPEN | _CLOSE), (target, False, where)
            yield by & _OPEN, (target, False, "brackets")
            yield by & _CLOSE, (target, False, "name")

    def _after_dot(self, inner: int) -> int:
        return next(target for of, target in self._inner.edges(inner) if of & _DOT)

    def _state(self, place: _Place) -> int:
        if place not in self._known:
            self._known[place] = len(self._places)
            self._places.append(place)
        return self._known[place]


def lowered(pattern: Pattern) -> Pattern:
    """The texts that a pattern is found in once they are in small letters."""
    return _with(pattern, lambda of: of & ~_UPPER | (of & _LOWER) >> 32, End())


def before_colon(pattern: Pattern) -> Pattern:
    """The texts that a pattern is found in once the first colon and all behind it are cut off."""
    name = One(EVERY & ~_COLON)
    inner = _with(pattern, lambda of: of & ~_COLON, Either((End(), One(_COLON))))
    return Chain((Start(), Repeat(name, 0, None), inner))


def _with(pattern: Pattern, byte: Callable[[Bytes], Bytes], end: Pattern) -> Pattern:
    """A pattern with each of its bytes, and its ends, in other words."""
    match pattern:
        case One(of):
            return One(byte(of))
        case Chain(parts):
            return Chain(tuple(_with(part, byte, end) for part in parts))
        case Either(parts):
            return Either(tuple(_with(part, byte, end) for part in parts))
        case Repeat(part, least, most):
            return Repeat(_with(part, byte, end), least, most)
        case End():
            return end
    return pattern
