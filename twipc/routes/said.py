"""Whom a rule is for, in the words of people."""

from __future__ import annotations

from collections.abc import Iterator

from .hosts import AsItCame, HostPattern
from .pattern import EVERY, Bytes, Chain, Either, End, One, Pattern, Repeat, Start
from .table import Rule

_MANY = 64
"""A set of so many bytes is any character."""
_LONGEST = 60
_SMALL = "abcdefghijklmnopqrstuvwxyz"


def asked_of(rule: Rule) -> str:
    """What a rule asks for besides a path."""
    words = [
        *sorted(rule.methods or ()),
        *([f"by {rule.scheme}"] if rule.scheme else []),
        *([f"host {hosts(rule.hosts)}"] if rule.hosts else []),
        *(f"not host {hosts((host,))}" for host in rule.not_hosts),
    ]
    return " ".join(words) or "any"


def hosts(patterns: tuple[HostPattern, ...]) -> str:
    """What all of several ask for: `a.example, *.b.example`; of what is matched as it comes that is said."""
    return " and ".join(map(_host, patterns))


def _host(pattern: HostPattern) -> str:
    came = isinstance(pattern, AsItCame)
    inner = pattern.of if isinstance(pattern, AsItCame) else pattern
    said = ", ".join(dict.fromkeys(_shown(one) for one in _alternatives(inner)))
    said = said if len(said) <= _LONGEST else f"{said[: _LONGEST - 1]}…"
    return f"{said} as it comes" if came else said


def _alternatives(pattern: Pattern) -> Iterator[Pattern]:
    if isinstance(pattern, Either):
        for part in pattern.parts:
            yield from _alternatives(part)
    elif isinstance(pattern, Chain) and len(pattern.parts) == 1:
        yield from _alternatives(pattern.parts[0])
    else:
        yield pattern


def _shown(pattern: Pattern) -> str:
    """One alternative: what may stand before it or behind it is a star."""
    parts = list(_flat(pattern))
    begins, ends = parts[:1] == [Start()], parts[-1:] == [End()]
    inside = "".join(map(_text, parts[begins : len(parts) - ends]))
    return f"{'' if begins else '*'}{inside}{'' if ends else '*'}".replace("**", "*")


def _flat(pattern: Pattern) -> Iterator[Pattern]:
    if isinstance(pattern, Chain):
        for part in pattern.parts:
            yield from _flat(part)
    else:
        yield pattern


def _text(pattern: Pattern) -> str:
    match pattern:
        case One(of):
            return _byte(of)
        case Chain(parts):
            return "".join(map(_text, parts))
        case Either(parts):
            return f"({'|'.join(_text(part) for part in parts)})"
        case Repeat(part, least, most):
            inner = _text(part) if isinstance(part, One) else f"({_text(part)})"
            return "*" if (inner, least, most) == (".", 0, None) else f"{inner}{_times(least, most)}"
    return "^" if isinstance(pattern, Start) else "$"


def _times(least: int, most: int | None) -> str:
    known = {(0, None): "*", (1, None): "+", (0, 1): "?"}
    return known.get((least, most)) or f"{{{least}{'' if most == least else ',' if most is None else f',{most}'}}}"


def _byte(of: Bytes) -> str:
    """A letter in both cases is the small one."""
    some = [chr(value) for value in range(256) if of >> value & 1]
    if len({one.lower() for one in some}) == 1:
        return some[-1]
    if of == EVERY or len(some) > _MANY:
        return "."
    return f"[{''.join(some).replace('0123456789', '0-9').replace(_SMALL, 'a-z').replace(_SMALL.upper(), 'A-Z')}]"
