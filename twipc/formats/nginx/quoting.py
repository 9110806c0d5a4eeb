"""Words of nginx configuration, quoted as nginx itself reads them (live in tests/conformance/strings)."""

from __future__ import annotations

import re

from twipc.regex import late_regex
from twipc.spec import Duration, Size
from twipc.target.templates import Quoted

_BARE = late_regex(r"[A-Za-z0-9_./:@-]+")


def word(text: str) -> Quoted:
    """`text` as one word of a directive that does not expand variables."""
    assert not re.search("[\x00-\x1f\x7f]", text), "bind refuses control characters"
    if _BARE.fullmatch(text):
        return Quoted(text)
    return Quoted('"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"')


def expanded(text: str) -> Quoted:
    """`text` as one word of a directive that expands variables; nginx has no escape for `$`, so a variable holds one."""
    return word(text.replace("$", "${dollar}"))


def regex(pattern: str) -> Quoted:
    """A regular expression, always in quotes: braces and semicolons would end a bare word."""
    return Quoted('"' + pattern.replace("\\", "\\\\").replace('"', '\\"') + '"')


def duration(value: Duration) -> Quoted:
    """Milliseconds where seconds do not do; nginx takes no fractions (its "Configuration file measurement units")."""
    return Quoted(f"{int(value)}ms" if int(value) % 1000 else f"{int(value) // 1000}s")


def size(value: Size) -> Quoted:
    """In nginx's own units, which are powers of 1024 too."""
    for unit, bytes_ in (("g", 1 << 30), ("m", 1 << 20), ("k", 1 << 10)):
        if value % bytes_ == 0:
            return Quoted(f"{value // bytes_}{unit}")
    return Quoted(f"{int(value)}")


def number(value: int) -> Quoted:
    return Quoted(str(int(value)))
