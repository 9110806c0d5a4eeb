"""What a request must be, in alternatives: how these are put together, and turned round."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from twipc.routes.hosts import AsItCame, HostPattern
from twipc.routes.pattern import Either, Pattern

MOST_ALTERNATIVES = 64
"""Of what one rule asks for; of n tests that each may fail in two ways there are up to 2^n."""


class Needs(Struct, frozen=True):
    """What a request must be, all of it."""

    paths: tuple[Pattern, ...] = ()
    not_paths: tuple[Pattern, ...] = ()
    hosts: tuple[HostPattern, ...] = ()
    not_hosts: tuple[HostPattern, ...] = ()
    methods: frozenset[str] | None = None
    scheme: str = ""
    raw: bool = False
    """Whether the path is asked for as it came."""
    open: str = ""
    """What of it is not understood."""

    def __and__(self, other: Needs) -> Needs | None:
        """Both; None if no request is both."""
        methods = self.methods if other.methods is None else other.methods
        if self.methods is not None and other.methods is not None:
            methods = self.methods & other.methods
        if methods == frozenset() or {self.scheme, other.scheme} == {"http", "https"}:
            return None
        return Needs(
            (*self.paths, *other.paths),
            (*self.not_paths, *other.not_paths),
            (*self.hosts, *other.hosts),
            (*self.not_hosts, *other.not_hosts),
            methods,
            self.scheme or other.scheme,
            self.raw or other.raw,
            self.open or other.open,
        )


Alternatives = tuple[Needs, ...]
ALWAYS: Alternatives = (Needs(),)


def both(*conditions: Alternatives) -> Alternatives:
    """All of several at once."""
    return all_of(conditions)


def all_of(conditions: Iterable[Alternatives]) -> Alternatives:
    """All of several at once."""
    found = [Needs()]
    for alternatives in conditions:
        most = max(MOST_ALTERNATIVES, len(found), len(alternatives))
        found = list(dict.fromkeys(both for one in found for other in alternatives if (both := one & other)))
        if len(found) > most:
            return (Needs(open=f"over {MOST_ALTERNATIVES} alternatives"),)
    return tuple(found)


def joined(tests: Sequence[Needs | None]) -> Alternatives:
    """Any of several; those that ask for the same kind of thing as one."""
    paths = [one for one in tests if one and one.paths]
    hosts = [one for one in tests if one and one.hosts]
    rest = [one for one in tests if one and not one.paths and not one.hosts]
    found = []
    if paths:
        found.append(
            Needs(paths=(Either(tuple(path for one in paths for path in one.paths)),), raw=any(one.raw for one in paths))
        )
    every = [host for one in hosts for host in one.hosts]
    if came := [host.of for host in every if isinstance(host, AsItCame)]:
        found.append(Needs(hosts=(AsItCame(Either(tuple(came))),)))
    if read := [host for host in every if not isinstance(host, AsItCame)]:
        found.append(Needs(hosts=(Either(tuple(read)),)))
    if rest and all(one.methods is not None for one in rest):
        return (*found, Needs(methods=frozenset().union(*(one.methods or () for one in rest))))
    return (*found, *rest)


def turned(one: Needs, every: frozenset[str]) -> Alternatives:
    """Just what does not fit; none, if everything does."""
    if one.open:
        return (one,)
    if one.paths:
        return (Needs(not_paths=one.paths, raw=one.raw),)
    if one.hosts:
        return (Needs(not_hosts=one.hosts),)
    if one.scheme:
        return (Needs(scheme="http" if one.scheme == "https" else "https"),)
    return (Needs(methods=every - one.methods),) if one.methods is not None else ()
