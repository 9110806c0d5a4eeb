"""What single words of an nginx configuration say."""

from __future__ import annotations

from twipc.regex import late_regex
from twipc.spec import Duration, Size

_DURATION = late_regex(r"([0-9]+)(ms|s)")
_SIZE = late_regex(r"([0-9]+)([kKmMgG]?)")


def duration(args: tuple[str, ...]) -> object:
    found = _DURATION.fullmatch(" ".join(args))
    return Duration(int(found[1]) * (1000 if found[2] == "s" else 1)) if found else " ".join(args)


def size(text: str) -> object:
    found = _SIZE.fullmatch(text)
    return Size(int(found[1]) << {"": 0, "k": 10, "m": 20, "g": 30}[found[2].lower()]) if found else text


def number(text: str) -> object:
    return int(text) if text.isdecimal() else text


def expanded(text: str) -> str:
    """What a word says: `${dollar}` holds a dollar, any other variable is none of ours."""
    return text.replace("${dollar}", "$") if "$" not in text.replace("${dollar}", "") else f"{text} with its variables"
