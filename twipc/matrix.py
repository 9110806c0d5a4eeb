"""The support matrix: every field, and what each target makes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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


def answers_for(dotted: str) -> list[str]:
    """What the targets make of a field, given as `explain` names it: one line each."""
    field = _field_of(dotted)
    if field is None:
        return []
    columns = list(ENGINES) if _is_served(field) else [name for name in target_names() if target(name).orchestrates]
    return [f"{column:<14}{_told(answer(column, field))}" for column in columns]


def _told(found: Answer) -> str:
    if isinstance(found, When):
        return f"{_told(found.otherwise)}; where {found.case}: {_told(found.then)}"
    return _MARKS[type(found)] if isinstance(found, Exact) else f"{_MARKS[type(found)]}: {found.why}"


def _field_of(dotted: str) -> str | None:
    """`services.*.replicas` as the matrix names it; None for what no target answers for."""
    for prefix, noun in (
        ("services.*.http.backends.*.", "backend."),
        ("services.*.http.", "http."),
        ("services.*.", "service."),
        ("networks.*.", "network."),
        ("volumes.*.", "volume."),
        ("secrets.*.", "secret."),
        ("", "environment."),
    ):
        if dotted.startswith(prefix):
            field = noun + dotted.removeprefix(prefix)
            return field if field in all_fields() else None
    return None
