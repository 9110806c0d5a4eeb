"""Limits as data: how little and how much something may be, and who says so."""

from __future__ import annotations

from msgspec import Struct


class Limit(Struct, frozen=True, kw_only=True):
    """`value in limit` holds from `least`, if there is one, to `most`.

    `what` is its name, which no other has; `source` says who refuses what lies beyond, and how that is known.
    """

    what: str
    source: str
    unit: str = ""
    least: int | None = None
    most: int

    def __contains__(self, value: float) -> bool:
        return (self.least is None or value >= self.least) and value <= self.most

    def __str__(self) -> str:
        said = f"at most {self.most:,}" if self.least is None else f"{self.least:,} to {self.most:,}"
        return f"{said} {self.unit}".rstrip()


class Words(Struct, frozen=True, kw_only=True):
    """Words that are taken for something else: none of them is a value."""

    what: str
    source: str
    words: frozenset[str]
