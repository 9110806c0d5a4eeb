"""Which requests a rule of a load balancer takes: a route's conditions in its words, in as many rules as they need.

Sources: ELB guide, "Condition types for listener rules" and "Quotas for your Application Load Balancers"; botocore's texts of
RuleCondition, PathPatternConditionConfig and HostHeaderConditionConfig.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from twipc.regex import late_regex
from twipc.spec import Match

VALUES = WILDCARDS = 5
"""Of all conditions of a rule together."""
LONGEST = 128
"""Characters of a value, be it a path's or a host's."""
_PATH = late_regex(r"[A-Za-z0-9_.$/~'@:+-]*")
"""Of what a pattern may hold, what clients send as it is: they write `"` and `&` is written in two ways (botocore's text)."""
_HOST = late_regex(r"(?:\*\.)?(?:[a-z0-9-]+\.)+[a-z]+")


class Conditions(Struct, frozen=True):
    """The values of one rule; of a kind without values, it asks nothing."""

    hosts: tuple[str, ...]
    methods: tuple[str, ...]
    paths: tuple[str, ...]


class Unsayable(Exception):
    """A load balancer has no word for it: the kind and the place in `match`, why not, and what to do."""

    def __init__(self, kind: str, nth: int, why: str, help: str) -> None:
        super().__init__(why)
        self.kind, self.nth, self.why, self.help = kind, nth, why, help


def conditions(match: Match) -> list[Conditions]:
    """Those that together take just a route's requests, as few as can be; raises `Unsayable`."""
    hosts = tuple(dict.fromkeys(_host(nth, said) for nth, said in enumerate(match.host or ())))
    methods = tuple(dict.fromkeys(match.method or ()))
    paths = tuple(dict.fromkeys(value for kind, nth, said in _named(match) for value in path_values(kind, nth, said)))
    if "/*" in paths:
        paths = () if hosts or methods else ("/*",)
    return _split(hosts, methods, paths)


def path_values(kind: str, nth: int, said: str) -> Iterator[str]:
    """The patterns that take a path of a route: `*` in one crosses slashes."""
    words = said.split("**") if kind == "glob" else [said]
    if any("*" in word for word in words):
        if kind == "glob":
            raise Unsayable(kind, nth, "a `*` within a segment: in its patterns one crosses slashes", "write `**`, or a prefix")
        raise Unsayable(kind, nth, "a star, which stands for anything in its patterns", "name the service's path otherwise")
    if not all(map(_PATH.fullmatch, words)):
        odd = next(sign for word in words for sign in word if not _PATH.fullmatch(sign))
        raise Unsayable(kind, nth, f"`{odd}`, which none of its patterns may hold", "name the service's path otherwise")
    value = "*".join(words)
    values = [value]
    if kind == "prefix":
        values = [f"{value}*"] if value.endswith("/") else [value, f"{value}/*"]
    if len(values[-1]) > LONGEST:
        raise Unsayable(kind, nth, f"a pattern of {len(values[-1])} characters, and {LONGEST} are the most", "shorten it")
    if value.count("*") > WILDCARDS - 1:
        raise Unsayable(kind, nth, f"{value.count('*')} stars, and a rule has {WILDCARDS} at most", "write a prefix")
    yield from values


def _named(match: Match) -> Iterator[tuple[str, int, str]]:
    return ((kind, nth, said) for kind in Match.ONE_OF for nth, said in enumerate(getattr(match, kind) or ()))


def _host(nth: int, said: str) -> str:
    if not _HOST.fullmatch(said):
        why = "a host that it does not look at: it wants a dot in it, and letters behind the last one"
        raise Unsayable("host", nth, why, "take it out, or write a whole name")
    if len(said) > LONGEST:
        raise Unsayable("host", nth, f"a host of {len(said)} characters, and {LONGEST} are the most", "shorten it")
    return said


def _split(hosts: tuple[str, ...], methods: tuple[str, ...], paths: tuple[str, ...]) -> list[Conditions]:
    """Every pair of parts, one from each kind, in the order of paths, hosts and methods."""
    best: list[Conditions] | None = None
    for of_hosts in range(1 if hosts else 0, VALUES + 1 if hosts else 1):
        for of_methods in range(1 if methods else 0, VALUES + 1 if methods else 1):
            room = VALUES - of_hosts - of_methods
            stars = WILDCARDS - (of_hosts if any("*" in host for host in hosts) else 0)
            if room < (1 if paths else 0) or stars < max((path.count("*") for path in paths), default=0):
                continue
            found = [
                Conditions(some, by, these)
                for these in _paths(paths, room, stars)
                for some in _parts(hosts, of_hosts)
                for by in _parts(methods, of_methods)
            ]
            if best is None or len(found) < len(best):
                best = found
    assert best, "one value of each kind has room in a rule"
    return best


def _parts(values: Sequence[str], size: int) -> list[tuple[str, ...]]:
    return [tuple(values[at : at + size]) for at in range(0, len(values), size)] if values else [()]


def _paths(paths: Sequence[str], room: int, stars: int) -> list[tuple[str, ...]]:
    parts: list[tuple[str, ...]] = []
    for path in paths:
        last = parts[-1] if parts else None
        if last and len(last) < room and sum(one.count("*") for one in last) + path.count("*") <= stars:
            parts[-1] = (*last, path)
        else:
            parts.append((path,))
    return parts or [()]
