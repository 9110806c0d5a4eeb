"""Two sites side by side: every kind of request that they answer differently, with the shortest request of it."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from urllib.parse import quote_from_bytes

from msgspec import Struct

from .cases import PLAIN_HOST, Case, cases
from .decoded import Decoded, Machine
from .follow import PLAIN_PATHS, Taken, automaton_of, world
from .search import texts
from .sent import KIND, Known, asks, reads_paths, resolved
from .table import OPEN, Answer, Site
from .together import Together

_KEPT = "/!$&'()*+,;=:@-._~"
"""Characters that may stand in a path as they are (RFC 3986, 3.3)."""


class Request(Struct, frozen=True):
    """One request; its path as it comes over the wire."""

    case: Case
    path: str

    def __str__(self) -> str:
        case = self.case
        authority = "" if case.host == PLAIN_HOST and case.scheme == "http" else f"{case.scheme}://{case.host}"
        return f"{case.method} {authority}{self.path}"


class Difference(Struct, frozen=True):
    """Requests that two sites answer differently, by the rules that take them there; `request` is the shortest of them."""

    request: Request
    one: Taken
    other: Taken
    plain: bool = True
    """Whether there is such a request that comes as it is read."""

    @property
    def by_host(self) -> bool:
        """Of one that comes otherwise, whether it is the host; else bytes of the path are encoded, or slashes doubled."""
        return not self.plain and not self.request.case.plain

    @property
    def open(self) -> bool:
        """Whether it cannot be said, because one of them does with it what is not understood."""
        return any(answer.kind == OPEN for taken in (self.one, self.other) for answer in taken.answers)


def reads_raw(*sites: Site) -> bool:
    """Whether one of them matches paths as they come, without decoding them."""
    return any(site.tables[name].raw for site in sites for name in site.servers)


def tells_hosts_apart(site: Site) -> bool:
    """Whether a host makes a difference to it."""
    return any(rule.hosts or rule.not_hosts for _, rule in site.rules)


def differences(one: Site, other: Site) -> list[Difference]:
    """Every pair of rules that take requests of which the answers differ, shortest request first; none if the sites agree.

    If one of them matches paths or hosts as they come, so are the requests; else they are told apart as they are normalised.
    """
    told = [answer for site in (one, other) for answer in _answers(site) if answer.kind == KIND]
    by_path = reads_paths(told)
    raw = reads_raw(one, other) or by_path
    kinds = list(cases(one, other, came=all(asks(told)), told=bool(told)))
    first, second = (Together(of, [may[place] for _, may in kinds], raw=raw) for place, of in enumerate((one, other)))
    found: dict[tuple[Hashable, Hashable], Difference] = {}
    asked = [case for case, _ in kinds]
    for plain in (True, False) if raw else (True,):
        # Of requests that differ those are told first whose host comes as it is read.
        worlds = [_world(first, second, raw=raw, plain=plain)]
        worlds += [automaton_of((PLAIN_PATHS,))] if by_path and not plain else []
        differing = _differing(first, second, asked, worlds)
        for both, (path, kind) in sorted(differing.items(), key=lambda each: not asked[each[1][1]].plain):
            request = Request(asked[kind], path.decode("ascii") if raw else quote_from_bytes(path, _KEPT))
            each = Difference(request, *both[:2], plain=plain and asked[kind].plain)
            found.setdefault((_written(one, both[0]), _written(other, both[1])), each)
    return sorted(found.values(), key=lambda each: (len(each.request.path), str(each.request)))


def _written(site: Site, way: Taken) -> Hashable:
    """The rules as they are written: of one that stands for several hosts there is one."""
    tables = [(site.tables[name], number) for name, number in way.through]
    rules = [None if number is None else (table.rules[number].said, table.rules[number].at) for table, number in tables]
    return (tuple(rules), way.answers)


def _world(one: Together, other: Together, *, raw: bool, plain: bool) -> Machine:
    """Which paths are asked: those that come as they are read, or all."""
    if raw and plain:
        return automaton_of((PLAIN_PATHS,))
    return world(raw=raw, decoding=any(isinstance(machine, Decoded) for machine in (*one.machines, *other.machines)))


def _numbered(known: Sequence[Known]) -> list[int]:
    numbers = {one: number for number, one in enumerate(dict.fromkeys(known))}
    return [numbers[one] for one in known]


def _alike(one: Together, other: Together, ways: tuple[int, int, int], known: Known) -> bool:
    """Whether two ways come to the same; of what is not understood nobody knows, unless it is in the same text."""
    mine, theirs = one.taken(ways[0]).answers, other.taken(ways[1]).answers
    if any(answer.kind == OPEN for answer in mine):
        return mine == theirs and (one.site is other.site or one.site.source == other.site.source != "")
    return same(mine, theirs, known)


def same(one: Iterable[Answer], other: Iterable[Answer], known: Known) -> bool:
    """Whether answers to a request are the same, whatever words say where redirects lead."""
    return frozenset(resolved(answer, known) for answer in one) == frozenset(resolved(answer, known) for answer in other)


def _answers(site: Site) -> Iterator[Answer]:
    for table in site.tables.values():
        for outcome in (*(rule.leads for rule in table.rules), table.default):
            yield from (one for one in outcome if isinstance(one, Answer))


def _differing(
    one: Together, other: Together, cases: Sequence[Case], worlds: Sequence[Machine]
) -> dict[tuple[Taken, Taken, bool], tuple[bytes, int]]:
    """Each pair of ways that differ, with the shortest path and kind of requests that go them, the usual ones apart.

    The first world says which paths are asked for; a second one, which of them come as they are read.
    """
    # What both have alike is followed once.
    asked = list(dict.fromkeys([*worlds, *one.machines, *other.machines]))
    mine, theirs = ([asked.index(machine) for machine in of.machines] for of in (one, other))
    seen = set()
    found: dict[tuple[Taken, Taken, bool], tuple[bytes, int]] = {}
    known = {plain: [Known(case.scheme, case.plain, plain, case.only) for case in cases] for plain in (True, False)}
    redirects = any(answer.kind == KIND for of in (one, other) for answer in _answers(of.site))
    contexts = _numbered(known[True]) if redirects else [0] * len(cases)
    alike: dict[bool, set[tuple[int, int, int]]] = {True: set(), False: set()}
    for states, text in texts(asked):
        plain = len(worlds) < 2 or worlds[1].taker(states[1]) is not None
        rules = (one.matching([states[place] for place in mine]), other.matching([states[place] for place in theirs]), plain)
        if rules in seen:
            continue
        seen.add(rules)
        ways = list(zip(one.ways(rules[0]), other.ways(rules[1]), contexts, strict=True))
        fresh = {way: kind for kind, way in enumerate(ways) if way not in alike[plain]}
        alike[plain].update(way for way, kind in fresh.items() if _alike(one, other, way, known[plain][kind]))
        for kind, way in () if alike[plain].issuperset(fresh) else enumerate(ways):
            if way not in alike[plain]:
                found.setdefault((one.taken(way[0]), other.taken(way[1]), cases[kind].plain), (text(), kind))
    return found
