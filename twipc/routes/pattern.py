"""What a text may look like: the shapes that paths and hosts are told apart by."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

Bytes = int
"""A set of bytes: bit n is set for byte n."""
EVERY: Bytes = (1 << 256) - 1


class One(Struct, frozen=True):
    """Any one byte of a set."""

    of: Bytes


class Chain(Struct, frozen=True, cache_hash=True):
    """One after the other."""

    parts: tuple[Pattern, ...]


class Either(Struct, frozen=True):
    """Any one of them."""

    parts: tuple[Pattern, ...]


class Repeat(Struct, frozen=True):
    """So many times; without a `most`, without an end."""

    part: Pattern
    least: int
    most: int | None


class Start(Struct, frozen=True):
    """Nothing, at the beginning of the text."""


class End(Struct, frozen=True):
    """Nothing, at the end of the text."""


Pattern = One | Chain | Either | Repeat | Start | End
"""Looked for anywhere in the text, as regular expressions are: `Start` and `End` bind it."""

ALL = Chain(())
"""Takes every text."""


def one_of(values: Iterable[int]) -> One:
    """Any one of these bytes."""
    found = 0
    for value in values:
        found |= 1 << value
    return One(found)


BYTES = tuple(One(1 << value) for value in range(256))
"""Each byte alone."""


def text(of: str) -> Chain:
    """Just these characters, as UTF-8."""
    return Chain(tuple(BYTES[value] for value in of.encode()))


def whole(*parts: Pattern) -> Chain:
    """The parts, with nothing before and nothing behind them."""
    return Chain((Start(), *parts, End()))


def beginning(*parts: Pattern) -> Chain:
    """The parts at the beginning, and anything behind them."""
    return Chain((Start(), *parts))


SLASH = One(1 << ord("/"))
SEGMENT = Repeat(One(EVERY & ~(1 << ord("/"))), 0, None)
"""What stands between two slashes, or nothing."""
REST = Repeat(One(EVERY), 0, None)


def path(kind: str, said: str) -> Chain:
    """The normalised paths that `prefix`, `exact` or `glob` takes.

    A prefix that ends with a slash takes what is below it, another takes itself too. In a glob `*` stays within a segment.
    """
    if kind == "exact":
        return whole(text(said))
    if kind == "prefix":
        return beginning(text(said)) if said.endswith("/") else beginning(text(said), Either((SLASH, End())))
    parts: list[Pattern] = []
    for number, across in enumerate(said.split("**")):
        parts += [REST] if number else []
        for place, piece in enumerate(across.split("*")):
            parts += [SEGMENT] if place else []
            parts.append(text(piece))
    return whole(*parts)


def host(said: str) -> Chain:
    """The hosts, in lower case and without a port, that a name takes, or `*.` before one: what is below it."""
    if said.startswith("*"):
        return Chain((text(said[1:]), End()))
    return whole(text(said))
