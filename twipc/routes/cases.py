"""The kinds of requests that rules tell apart by scheme, method and host: finitely many, with one example of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from .automaton import Automaton
from .hosts import HOSTS, PLAIN_HOSTS, AsItCame, HostPattern, Read, is_host, is_one, read
from .search import shortest
from .table import Rule, Site, Table

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
PLAIN_HOST = "a.example"


class Case(Struct, frozen=True):
    """A kind of request, by one example of it: its host as it comes."""

    scheme: str
    method: str
    host: str
    only: str = ""
    """As which all hosts of this kind are read, if it is one."""

    @property
    def plain(self) -> bool:
        """Whether the host comes as it is read: in small letters, without a port or a dot at its end."""
        return read(self.host) == self.host

    def takes(self, rule: Rule, *, inside: bool) -> bool:
        """Whether a rule may take such a request; a server behind another is always asked by http."""
        return (
            self.comes(rule, inside=inside)
            and all(is_host(host, self.host) for host in rule.hosts)
            and not any(is_host(host, self.host) for host in rule.not_hosts)
        )

    def comes(self, rule: Rule, *, inside: bool) -> bool:
        """Whether a rule may take such a request of some host."""
        scheme = "http" if inside else self.scheme
        return (not rule.scheme or rule.scheme == scheme) and (rule.methods is None or self.method in rule.methods)


Numbers = tuple[tuple[int, ...], ...]
"""Of each server of a site, the numbers of the rules that may take a request."""


def cases(*sites: Site, came: bool = False, told: bool = False) -> Iterator[tuple[Case, tuple[Numbers, ...]]]:
    """One example of each kind, with the rules that may take it, of each site.

    Of kinds that the same rules may take only the first is given: one whose host is plain, if there is one. With `came`, hosts
    are asked for as they come anyhow; with `told`, clients are told of scheme and host: then these make kinds of their own.
    """
    rules = [rule for site in sites for _, rule in site.rules]
    patterns = tuple(dict.fromkeys(host for rule in rules for host in (*rule.hosts, *rule.not_hosts)))
    known = {pattern: number for number, pattern in enumerate(patterns)}
    asked = [[(name != site.entry, _ByHost(site.tables[name], known)) for name in site.servers] for site in sites]
    seen = set()
    schemes = ("http", "https") if any(site.tables[site.entry].https for site in sites) else ("http",)
    for scheme in schemes:
        for method in _methods(rules, {method for site in sites for table in site.tables.values() for method in table.methods}):
            for host, matched, only in examples(patterns, came=came):
                case = Case(scheme, method, host, read(host) if only else "")
                may = tuple(tuple(of.numbers(case, matched, inside=inside) for inside, of in tables) for tables in asked)
                key = (may, *((scheme, case.plain, case.only) if told else ()))
                if key not in seen:
                    seen.add(key)
                    yield case, may


class _ByHost:
    """The rules of a table by a host that each asks for: of many few are looked at."""

    def __init__(self, table: Table, known: dict[HostPattern, int]) -> None:
        self._table = table
        self._methods = _named(table)
        self._asked = [
            (frozenset(known[host] for host in rule.hosts), frozenset(known[host] for host in rule.not_hosts))
            for rule in table.rules
        ]
        self._by_host: dict[int | None, list[int]] = {}
        for number, (hosts, _) in enumerate(self._asked):
            self._by_host.setdefault(min(hosts, default=None), []).append(number)

    def numbers(self, case: Case, matched: frozenset[int], *, inside: bool) -> tuple[int, ...]:
        """Of the rules that may take such a request; `matched` are all that its host is one of."""
        case = _known(case, self._methods)
        near = sorted(number for host in (None, *matched) for number in self._by_host.get(host, ()))
        return tuple(number for number in near if self._fits(number, matched) and case.comes(self._rule(number), inside=inside))

    def _fits(self, number: int, matched: frozenset[int]) -> bool:
        hosts, not_hosts = self._asked[number]
        return hosts <= matched and not not_hosts & matched

    def _rule(self, number: int) -> Rule:
        return self._table.rules[number]


def numbers(site: Site, case: Case) -> Numbers:
    """Of each server of a site, the numbers of the rules that may take such a request."""
    return tuple(
        tuple(number for number, rule in enumerate(table.rules) if known.takes(rule, inside=name != site.entry))
        for name, table in ((name, site.tables[name]) for name in site.servers)
        for known in (_known(case, _named(table)),)
    )


def _known(case: Case, named: frozenset[str]) -> Case:
    """The kind with a method that the rules tell apart: `X` for one that they do not."""
    return case if case.method in named else replace(case, method="X")


def _named(table: Table) -> frozenset[str]:
    return table.methods.union(METHODS, *(rule.methods or () for rule in table.rules))


def _methods(rules: Sequence[Rule], told: set[str]) -> Iterator[str]:
    """Every method that a rule asks for, and one that none does, GET before all if it is that."""
    asked = told | {method for rule in rules for method in rule.methods or ()}
    yield from [method for method in (*METHODS, "X") if method not in asked][:1]
    yield from sorted(asked, key=lambda method: (METHODS.index(method) if method in METHODS else len(METHODS), method))


@lru_cache(maxsize=64)
def examples(patterns: tuple[HostPattern, ...], *, came: bool = False) -> tuple[tuple[str, frozenset[int], bool], ...]:
    """For each set of patterns that one host can match, by their numbers, the shortest such host, or a plain one if it does.

    Where one is looked for in hosts as they come, or with `came`, so are those that come otherwise than they are read. Told of
    each is also whether all such hosts are read as the same one.
    """
    as_come = frozenset(number for number, pattern in enumerate(patterns) if isinstance(pattern, AsItCame))
    named = Automaton([one.of if isinstance(one, AsItCame) else one for one in patterns], first_only=False)
    plain = named.takers(named.walk(PLAIN_HOST.encode()))
    found = [
        (PLAIN_HOST if takers == plain else text.decode(), takers)
        for takers, text in shortest((Automaton((PLAIN_HOSTS,)), named), lambda states: named.takers(states[1])).items()
    ]
    found += _otherwise(patterns, as_come) if as_come or came else ()
    one = {number for number, pattern in enumerate(patterns) if is_one(pattern)}
    return tuple((host, takers, not one.isdisjoint(takers)) for host, takers in found)


def _otherwise(patterns: tuple[HostPattern, ...], came: frozenset[int]) -> Iterator[tuple[str, frozenset[int]]]:
    """The same of hosts with a port or a dot at their end, or in capitals."""
    order = sorted(range(len(patterns)), key=lambda number: number in came)
    said = [patterns[number] for number in order]
    read_so = Automaton([one for one in said if not isinstance(one, AsItCame)], first_only=False)
    as_come = Automaton([one.of for one in said if isinstance(one, AsItCame)], first_only=False)
    reading, there, written = Read(read_so), Automaton((HOSTS,)), Automaton((PLAIN_HOSTS,))
    first = len(patterns) - len(came)

    def key(states: tuple[int, ...]) -> frozenset[int] | None:
        if written.taker(states[1]) is not None:
            return None
        numbers = (*reading.takers(states[2]), *(first + number for number in as_come.takers(states[3])))
        return frozenset(order[number] for number in numbers)

    for takers, text in shortest((there, written, reading, as_come), key).items():
        yield text.decode(), takers
