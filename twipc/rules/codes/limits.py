"""What is more than Linux, or a reader, takes."""

from __future__ import annotations

from twipc.diagnostics import Code, Severity

LONG_WORD = Code(
    "TW469",
    "more than Linux hands to a program",
    Severity.ERROR,
    why="A variable, and each word of a command, has 131,071 bytes at most: every target takes more, and then the container "
    "does not start.",
    raised_by="a variable or a word of a command with more bytes",
)
LONG_VARIABLE = Code(
    "TW470",
    "a variable that is a file",
    Severity.WARNING,
    why="It works, and is read by nobody: it stands in `docker inspect`, in the console of AWS, and in the one task definition "
    "of 64 KiB. A file has room, and a difference that can be read.",
    raised_by="a variable of more than 4 KiB",
)

CODES = (LONG_WORD, LONG_VARIABLE)
