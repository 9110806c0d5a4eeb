"""Two sites side by side: every kind of request that they answer differently, with the shortest request of it."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from urllib.parse import quote_from_bytes

from .cases import PLAIN_HOST, Case, cases
from .decoded import Decoded
from .follow import Follower, Taken, world
from .search import States, shortest
from .table import OPEN, Site

_KEPT = "/!$&'()*+,;=:@-._~"
"""Characters that may stand in a path as they are (RFC 3986, 3.3)."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request; its path as it comes over the wire."""

    case: Case
    path: str

    def __str__(self) -> str:
        case = self.case
        authority = "" if case.host == PLAIN_HOST and case.scheme == "http" else f"{case.scheme}://{case.host}"
        return f"{case.method} {authority}{self.path}"


@dataclass(frozen=True, slots=True)
class Difference:
    """Requests that two sites answer differently, by the rules that take them there; `request` is the shortest of them."""

    request: Request
    one: Taken
    other: Taken

    @property
    def open(self) -> bool:
        """Whether it cannot be said, because one of them does with it what is not understood."""
        return any(answer.kind == OPEN for taken in (self.one, self.other) for answer in taken.answers)


def reads_raw(*sites: Site) -> bool:
    """Whether one of them matches paths as they come, without decoding them."""
    return any(site.tables[name].raw for site in sites for name in site.servers)


def differences(one: Site, other: Site) -> list[Difference]:
    """Every pair of rules that take requests of which the answers differ, shortest request first; none if the sites agree.

    If one of them matches paths as they come, so are the requests; else they are told apart as they are normalised.
    """
    raw = reads_raw(one, other)
    found: dict[tuple[Hashable, Hashable], Difference] = {}
    for case, (mine, theirs) in cases(one, other):
        first, second = Follower(one, mine, raw=raw), Follower(other, theirs, raw=raw)
        for both, path in _differing(first, second, raw=raw).items():
            request = Request(case, path.decode("ascii") if raw else quote_from_bytes(path, _KEPT))
            found.setdefault((_written(one, both[0]), _written(other, both[1])), Difference(request, *both))
    return sorted(found.values(), key=lambda each: (len(each.request.path), str(each.request)))


def _written(site: Site, way: Taken) -> Hashable:
    """The rules as they are written: of one that stands for several hosts there is one."""
    tables = [(site.tables[name], number) for name, number in way.through]
    rules = [None if number is None else (table.rules[number].said, table.rules[number].at) for table, number in tables]
    return (tuple(rules), way.answers)


def _differing(one: Follower, other: Follower, *, raw: bool) -> dict[tuple[Taken, Taken], bytes]:
    decoding = any(isinstance(machine, Decoded) for machine in (*one.machines, *other.machines))
    # What both have alike is followed once.
    asked = list(dict.fromkeys([world(raw=raw, decoding=decoding), *one.machines, *other.machines]))
    mine, theirs = ([asked.index(machine) for machine in follower.machines] for follower in (one, other))

    def pair(states: States) -> tuple[Taken, Taken] | None:
        both = one.taken([states[place] for place in mine]), other.taken([states[place] for place in theirs])
        return both if both[0].answers != both[1].answers else None

    return shortest(asked, pair)
