"""One thing that the compiler has to say, and where."""

from __future__ import annotations

from msgspec import Struct

from .code import Code, Severity
from .span import Span


class Related(Struct, frozen=True):
    """A second place that explains a finding."""

    span: Span
    message: str


class Finding(Struct, frozen=True):
    """A code at a place: `message` stands alone in one line, `help` is the next step.

    `at` names the place in the spec the way `accept` does; `target` is set when only that target is concerned,
    `environment` where one was looked at. `listed` is what a message says at its end, joined by "; ": where it is long, people
    read it line by line.
    """

    code: Code
    message: str
    span: Span | None = None
    help: str | None = None
    related: tuple[Related, ...] = ()
    at: str = ""
    target: str = ""
    environment: str = ""
    listed: tuple[str, ...] = ()

    @property
    def severity(self) -> Severity:
        return self.code.severity

    def order(self) -> tuple[object, ...]:
        """By place in the text, then code: never by the order of discovery."""
        span = self.span or Span("", 0, 0, 0, 0)
        return (span, self.code.id, self.target, self.message, self.environment)
