"""Every limit there is, in one table: of the language, of what runs all containers, of the engines, of the targets."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from twipc.diagnostics import Code
from twipc.formats.haproxy.limits import LIMITS as HAPROXY
from twipc.formats.nginx.limits import LIMITS as NGINX
from twipc.limit import Limit
from twipc.registry import target, target_names
from twipc.resolve import codes as resolve
from twipc.resolve import files
from twipc.rules.limits import LINUX
from twipc.spec import codes as spec
from twipc.spec import limits as language
from twipc.syntax import codes as syntax
from twipc.syntax import limits as text
from twipc.target import Held, OutOfReach
from twipc.target.limits import Pairs, Table


class Boundary(Struct, frozen=True):
    """A limit, whose it is, and what is found beyond it and below it; None where no legal spec comes to it."""

    whose: str
    limit: Limit
    above: Code | None
    below: Code | None
    held: Held | OutOfReach | None = None


def boundaries() -> tuple[Boundary, ...]:
    """All limits; the name of each is its own."""
    found = tuple(_boundaries())
    names = [one.limit.what for one in found]
    assert len(set(names)) == len(names), "two limits have one name"
    return found


def _boundaries() -> Iterator[Boundary]:
    for limit in text.LIMITS:
        yield Boundary("the language", limit, syntax.TOO_LARGE, None)
    for limit in language.LIMITS:
        yield Boundary("the language", limit, spec.BAD_VALUE, spec.BAD_VALUE)
    for limit, code in ((files.PAGE, resolve.PAGE), (files.CONFIG, resolve.CONFIG_FILE)):
        yield Boundary("the language", limit, code, None)
    tables = [("Linux", LINUX), ("nginx", NGINX), ("haproxy", HAPROXY)]
    tables += [(name, target(name).limits) for name in target_names()]
    for whose, table in tables:
        for held in table:
            if isinstance(held, Pairs):
                continue
            if isinstance(held, Held):
                yield Boundary(whose, held.limit, held.code, held.below or held.code, held)
            else:
                yield Boundary(whose, held.limit, None, None, held)


def page() -> str:
    """The table as Markdown."""
    every = boundaries()
    lines = [
        "# Limits",
        "",
        "Derived from the code by `./test --update`; a test puts each value at its limit and one beyond.",
        "",
        "What lies beyond a limit is found by the code behind it. A limit without one is further than any legal spec comes:",
        "how far one does is said instead. Limits of the engines hold for each `http` service with that engine, those of a",
        "target for the specs that list it; for others `twipc lint` says in a note which limit would not hold there (TW467).",
    ]
    for whose in dict.fromkeys(one.whose for one in every):
        lines += ["", f"## The limits of {whose}", "", "| what | limit | found by | source |", "|---|---|---|---|"]
        lines += [_row(one) for one in every if one.whose == whose]
        lines += _pairs(target(whose).limits) if whose in target_names() else []
    reserved = language.RESERVED
    lines += ["", f"## {_begun(reserved.what)}", "", f"{', '.join(f'`{word}`' for word in sorted(reserved.words))}:"]
    lines += [f"{reserved.source} ({spec.BAD_VALUE.id})."]
    return "\n".join(lines) + "\n"


def _pairs(limits: Table) -> Iterator[str]:
    for one in limits:
        if isinstance(one, Pairs):
            yield from ("", f"{_begun(one.what)}, to which others are rounded up ({one.code.id}); {one.source}:", "")
            yield from (f"| {one.heads[0]} | {one.heads[1]} |", "|---|---|")
            for left, right in sorted(one.pairs.items()):
                yield f"| {left:,} | {', '.join(f'{each:,}' for each in right)} |"


def _begun(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _row(one: Boundary) -> str:
    found = "–"
    if isinstance(one.held, OutOfReach):
        found = f"none: {one.held.reach:,} at most, {one.held.why}"
    elif one.above:
        below = one.below if one.limit.least is not None and one.below is not one.above else None
        found = f"{one.above.id}, below {below.id}" if below else one.above.id
    return f"| {' | '.join((one.limit.what, str(one.limit), found, one.limit.source))} |"
