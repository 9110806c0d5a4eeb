"""Gathers the findings of a run."""

from __future__ import annotations

from collections.abc import Iterable

from .code import Code, Severity
from .finding import Finding, Related
from .span import Span


class Stopped(Exception):
    """A pass reported errors and has no value to give; only the driver catches it."""


class Report:
    """All findings of a run, said once each."""

    def __init__(self) -> None:
        self._findings: dict[Finding, None] = {}

    def add(
        self,
        code: Code,
        message: str,
        span: Span | None = None,
        *,
        help: str | None = None,
        related: tuple[Related, ...] = (),
        at: str = "",
        target: str = "",
    ) -> None:
        self._findings[Finding(code, message, span, help, related, at, target)] = None

    def extend(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            self._findings[finding] = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(sorted(self._findings, key=Finding.order))

    @property
    def has_errors(self) -> bool:
        return any(finding.severity is Severity.ERROR for finding in self._findings)

    def stop_on_errors(self) -> None:
        """Raise `Stopped` if anything so far is an error."""
        if self.has_errors:
            raise Stopped
