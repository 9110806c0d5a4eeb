"""Words of haproxy configuration, quoted as haproxy itself reads them (its manual, 2.2; live in tests/conformance/strings)."""

from __future__ import annotations

import re

from twipc.regex import late_regex
from twipc.spec import Duration
from twipc.target.templates import Quoted

_BARE = late_regex(r"[A-Za-z0-9_.:/~?=&-]+")


def bare(text: str) -> Quoted:
    """A word that needs no quotes: a name, an address, a version, a probe's path."""
    assert _BARE.fullmatch(text), f"{text!r} is no bare word"
    return Quoted(text)


def word(text: str) -> Quoted:
    """`text` in strong quotes: nothing in it is expanded. Patterns come after `--`."""
    assert not re.search("[\x00-\x1f\x7f]", text), "bind refuses control characters"
    return Quoted("'" + text.replace("'", "'\\''") + "'")


def logged(text: str) -> Quoted:
    """`text` as one word of a log format, where `%` begins a variable."""
    return word(text.replace("%", "%%"))


def duration(value: Duration) -> Quoted:
    """Always with its unit: a bare number would be milliseconds."""
    return Quoted(f"{int(value)}ms" if int(value) % 1000 else f"{int(value) // 1000}s")


def number(value: int) -> Quoted:
    return Quoted(str(int(value)))
