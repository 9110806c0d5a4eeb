"""What can be wrong between a spec and the lock beside it."""

from __future__ import annotations

from twipc.diagnostics import Code, Severity

NOT_RUN = Code(
    "TW640",
    "the lock names an image that nothing runs",
    Severity.WARNING,
    why="The spec had it when the images were pushed, under this name and tag. What runs now is another one.",
    raised_by="compiling a spec whose image was given another tag after `twipc pack`",
)
NOT_LOCKED = Code(
    "TW641",
    "an image is not in the lock",
    Severity.WARNING,
    why="The others are run by their digests, this one by its tag: what that means may change from one machine to the next, "
    "and nobody has pushed it.",
    raised_by="compiling a spec whose image was given another tag after `twipc pack`",
)

CODES = (NOT_RUN, NOT_LOCKED)
