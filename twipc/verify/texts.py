"""Any value as one line of text, and of what is long the part that differs."""

from __future__ import annotations

import json
from collections.abc import Iterable


class _Nothing:
    """What a fact that is not there says."""

    def __repr__(self) -> str:
        return "nothing"


NOTHING = _Nothing()
_LONGEST = 160
_BEFORE = 40
"""Of a long value so many characters stand before the first that differs."""


def words(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value or '""'
        case dict():
            return _joined(", ", (f"{key}: {_inner(said)}" for key, said in value.items()))
        case frozenset():
            return _joined(", ", sorted(_inner(one) for one in value))
        case tuple() if not any(isinstance(one, tuple | list | dict) for one in value):
            return _joined(" ", (_inner(one) for one in value))
        case tuple() | list():
            return _joined(", ", (_inner(one) for one in value))
        case None:
            return "nothing"
    return f"{value}"


def _inner(value: object) -> str:
    """A value within another; a word with blanks in it is quoted."""
    if isinstance(value, str) and (not value or any(one.isspace() for one in value)) and len(value) < _LONGEST:
        return json.dumps(value, ensure_ascii=False)
    return f"{{{words(value)}}}" if isinstance(value, dict) else words(value)


def _joined(between: str, parts: Iterable[str]) -> str:
    return between.join(parts) or "an empty one"


def exact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=repr)


def first_difference(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return next((index for index, (mine, theirs) in enumerate(pairs) if mine != theirs), min(len(one), len(other)))


def shortened(text: str, shown: int) -> str:
    """One line that holds the character at `shown`."""
    if len(text) > _LONGEST:
        start = max(0, min(shown - _BEFORE, len(text) - _LONGEST))
        cut = text[start : start + _LONGEST]
        text = f"{'…' if start else ''}{cut}{'…' if start + _LONGEST < len(text) else ''}"
    return text.replace("\r", "\\r").replace("\n", "\\n")
