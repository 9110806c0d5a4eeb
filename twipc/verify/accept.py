"""Acceptances: losses that the spec says are known and wanted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from twipc.diagnostics import Finding, Severity
from twipc.diagnostics.near import listed, near
from twipc.model import Model
from twipc.spec import Acceptance
from twipc.target import codes


def accepted(model: Model, findings: Iterable[Finding], compiled: Collection[str], *, sound: bool) -> list[Finding]:
    """The findings that stay, and of a `sound` model, one of which all is known, each acceptance that accepts nothing.

    Only the targets in `compiled` were looked at: acceptances for others are not judged.
    """
    first: dict[tuple[str, str, str], int] = {}
    for index, acceptance in enumerate(model.environment.accept):
        first.setdefault((acceptance.code, acceptance.at, acceptance.target), index)
    used: set[int] = set()
    stay: list[Finding] = []
    for finding in findings:
        accepting = first.get((finding.code.id, finding.at, finding.target))
        if accepting is None or not is_loss(finding):
            stay.append(finding)
        else:
            used.add(accepting)
    unused: list[Finding] = []
    for index, acceptance in enumerate(model.environment.accept):
        if not sound or index in used or (acceptance.target not in compiled and acceptance.target in model.environment.targets):
            continue
        earlier = first[acceptance.code, acceptance.at, acceptance.target]
        unused.append(_again(model, index, earlier) if earlier in used else _unused(model, index, stay))
    return stay + unused


def _again(model: Model, index: int, earlier: int) -> Finding:
    acceptance = model.environment.accept[index]
    return Finding(
        codes.UNUSED_ACCEPTANCE,
        f"{acceptance.code} at `{acceptance.at}` on `{acceptance.target}` is accepted already, by {_name(model, earlier)}",
        model.span(("accept", index, "code")),
        help="take one of them out",
        at=_name(model, index),
    )


def _unused(model: Model, index: int, stay: Sequence[Finding]) -> Finding:
    acceptance = model.environment.accept[index]
    wrong, help = _meant(model, acceptance, [finding for finding in stay if is_loss(finding)])
    return Finding(
        codes.UNUSED_ACCEPTANCE,
        f"nothing to accept: no {acceptance.code} at `{acceptance.at}` on `{acceptance.target}`",
        model.span(("accept", index, wrong)),
        help=help,
        at=_name(model, index),
    )


def _meant(model: Model, acceptance: Acceptance, losses: Sequence[Finding]) -> tuple[str, str]:
    """Which part of an acceptance that accepts nothing may be wrong, and what it may have meant."""
    code, at, target = acceptance.code, acceptance.at, acceptance.target
    if target not in model.environment.targets:
        there = sorted(model.environment.targets)
        meant = near(target, there)
        return "target", f"did you mean `{meant}`?" if meant else f"this spec's targets are: {listed(there)}"
    places = sorted({one.at for one in losses if (one.code.id, one.target) == (code, target)})
    elsewhere = sorted({one.target for one in losses if (one.code.id, one.at) == (code, at)})
    others = sorted({one.code.id for one in losses if (one.at, one.target) == (at, target)})
    if meant := near(at, places):
        return "at", f"did you mean `{meant}`?"
    if others:
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
