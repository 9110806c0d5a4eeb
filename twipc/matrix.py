"""The support matrix: every field, and what each target makes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import cast

from twipc.registry import target, target_names
from twipc.target.fields import all_fields, engine_fields
from twipc.target.support import Absent, Answer, Approximate, Exact, Outside, When

_MARKS = {Exact: "yes", Approximate: "rounded", Absent: "no", Outside: "–"}
ENGINES = ("nginx", "haproxy")


def matrix() -> str:
    """The whole matrix as Markdown: a table of short answers, then the reasons behind all that is not a plain yes."""
    names = [name for name in target_names() if target(name).orchestrates]
    lines = [
        "# What each target says of each field",
        "",
        "Derived from the targets' own answers by `./test --update`; the tests hold the answers against the output.",
        "",
        "yes: read back, it is the same. rounded: said more coarsely. no: it cannot be said, and a finding says so.",
        "–: not its business. A number leads to the reason below.",
        "",
    ]
    reasons: dict[str, int] = {}
    table = [
        *_table("Services, networks, volumes and secrets", names, [f for f in all_fields() if not _is_served(f)], reasons),
        *_table("HTTP servers, by engine, on every target", list(ENGINES), [f for f in all_fields() if _is_served(f)], reasons),
    ]
    return "\n".join([*lines, *table, "## Reasons", "", *(f"{number}. {why}" for why, number in reasons.items()), ""])


def _is_served(field: str) -> bool:
    return field in engine_fields()


def _table(title: str, columns: list[str], fields: list[str], reasons: dict[str, int]) -> Iterator[str]:
    yield f"## {title}"
    yield ""
    yield f"| field | {' | '.join(columns)} |"
    yield f"|---|{'---|' * len(columns)}"
    for field in fields:
        cells = [_cell(answer(column, field), reasons) for column in columns]
        yield f"| `{field}` | {' | '.join(cells)} |"
    yield ""


def answer(column: str, field: str) -> Answer:
    """The answer of a target, or of an engine for a field of HTTP servers."""
    if _is_served(field):
        return cast(Mapping[str, Answer], target("compose").support.engines[column])[field]
    return cast(Mapping[str, Answer], target(column).support.fields)[field]


def _cell(found: Answer, reasons: dict[str, int]) -> str:
    if isinstance(found, When):
        return f"{_cell(found.otherwise, reasons)}; where {found.case}: {_cell(found.then, reasons)}"
    mark = _MARKS[type(found)]
    if isinstance(found, Exact):
        return mark
    return f"{mark} [{reasons.setdefault(found.why, len(reasons) + 1)}]"


def answers_for(steps: Sequence[str]) -> list[str]:
    """What the targets make of the place of a spec, a line each answer; what is inside a field is a part of it."""
    return _grouped(steps, _told)


def briefly(steps: Sequence[str]) -> str:
    """The same in a few words: which targets say what."""
    said = _grouped(steps, lambda found: "it depends" if isinstance(found, When) else _WORDS[type(found)])
    return f"all targets: {said[0].rpartition(': ')[2]}" if len(said) == 1 else "; ".join(said)


def _grouped(steps: Sequence[str], told: Callable[[Answer], str]) -> list[str]:
    """Each answer once, with those who give it."""
    field = _field_of(steps)
    said: dict[str, list[str]] = {}
    for column in _columns(field) if field else ():
        said.setdefault(told(answer(column, cast(str, field))), []).append(column)
    return [f"{', '.join(names)}: {words}" for words, names in said.items()]


_WORDS = {**_MARKS, Outside: "not its business"}


def _columns(field: str) -> list[str]:
    return list(ENGINES) if _is_served(field) else [name for name in target_names() if target(name).orchestrates]


def _told(found: Answer) -> str:
    if isinstance(found, When):
        return f"{_told(found.otherwise)}; where {found.case}: {_told(found.then)}"
    return _WORDS[type(found)] if isinstance(found, Exact) else f"{_WORDS[type(found)]}: {found.why}"


_PLACES = (
    (("services", "*", "http", "backends", "*"), "backend"),
    (("services", "*", "http"), "http"),
    (("services", "*"), "service"),
    (("networks", "*"), "network"),
    (("volumes", "*"), "volume"),
    (("secrets", "*"), "secret"),
    ((), "environment"),
)
"""Where the nouns of the matrix stand in a spec."""


def _field_of(steps: Sequence[str]) -> str | None:
    """The field of the matrix that a place is, or is a part of; None for what no target answers for."""
    for where, noun in _PLACES:
        if tuple(steps[: len(where)]) == where:
            inner = [step for step in steps[len(where) :] if step != "*"]
            names = [f"{noun}.{'.'.join(inner[:count])}" for count in range(len(inner), 0, -1)]
            return next((name for name in names if name in all_fields()), None)
    return None
