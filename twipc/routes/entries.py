"""Tables as entries in order, written in one way: two tables with the same entries answer every request alike."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct

from .hosts import AsItCame
from .pattern import ALL, Pattern
from .plain import IN_HOSTS, IN_PATHS, NotPlain, Plain, head, plain
from .table import Outcome, Rule, Table

_BELOW: Plain = (True, ((1 << ord("/"), 1, 1),), False)
"""Every path: all begin with a slash."""
_ANY: Plain = (False, (), False)


class Entry(Struct, frozen=True):
    """What rules one behind the other ask for, that ask for the same but for their paths, and lead to the same.

    Two are equal if they say the same; the `rules` that say it may be written in other ways.
    """

    scheme: str
    methods: frozenset[str] | None
    hosts: frozenset[Plain] | Rule | None
    paths: frozenset[Plain] | Rule
    leads: Outcome
    rules: tuple[Rule, ...]

    @property
    def _said(self) -> tuple[object, ...]:
        return self.scheme, self.methods, self.hosts, self.paths, self.leads

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Entry) and self._said == other._said

    def __ne__(self, other: object) -> bool:
        return not self == other  # a Struct's own compares every field

    def __hash__(self) -> int:
        return hash(self._said)


def entries(table: Table, *, https: bool) -> list[Entry]:
    """A table's rules and its default; those behind one that takes all that is left are left out."""
    found: list[_Group] = []
    before: set[bytes] = set()
    """What lies below these is taken already."""
    for rule in (*table.rules, Rule("default", (ALL,), table.default, at=table.default_at)):
        if rule.scheme == "https" and not https:
            continue
        asked = (rule.scheme if https else "", rule.methods, _hosts(rule))
        paths = _paths(rule)
        if isinstance(paths, frozenset):
            paths = frozenset(path for path in paths if not any(start in before for start in _starts(head(path))))
        if asked[2] == frozenset() or paths == frozenset():
            continue
        if not (found and found[-1].takes(asked, paths, rule)):
            found.append(_Group(asked, rule.leads, [paths], [rule]))
        if asked == ("", None, None) and isinstance(paths, frozenset):
            before |= {head(path) for path in paths if _is_below(path)}
            if b"/" in before:
                break
    return [group.entry() for group in found]


class _Group(Struct):
    """Rules that become one entry."""

    asked: tuple[str, frozenset[str] | None, frozenset[Plain] | Rule | None]
    leads: Outcome
    paths: list[frozenset[Plain] | Rule]
    rules: list[Rule]

    def takes(self, asked: object, paths: frozenset[Plain] | Rule, rule: Rule) -> bool:
        """Adds a rule that differs by its paths alone."""
        if isinstance(paths, Rule) or isinstance(self.paths[-1], Rule) or (self.asked, self.leads) != (asked, rule.leads):
            return False
        self.paths.append(paths)
        self.rules.append(rule)
        return True

    def entry(self) -> Entry:
        every = {path for paths in self.paths if isinstance(paths, frozenset) for path in paths}
        if not every:
            return Entry(*self.asked, self.rules[0], self.leads, tuple(self.rules))
        below = {head(path): path for path in every if _is_below(path)}
        left = frozenset(path for path in every if all(below.get(start, path) == path for start in _starts(head(path))))
        rules = [rule for rule, paths in zip(self.rules, self.paths, strict=True) if isinstance(paths, Rule) or paths & left]
        return Entry(*self.asked, left, self.leads, tuple(rules))


def _is_below(path: Plain) -> bool:
    """Whether it takes all that begins with its head."""
    begins, pieces, ends = path
    return begins and not ends and len(head(path)) == len(pieces)


def _starts(path: bytes) -> Iterator[bytes]:
    return (path[:end] for end in range(1, len(path) + 1))


def _hosts(rule: Rule) -> frozenset[Plain] | Rule | None:
    """None for every host; the rule itself where it is not plain."""
    if rule.not_hosts or len(rule.hosts) > 1 or isinstance(host := (*rule.hosts, None)[0], AsItCame):
        return rule
    try:
        return _of_host(host) if host else None
    except NotPlain:
        return rule


@lru_cache(maxsize=1024)
def _of_host(host: Pattern) -> frozenset[Plain]:
    return plain(host, IN_HOSTS)


def _paths(rule: Rule) -> frozenset[Plain] | Rule:
    try:
        every = [one for one in map(_of_paths, rule.paths) if _BELOW not in one]
    except NotPlain:
        return rule
    if rule.not_paths or len(every) > 1:
        return rule
    return every[0] if every else frozenset((_BELOW,))


def _of_paths(pattern: Pattern) -> frozenset[Plain]:
    found = plain(pattern, IN_PATHS)
    return frozenset((_BELOW,)) if _ANY in found or _BELOW in found else found
