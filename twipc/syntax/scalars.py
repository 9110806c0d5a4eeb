"""How YAML 1.2's core schema reads a plain scalar (yaml.org/spec/1.2.2 §10.3.2)."""

from __future__ import annotations

import math
import re

from twipc.regex import late_regex

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBER_START = frozenset("+-.0123456789")
_INT = late_regex(r"[-+]?[0-9]+")
_OCTAL = late_regex(r"0o[0-7]+")
_HEX = late_regex(r"0x[0-9a-fA-F]+")
_FLOAT = late_regex(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_MOST_DIGITS = 40
"""More digits than any number here can mean; int() itself refuses more than 4300, and is slow before."""


def resolve(text: str) -> str | int | float | bool | None:
    """The value of a plain scalar; a number too long to mean anything exactly is a float."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_START:
        return text
    if len(text) > _MOST_DIGITS:
        return math.inf if _FLOAT.fullmatch(text) or _OCTAL.fullmatch(text) or _HEX.fullmatch(text) else text
    if _INT.fullmatch(text):
        return int(text)
    if _OCTAL.fullmatch(text):
        return int(text, 8)
    if _HEX.fullmatch(text):
        return int(text, 16)
    if _FLOAT.fullmatch(text):
        # Python writes the two that are no numbers without their dot.
        return float(re.sub(r"\.(?=[iInN])", "", text))
    return text
