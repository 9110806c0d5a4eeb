"""What one server does with all requests, as a value: equal to another if no request tells them apart."""

from __future__ import annotations

from itertools import takewhile
from urllib.parse import unquote_to_bytes

from msgspec import Struct, field

from .automaton import TooMany
from .compare import Difference, differences, same
from .entries import Entry, entries
from .follow import taken
from .sent import Known
from .table import Answer, Site, Table

_ALONE = "server"


class Routing(Struct, frozen=True, eq=False):
    """Compares by meaning: two tables are equal when every request gets the same answer from both.

    Where it cannot be told, for their stars come to too many states, they are not equal.
    """

    table: Table
    _entries: dict[bool, list[Entry]] = field(default_factory=dict)
    """As they are, by whether requests come by https: one model is compared with many artifacts."""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Routing):
            return NotImplemented
        try:
            return not self.differences(other)
        except TooMany:
            return False

    def __ne__(self, other: object) -> bool:
        return not self == other  # a Struct's own asks which of them it is

    __hash__ = None  # type: ignore[assignment]

    def differences(self, other: Routing) -> list[Difference]:
        """The requests that are answered otherwise by the other; raises `TooMany`.

        What both say alike, at their beginning and at their end, is not followed: what stands between is compared alone.
        """
        whole = _site(self.table), _site(other.table)
        if self.table.raw != other.table.raw:
            return differences(*whole)
        https = self.table.https or other.table.https
        mine, theirs = self._as_entries(https=https), other._as_entries(https=https)
        if mine == theirs:
            return []
        first, last = _common(mine, theirs), 0
        if min(len(mine), len(theirs)) > first:
            last = _common(mine[first:][::-1], theirs[first:][::-1])
        between = differences(_part(mine, first, last, self.table), _part(theirs, first, last, other.table))
        if not between:
            return []
        # What stands before may take all that differs here.
        told = []
        for each in between:
            path = each.request.path.encode() if self.table.raw else unquote_to_bytes(each.request.path)
            one, another = (taken(site, each.request.case, path, raw=self.table.raw) for site in whole)
            case = each.request.case
            if not same(one.answers, another.answers, Known(case.scheme, case.plain, plain_path=True)):
                told.append(Difference(each.request, one, another))
        return told or differences(*whole)

    def _as_entries(self, *, https: bool) -> list[Entry]:
        if https not in self._entries:
            self._entries[https] = entries(self.table, https=https)
        return self._entries[https]


def _common(one: list[Entry], other: list[Entry]) -> int:
    return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))))


def _part(found: list[Entry], first: int, last: int, table: Table) -> Site:
    rules = tuple(rule for entry in found[first : len(found) - last] for rule in entry.rules)
    return _site(Table(rules, (Answer("elsewhere", ""),), https=table.https, raw=table.raw))


def _site(table: Table) -> Site:
    return Site(_ALONE, {_ALONE: table})
