"""Route tables: what a server does with which requests, the first rule that takes one wins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from msgspec import Struct

from .hosts import HostPattern
from .pattern import Pattern

OPEN = "not understood"
"""The kind of an answer that nobody knows, for what leads there is none that is understood here."""


class Answer(Struct, frozen=True, order=True):
    """Who or what answers in the end: a service's image, a folder of files, a status, a redirect."""

    kind: str
    what: str

    def __str__(self) -> str:
        return f"{self.kind} {self.what}" if self.what else self.kind


class Onward(Struct, frozen=True):
    """To another server of the same site, which decides."""

    server: str


Outcome = tuple[Answer | Onward, ...]
"""Several share the requests."""


class Rule(Struct, frozen=True):
    """Takes requests whose path and host match all of some patterns and none of others, by method and scheme if they are said.

    `at` says where it is written: a path of a spec, or the line of a file.
    """

    said: str
    paths: tuple[Pattern, ...]
    leads: Outcome
    not_paths: tuple[Pattern, ...] = ()
    hosts: tuple[HostPattern, ...] = ()
    not_hosts: tuple[HostPattern, ...] = ()
    methods: frozenset[str] | None = None
    scheme: str = ""
    at: tuple[str | int, ...] = ()


class Table(Struct, frozen=True):
    """The rules of one server, and what happens to a request that none takes."""

    rules: tuple[Rule, ...]
    default: Outcome
    default_at: tuple[str | int, ...] = ()
    https: bool = False
    """Whether requests come by https too."""
    raw: bool = False
    """Whether paths are matched as they came, rather than normalised."""
    methods: frozenset[str] = frozenset()
    """Those that are told apart besides the common ones; all others are `X` to its rules."""


class Site(Struct, frozen=True, dict=True):
    """The servers behind one entry, the entry among them."""

    entry: str
    tables: Mapping[str, Table]
    source: str = ""
    """The text that it was read from: what is not understood is the same in the same text alone."""

    @cached_property
    def servers(self) -> tuple[str, ...]:
        """Those that a request can come to, the entry first."""
        return tuple(self._reached())

    def _reached(self) -> Iterator[str]:
        waiting, found = [self.entry], {self.entry}
        while waiting:
            yield (name := waiting.pop(0))
            table = self.tables[name]
            leads = (one for outcome in (*(rule.leads for rule in table.rules), table.default) for one in outcome)
            for onward in leads:
                if isinstance(onward, Onward) and onward.server in self.tables.keys() - found:
                    found.add(onward.server)
                    waiting.append(onward.server)

    @property
    def rules(self) -> Iterator[tuple[str, Rule]]:
        return ((name, rule) for name in self.servers for rule in self.tables[name].rules)
