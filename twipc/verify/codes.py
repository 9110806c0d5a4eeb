"""What verification of committed artifacts can find."""

from __future__ import annotations

from twipc.diagnostics import Code, Severity

MEANING = Code(
    "TW601",
    "an artifact means something else than the spec",
    Severity.ERROR,
    why="What runs is what the artifact says. It was edited by hand, or the spec was changed and not compiled.",
    raised_by="`twipc verify` on an artifact in which a value was changed",
)
UNREADABLE = Code(
    "TW602",
    "an artifact cannot be read",
    Severity.ERROR,
    why="Its own format's reader does not understand it, so nobody can say what it means.",
    raised_by="`twipc verify` on an artifact that is damaged",
)
ABSENT_FILE = Code(
    "TW603",
    "an artifact is not there",
    Severity.ERROR,
    why="The target's folder is not whole without it.",
    raised_by="`twipc verify` where a file of `out/` was removed",
)
TEXT = Code(
    "TW604",
    "a text differs from what the spec makes",
    Severity.ERROR,
    why="Pages, scripts and comments have no reader that could say what they mean: they are compared whole.",
    raised_by="`twipc verify` on an artifact in which a comment was changed",
)

CODES = (MEANING, UNREADABLE, ABSENT_FILE, TEXT)
