"""Every loss said: what a target cannot say, or says more coarsely, at the place in the spec that asked for it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from msgspec import Struct

from twipc.diagnostics import Code, Finding, Path, Severity, lost_at
from twipc.model import Model
from twipc.syntax import NodeSequence
from twipc.target import Absent, Approximate, FactKey, Target, codes, spec_path

from .answers import heard
from .wording import words

WHOLE = {
    **{"service.mode.": 3, "service.autoscaling.": 3, "service.ready.": 3},
    **{"http.tls.": 4, "http.stats.": 4, "http.rate_limit.": 4, "volume.nfs.": 3, "volume.driver.": 3},
}
"""What is there or not as a whole: losses in it are one finding, whose path has so many steps. Others stand at their value."""


class _Loss(Struct, frozen=True):
    code: Code
    why: str
    key: FactKey
    path: Path
    said: str


def losses(model: Model, target: Target, options: Any) -> Iterator[Finding]:
    """One finding for each written value that is lost or rounded, at its place, and one note for all defaults that are."""
    groups: dict[tuple[str, str, Path], list[_Loss]] = {}
    for loss in _losses(model, target, options):
        groups.setdefault((loss.code.id, loss.why, loss.path[: _depth(loss.key.field)]), []).append(loss)
    defaults: list[_Loss] = []
    for (_, why, path), group in sorted(groups.items(), key=lambda item: str(item[0])):
        if any(model.written(loss.path) for loss in group):
            yield _finding(model, target, path, why, group)
        else:
            defaults.extend(group)
    if defaults:
        yield _defaults(model, target, defaults)


@cache
def _depth(field: str) -> int | None:
    return next((depth for whole, depth in WHOLE.items() if field.startswith(whole)), None)


def _losses(model: Model, target: Target, options: Any) -> Iterator[_Loss]:
    for key, value, answer, said in heard(model, target, options):
        if isinstance(answer, Absent):
            yield _Loss(answer.code, answer.why, key, spec_path(key, model), "")
        elif isinstance(answer, Approximate) and said != value:
            rounded = f"{words(key.field, value)} becomes {words(key.field, said)}" if answer.code is codes.APPROXIMATED else ""
            for path in _paths(key, value, said, model):
                yield _Loss(answer.code, answer.why, key, path, rounded)


def _paths(key: FactKey, meant: object, heard: object, model: Model) -> Iterator[Path]:
    """Where a loss was asked for: of a map that loses some of its keys, each of these; a list is one place."""
    path = spec_path(key, model)
    listed = isinstance(model.tree.node(path), NodeSequence)
    if isinstance(meant, Mapping) and isinstance(heard, Mapping) and not listed:
        yield from ((*path, name) for name, value in sorted(meant.items()) if heard.get(name) != value)
    else:
        yield path


def _finding(model: Model, target: Target, path: Path, why: str, group: list[_Loss]) -> Finding:
    at = model.tree.name(path)
    rounded = "; ".join(loss.said for loss in group if loss.said)
    code = group[0].code
    accept = f"accept it: {{code: {code.id}, at: {_in_flow(at)}, target: {target.name}, because: …}}"
    return Finding(
        code,
        f"{lost_at(at, target.name)}{rounded + ': ' if rounded else ''}{why}",
        model.span(path, key=not rounded),
        help=f"change it, or {accept}" if code.severity is Severity.ERROR else None,
        at=at,
        target=target.name,
    )


def _in_flow(at: str) -> str:
    """A place as it can be pasted between braces."""
    return at if re.fullmatch(r"[\w.-]+", at) else json.dumps(at, ensure_ascii=False)


def _defaults(model: Model, target: Target, lost: list[_Loss]) -> Finding:
    by_why: dict[str, set[Path]] = {}
    for loss in lost:
        by_why.setdefault(loss.why, set()).add(loss.path)
    told = tuple(f"{', '.join(_fields(paths, model))} ({why})" for why, paths in sorted(by_why.items()))
    path: Path = ("targets", target.name)
    return Finding(
        codes.DEFAULTS_LOST,
        f"defaults that {target.name} has no word for: {'; '.join(told)}",
        model.span(path, key=True),
        at=model.tree.name(path),
        target=target.name,
        listed=told,
    )


def _fields(paths: Iterable[Path], model: Model) -> list[str]:
    """Where each default would be written; of several services, volumes and so on once, with a star for their names."""
    by_field: dict[Path, set[Path]] = {}
    for path in paths:
        by_field.setdefault((path[0], "*", *path[2:]), set()).add(path)
    return sorted(
        ".".join(map(str, field)) if len(those) > 1 else model.tree.name(next(iter(those))) for field, those in by_field.items()
    )
