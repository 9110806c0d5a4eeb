"""Limits that a whole model is measured by: of a target, of an engine, of what runs every container."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from twipc.diagnostics import Code, Finding, Path, Related, Severity
from twipc.limit import Limit
from twipc.model import Model

from .codes import LIMITS_ELSEWHERE


class Measured(Struct, frozen=True):
    """A value that the spec decides, by where it says it; `said` names what has it, in a sentence."""

    path: Path
    value: int
    said: str
    key: bool = True
    help: str = ""


Measure = Callable[[Model, Any], Iterable[Measured]]
"""Everything that a limit is for. The options are None where the spec does not list the target: what depends on them is not
measured then."""


class Held(Struct, frozen=True, kw_only=True):
    """A limit, how it is measured, and the code that is found beyond it (`below` its least, if that is another).

    What is known only when it is `written` is measured of models without mistakes alone. Where a target answers for what lies
    beyond (it rounds, or loses), `answered` says so: the loss is the finding.
    """

    limit: Limit
    code: Code
    measure: Measure = field(default=lambda _model, _options: ())
    written: Measure = field(default=lambda _model, _options: ())
    below: Code | None = None
    help: str = ""
    answered: bool = False

    def code_of(self, value: int) -> Code:
        """What is found of a value that lies beyond."""
        return self.below if self.below and value <= self.limit.most else self.code


class OutOfReach(Struct, frozen=True, kw_only=True):
    """A limit that no legal spec comes to: `reach` is the most that one does."""

    limit: Limit
    reach: int
    why: str


class Pairs(Struct, frozen=True, kw_only=True):
    """Two numbers of which only some go together: what a spec says is rounded up to the next pair, and `code` says so."""

    what: str
    source: str
    heads: tuple[str, str]
    pairs: Mapping[int, Sequence[int]]
    code: Code


Table = tuple[Held | OutOfReach | Pairs, ...]


def exceeded(held: Table, model: Model, options: Any, target: str = "", *, sound: bool) -> Iterator[Finding]:
    """A finding for each value that lies beyond its limit; of a `sound` model, one without mistakes, all are measured."""
    for one in held:
        if isinstance(one, Held) and not one.answered:
            for measured in beyond(one, model, options, sound=sound):
                yield Finding(
                    one.code_of(measured.value),
                    told(one.limit, measured),
                    model.span(measured.path, key=measured.key),
                    help=measured.help or one.help or None,
                    at=model.tree.name(measured.path),
                    target=target,
                )


def beyond(held: Held, model: Model, options: Any, *, sound: bool) -> list[Measured]:
    """What lies beyond a limit."""
    every = [*held.measure(model, options), *(held.written(model, options) if sound else ())]
    return [measured for measured in every if measured.value not in held.limit]


def elsewhere(model: Model, target: str, limits: Table) -> Iterator[Finding]:
    """One note on a target that the spec does not list, where a limit of it would be an error, with all such places."""
    found = [
        (told(held.limit, measured), measured)
        for held in limits
        if isinstance(held, Held)
        for measured in beyond(held, model, None, sound=False)
        if held.code_of(measured.value).severity is Severity.ERROR
    ]
    if found:
        said, _ = found[0]
        more = f"; and {len(found) - 1} more" if len(found) > 1 else ""
        path: Path = ("targets",)
        yield Finding(
            LIMITS_ELSEWHERE,
            f"compiles for {', '.join(sorted(model.environment.targets))}; would not for {target}: {said}{more}",
            model.span(path, key=True),
            help=f"if it is never to run there: `# twipc: ignore[{LIMITS_ELSEWHERE.id}] …`",
            related=tuple(Related(model.span(one.path, key=one.key), f"here {about}") for about, one in found),
            at=model.tree.name(path),
        )


def told(limit: Limit, measured: Measured) -> str:
    """By how much a value is too large, or too small."""
    unit = f" {limit.unit}" if limit.unit else ""
    over = measured.value - limit.most
    if over > 0:
        return f"{measured.said} has {measured.value}{unit}, {over} too many"
    return f"{measured.said} has {measured.value}{unit}, the least is {limit.least}"
