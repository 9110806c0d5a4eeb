"""Every loss said: what a target cannot say, or says more coarsely, at the place in the spec that asked for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from twipc.diagnostics import Code, Finding, Path, Severity
from twipc.model import Model
from twipc.target import Absent, Approximate, Asked, FactKey, Target, codes, facts_of, spec_path
from twipc.target.support import settle

from .wording import words

_DEPTHS = {
    **{"environment": 1, "service": 3, "http": 4, "backend": 6, "network": 3, "volume": 3, "secret": 3},
    # One of several: each is a loss of its own.
    **{"service.publish": 4, "service.env": 4, "service.ulimits": 4, "service.depends_on": 4},
    "service.logging.options": 5,
}
"""Losses inside one written value are one finding: its path has so many steps."""


@dataclass(frozen=True, slots=True)
class _Loss:
    code: Code
    why: str
    key: FactKey
    path: Path
    said: str


def losses(model: Model, target: Target, options: Any) -> Iterator[Finding]:
    """One finding for each written value that is lost or rounded, and one note for all defaults that are."""
    groups: dict[tuple[str, str, Path], list[_Loss]] = {}
    for loss in _losses(model, target, options):
        depth = _DEPTHS.get(loss.key.field) or _DEPTHS[loss.key.field.partition(".")[0]]
        groups.setdefault((loss.code.id, loss.why, loss.path[:depth]), []).append(loss)
    defaults: list[_Loss] = []
    for (_, why, path), group in sorted(groups.items(), key=str):
        if any(model.written(loss.path) for loss in group):
            yield _finding(model, target, path, why, group)
        else:
            defaults.extend(group)
    if defaults:
        yield _defaults(model, target, defaults)


def _losses(model: Model, target: Target, options: Any) -> Iterator[_Loss]:
    for key, value in facts_of(model, target.discovery(options)).items():
        asked = Asked(key, value, model, options)
        answer = settle(target.support.answer(key, model), asked)
        if isinstance(answer, Absent):
            yield _Loss(answer.code, answer.why, key, spec_path(key, model), "")
        elif isinstance(answer, Approximate) and (heard := answer.how(asked)) != value:
            rounded = (
                f"{words(key.field, value)} becomes {words(key.field, heard)}" if answer.code is codes.APPROXIMATED else ""
            )
            for path in _paths(key, value, heard, model):
                yield _Loss(answer.code, answer.why, key, path, rounded)


def _paths(key: FactKey, meant: object, heard: object, model: Model) -> Iterator[Path]:
    """Where a loss was asked for: of a map that loses some of its keys, each of these."""
    path = spec_path(key, model)
    if isinstance(meant, Mapping) and isinstance(heard, Mapping):
        yield from ((*path, name) for name, value in sorted(meant.items()) if heard.get(name) != value)
    else:
        yield path


def _finding(model: Model, target: Target, path: Path, why: str, group: list[_Loss]) -> Finding:
    at = model.tree.name(path)
    rounded = "; ".join(loss.said for loss in group if loss.said)
    code = group[0].code
    accept = f"accept it: {{code: {code.id}, at: {at}, target: {target.name}, because: …}}"
    return Finding(
        code,
        f"{at} on {target.name}: {rounded + ': ' if rounded else ''}{why}",
        model.span(path, key=not rounded),
        help=f"change it, or {accept}" if code.severity is Severity.ERROR else None,
        at=at,
        target=target.name,
    )


def _defaults(model: Model, target: Target, lost: list[_Loss]) -> Finding:
    by_why: dict[str, set[str]] = {}
    for loss in lost:
        by_why.setdefault(loss.why, set()).add(loss.key.field)
    told = "; ".join(f"{', '.join(sorted(fields))} ({why})" for why, fields in sorted(by_why.items()))
    path: Path = ("targets", target.name)
    return Finding(
        codes.DEFAULTS_LOST,
        f"defaults that {target.name} has no word for: {told}",
        model.span(path, key=True),
        at=model.tree.name(path),
        target=target.name,
    )
