"""Patterns written in one way, so that what two of them say alike is the same value, whoever wrote them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from .pattern import EVERY, Bytes, Chain, Either, End, One, Pattern, Repeat, Start, one_of

IN_PATHS: Bytes = EVERY & ~one_of((*range(0x20), 0x7F)).of
"""What a normalised path may hold."""
IN_HOSTS: Bytes = one_of(b"abcdefghijklmnopqrstuvwxyz0123456789-_.[]:").of
_MOST = 256
"""Of the ways in which alternatives within a pattern meet others, so many are written out."""

Piece = tuple[Bytes, int, int | None]
"""One byte of a set, so many times."""
Plain = tuple[bool, tuple[Piece, ...], bool]
"""Pieces one after the other, and whether the text begins and ends with them."""
_Part = Piece | Start | End


class NotPlain(Exception):
    """A pattern that is not written as alternatives of pieces."""


def plain(pattern: Pattern, world: Bytes) -> frozenset[Plain]:
    """The alternatives of a pattern, among texts that hold only bytes of a world; raises `NotPlain`."""
    found = (_plain(parts, world) for parts in _written_out(pattern))
    return frozenset(one for one in found if one is not None)


@lru_cache(maxsize=1 << 15)
def head(of: Plain) -> bytes:
    """What a text begins with, for certain."""
    begins, pieces, _ = of
    found = bytearray()
    for some, least, most in pieces if begins else ():
        if (least, most) != (1, 1) or some & (some - 1):
            break
        found.append(some.bit_length() - 1)
    return bytes(found)


def _written_out(pattern: Pattern) -> list[tuple[_Part, ...]]:
    match pattern:
        case One(of):
            return [((of, 1, 1),)]
        case Start() | End():
            return [(pattern,)]
        case Either(parts):
            return [one for part in parts for one in _written_out(part)]
        case Chain(parts):
            return _chained([_written_out(part) for part in parts])
        case Repeat(One(of), least, most):
            return [((of, least, most),)]
    raise NotPlain


def _chained(parts: Iterable[list[tuple[_Part, ...]]]) -> list[tuple[_Part, ...]]:
    found: list[list[_Part]] = [[]]
    for alternatives in parts:
        if len(alternatives) == 1:
            for one in found:
                one += alternatives[0]
            continue
        if len(found) > 1 and len(found) * len(alternatives) > _MOST:
            raise NotPlain
        found = [[*one, *other] for one in found for other in alternatives]
    return [tuple(one) for one in found]


def _plain(parts: tuple[_Part, ...], world: Bytes) -> Plain | None:
    """None if no text is so."""
    begins, ends = isinstance(parts[0], Start) if parts else False, isinstance(parts[-1], End) if parts else False
    pieces: list[Piece] = []
    for one in parts[begins : len(parts) - ends]:
        if isinstance(one, Start | End):
            raise NotPlain
        of, least, most = one
        if of & world:
            pieces.append((of & world, least, most))
        elif least:
            return None
    free: Piece = (world, 0, None)
    while pieces and pieces[0] == free:
        del pieces[0]
        begins = False
    while pieces and pieces[-1] == free:
        del pieces[-1]
        ends = False
    return begins, tuple(pieces), ends
