"""Acceptances: losses that the spec says are known and wanted."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable

from twipc.diagnostics import Finding, Severity
from twipc.model import Model
from twipc.target import codes


def accepted(model: Model, findings: Iterable[Finding], compiled: Collection[str]) -> list[Finding]:
    """The findings that stay, and one for each acceptance that accepts nothing.

    Only the targets in `compiled` were looked at: acceptances for others are not judged.
    """
    findings = list(findings)
    used: set[int] = set()
    stay: list[Finding] = []
    for finding in findings:
        matching = [
            index
            for index, acceptance in enumerate(model.environment.accept)
            if (acceptance.code, acceptance.at, acceptance.target) == (finding.code.id, finding.at, finding.target)
            and is_loss(finding)
        ]
        used.update(matching)
        if not matching:
            stay.append(finding)
    for index, acceptance in enumerate(model.environment.accept):
        if index in used or (acceptance.target not in compiled and acceptance.target in model.environment.targets):
            continue
        places = sorted({finding.at for finding in findings if finding.target == acceptance.target})
        near = difflib.get_close_matches(acceptance.at, places, 1)
        stay.append(
            Finding(
                codes.UNUSED_ACCEPTANCE,
                f"nothing to accept: no {acceptance.code} at `{acceptance.at}` on `{acceptance.target}`",
                model.span(("accept", index, "code")),
                help=f"did you mean `{near[0]}`?" if near and near[0] != acceptance.at else "only losses can be: take it out",
                at=model.tree.name(("accept", index)),
            )
        )
    return stay


def is_loss(finding: Finding) -> bool:
    """Whether it can be accepted: a mistake can not."""
    return finding.severity is not Severity.ERROR or finding.code in codes.CODES
