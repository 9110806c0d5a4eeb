"""The kinds of requests that rules tell apart by scheme, method and host: finitely many, with one example of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from twipc.record import dataclass

from .automaton import Automaton
from .expression import expression
from .pattern import Pattern
from .search import shortest
from .table import Rule, Site, Table

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
_HOST = expression(r"^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$")
"""A name of RFC 952 and 1123, in lower case; how long it may be makes no difference to a rule."""
PLAIN_HOST = "a.example"


@dataclass(frozen=True, slots=True)
class Case:
    """A kind of request, by one example of it."""

    scheme: str
    method: str
    host: str

    def takes(self, rule: Rule, *, inside: bool) -> bool:
        """Whether a rule may take such a request; a server behind another is always asked by http."""
        scheme = "http" if inside else self.scheme
        return (
            (not rule.scheme or rule.scheme == scheme)
            and (rule.methods is None or self.method in rule.methods)
            and (not rule.hosts or all(_is_host(host, self.host) for host in rule.hosts))
            and not (rule.not_hosts and any(_is_host(host, self.host) for host in rule.not_hosts))
        )


def cases(*sites: Site) -> Iterator[tuple[Case, tuple[tuple[tuple[int, ...], ...], ...]]]:
    """One example of each kind, with the rules that may take it: of each site, of each of its servers, their numbers.

    Of kinds that the same rules may take only the first is given.
    """
    rules = [rule for site in sites for _, rule in site.rules]
    seen = set()
    schemes = ("http", "https") if any(site.tables[site.entry].https for site in sites) else ("http",)
    for scheme in schemes:
        for method in _methods(rules, {method for site in sites for table in site.tables.values() for method in table.methods}):
            for host in _hosts(rules):
                case = Case(scheme, method, host)
                key = tuple(numbers(site, case) for site in sites)
                if key not in seen:
                    seen.add(key)
                    yield case, key


def numbers(site: Site, case: Case) -> tuple[tuple[int, ...], ...]:
    """Of each server of a site, the numbers of the rules that may take such a request."""
    return tuple(
        tuple(number for number, rule in enumerate(table.rules) if known.takes(rule, inside=name != site.entry))
        for name, table in ((name, site.tables[name]) for name in site.servers)
        for known in (_known(case, table),)
    )


def _known(case: Case, table: Table) -> Case:
    """The kind with a method that the rules tell apart: `X` for one that they do not."""
    if case.method in METHODS or case.method in table.methods:
        return case
    return case if any(case.method in (rule.methods or ()) for rule in table.rules) else replace(case, method="X")


def _methods(rules: Sequence[Rule], told: set[str]) -> Iterator[str]:
    """Every method that a rule asks for, and one that none does, GET before all if it is that."""
    asked = told | {method for rule in rules for method in rule.methods or ()}
    yield from [method for method in (*METHODS, "X") if method not in asked][:1]
    yield from sorted(asked, key=lambda method: (METHODS.index(method) if method in METHODS else len(METHODS), method))


def _hosts(rules: Sequence[Rule]) -> Iterator[str]:
    """For each set of host patterns that one host can match, the shortest such host, or a plain one if it does."""
    patterns = tuple(dict.fromkeys(host for rule in rules for host in (*rule.hosts, *rule.not_hosts)))
    yield from _examples(patterns)


@lru_cache(maxsize=64)
def _examples(patterns: tuple[Pattern, ...]) -> tuple[str, ...]:
    named = Automaton(patterns, first_only=False)
    plain = named.takers(named.walk(PLAIN_HOST.encode()))
    found = shortest((Automaton((_HOST,)), named), lambda states: named.takers(states[1]))
    return tuple(PLAIN_HOST if takers == plain else text.decode() for takers, text in found.items())


@lru_cache(maxsize=4096)
def _is_host(pattern: Pattern, host: str) -> bool:
    automaton = Automaton((pattern,))
    return automaton.taker(automaton.walk(host.encode())) is not None
