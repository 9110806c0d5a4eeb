"""Acceptances: losses that the spec says are known and wanted."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from twipc.diagnostics import Finding, Path, Severity
from twipc.diagnostics.near import listed, near
from twipc.model import Model
from twipc.target import codes


class _Row(NamedTuple):
    """An acceptance for one of its targets."""

    code: str
    at: str
    target: str
    which: int
    item: int

    @property
    def what(self) -> tuple[str, str, str]:
        return self[:3]


def accepted(model: Model, findings: Iterable[Finding], compiled: Collection[str], *, sound: bool) -> list[Finding]:
    """The findings that stay, and of a `sound` model, one of which all is known, each acceptance that accepts nothing.

    Only the targets in `compiled` were looked at: acceptances for others are not judged.
    """
    rows = [
        _Row(each.code, each.at, target, which, item)
        for which, each in enumerate(model.environment.accept)
        for item, target in enumerate(each.target)
    ]
    first: dict[tuple[str, str, str], _Row] = {}
    for row in rows:
        first.setdefault(row.what, row)
    wide = [(row, _wide(row)) for row in first.values() if ".*" in row.at]
    used: set[_Row] = set()
    stay: list[Finding] = []
    covered: dict[_Row, _Row] = {}
    for finding in findings:
        what = (finding.code.id, finding.at, finding.target)
        matching = [row for row, places in wide if row.what[::2] == what[::2] and places.fullmatch(finding.at)] if wide else []
        accepting = first.get(what) or next(iter(matching), None)
        if accepting is None or not is_loss(finding):
            stay.append(finding)
        else:
            used.add(accepting)
            covered |= dict.fromkeys(matching, accepting)
    unused: list[Finding] = []
    used_of: dict[int, list[str]] = {}
    for row in used:
        used_of.setdefault(row.which, []).append(row.target)
    for row in rows:
        if not sound or row in used or (row.target not in compiled and row.target in model.environment.targets):
            continue
        earlier = covered.get(row, first[row.what])
        others = used_of.get(row.which, ())
        unused.append(_again(model, row, earlier) if earlier in used else _unused(model, row, stay, others))
    return stay + unused


def _wide(row: _Row) -> re.Pattern[str]:
    """The places of an acceptance in which a `*` stands for any name; no name that is not in brackets has one."""
    name = r"(?:\.[\w-]+|\[[^\]]*\])"
    return re.compile(name.join(map(re.escape, re.split(r"\.\*(?=[.\[]|$)", row.at))))


def _again(model: Model, row: _Row, earlier: _Row) -> Finding:
    here = row.which == earlier.which
    return Finding(
        codes.UNUSED_ACCEPTANCE,
        f"{row.code} at `{row.at}` on `{row.target}` is accepted already, by {_name(model, earlier.which)}",
        model.span(_path(row, "target" if here else "code")),
        help="take one of them out",
        at=_name(model, row.which),
    )


def _unused(model: Model, row: _Row, stay: Sequence[Finding], others: Sequence[str]) -> Finding:
    wrong, help = _meant(model, row, [finding for finding in stay if is_loss(finding)])
    if others and row.target in model.environment.targets:
        wrong, help = "target", f"it is lost on {listed(others)}: take `{row.target}` out"
    return Finding(
        codes.UNUSED_ACCEPTANCE,
        f"nothing to accept: no {row.code} at `{row.at}` on `{row.target}`",
        model.span(_path(row, wrong)),
        help=help,
        at=_name(model, row.which),
    )


def _path(row: _Row, part: str) -> Path:
    return ("accept", row.which, part, row.item) if part == "target" else ("accept", row.which, part)


def _meant(model: Model, row: _Row, losses: Sequence[Finding]) -> tuple[str, str]:
    """Which part of an acceptance that accepts nothing may be wrong, and what it may have meant."""
    code, at, target = row.what
    if target not in model.environment.targets:
        there = sorted(model.environment.targets)
        meant = near(target, there)
        return "target", f"did you mean `{meant}`?" if meant else f"this spec's targets are: {listed(there)}"
    places = sorted({one.at for one in losses if (one.code.id, one.target) == (code, target)})
    elsewhere = sorted({one.target for one in losses if (one.code.id, one.at) == (code, at)})
    others = sorted({one.code.id for one in losses if (one.at, one.target) == (at, target)})
    if meant := near(at, places):
        return "at", f"did you mean `{meant}`?"
    if others and row.target in model.environment.targets:
        return "code", f"did you mean {' or '.join(others)}? that is what is lost there"
    if elsewhere:
        return "target", f"it is lost on {listed(elsewhere)}: did you mean that?"
    if places:
        return "at", f"on {target} it is found at: {listed(places)}"
    if code in {loss.id for loss in codes.LOSSES}:
        return "code", f"no {code} is left on {target}: take it out"
    return "code", "only losses can be: take it out"


def _name(model: Model, index: int) -> str:
    return model.tree.name(("accept", index))


def is_loss(finding: Finding) -> bool:
    """Whether it can be accepted: a mistake cannot."""
    return finding.severity is not Severity.ERROR or finding.code in codes.LOSSES
