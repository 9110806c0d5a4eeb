"""Words of the dialects, and values in Docker's units, as the language says them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from twipc.regex import late_regex
from twipc.spec import Cpu, Duration, Size

_DURATION = late_regex(r"([0-9]+)(ms|s)")
_SIZE = late_regex(r"([0-9]+)(b|k|m|g)?", re.IGNORECASE)
_CPU = late_regex(r"([0-9]+)(?:\.([0-9]{1,3}))?")


def named(words: Mapping[str, str], value: object) -> object:
    """A word of the dialect as the language says it; another stays as it is, and is no word of the language's."""
    if not isinstance(value, str) or value in words:
        return words.get(value, value) if isinstance(value, str) else value
    return f"the dialect's {value}" if value in words.values() else value


def duration(text: object) -> object:
    if text is None:
        return None
    found = _DURATION.fullmatch(str(text))
    return Duration(int(found[1]) * (1000 if found[2] == "s" else 1)) if found else str(text)


def size(text: object) -> object:
    if text is None:
        return None
    found = _SIZE.fullmatch(str(text))
    return (
        Size(int(found[1]) * {"": 1, "b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}[(found[2] or "").lower()])
        if found
        else text
    )


def cpus(text: object) -> object:
    if text is None:
        return None
    found = _CPU.fullmatch(str(text))
    return Cpu(int(found[1]) * 1000 + int((found[2] or "0").ljust(3, "0"))) if found else str(text)


def port(target: object, protocol: object) -> str:
    """A container's port as Docker writes it, where TCP is not said."""
    return str(target) if protocol == "tcp" else f"{target}/{protocol}"


def number(value: object) -> object:
    """Docker takes a published port as a number or as a string of digits."""
    if isinstance(value, str) and value.isdecimal():
        return int(value)
    return value
