"""A diagnostic code: what can be wrong, why it matters, and an example that is executed."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct


class Severity(Enum):
    """How much a finding weighs: only an error fails a run (`--strict` makes warnings errors)."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


class Code(Struct, frozen=True):
    """One kind of finding.

    `bad` causes exactly this code on the line marked `#! <id>` (anywhere, if no line is marked), `good` is the same put
    right and causes nothing. Both are specs; what they leave out of the head (`twipc` to `targets`) is filled in.
    A code that no spec alone can cause says in `raised_by` what does.
    """

    id: str
    title: str
    severity: Severity
    why: str
    bad: str = ""
    good: str = ""
    raised_by: str = ""
