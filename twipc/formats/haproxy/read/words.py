"""What single words of a haproxy configuration say."""

from __future__ import annotations

from twipc.regex import late_regex
from twipc.spec import Duration

_DURATION = late_regex(r"([0-9]+)(ms|s)")


def duration(words: tuple[str, ...]) -> object:
    return one_duration(" ".join(words))


def one_duration(text: str) -> object:
    found = _DURATION.fullmatch(text)
    return Duration(int(found[1]) * (1000 if found[2] == "s" else 1)) if found else text


def number(text: str) -> object:
    return int(text) if text.isdecimal() else text


def logged(words: tuple[str, ...]) -> object:
    """What the only word of a log format says; with variables or conditions it says something else."""
    parts = " ".join(words).split("%%")
    return words if len(words) != 1 or any("%" in part for part in parts) else "%".join(parts)
