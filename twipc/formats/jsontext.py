"""Writes JSON, one member a line, each with its origin."""

from __future__ import annotations

import json
from json.encoder import encode_basestring_ascii as _string

from twipc.diagnostics import Path

from .document import Lines, Value, unwrap

_WORDS = {True: "true", False: "false"}


def dump(document: Value) -> tuple[str, tuple[Path, ...]]:
    """The text of a document, and the origin of each line; only ASCII, so that no reader can differ."""
    lines = Lines()
    _value(document, (), 0, "", "", lines)
    return lines.finish()


def _value(value: Value, origin: Path, depth: int, lead: str, tail: str, lines: Lines) -> None:
    value, origin = unwrap(value, origin)
    pad = "  " * depth
    if isinstance(value, str):
        lines.add(f"{pad}{lead}{_string(value)}{tail}", origin)
    elif isinstance(value, dict) and value:
        lines.add(f"{pad}{lead}{{", origin)
        last = len(value) - 1
        for index, (key, child) in enumerate(value.items()):
            after = "," if index < last else ""
            inner, at = (child, origin) if type(child) is str else unwrap(child, origin)
            if isinstance(inner, str):  # as most members are
                lines.add(f"{pad}  {_string(key)}: {_string(inner)}{after}", at)
            else:
                _value(inner, at, depth + 1, f"{_string(key)}: ", after, lines)
        lines.add(f"{pad}}}{tail}", origin)
    elif isinstance(value, (list, tuple)) and value:
        lines.add(f"{pad}{lead}[", origin)
        last = len(value) - 1
        for index, child in enumerate(value):
            _value(child, origin, depth + 1, "", "," if index < last else "", lines)
        lines.add(f"{pad}]{tail}", origin)
    else:
        assert not isinstance(value, float), "documents hold no floats: they print differently everywhere"
        lines.add(f"{pad}{lead}{_literal(value)}{tail}", origin)


def _literal(value: Value) -> str:
    """What is no string: numbers and words are written without an encoder's help, for there are many."""
    if type(value) is int:
        return str(value)
    return _WORDS[value] if type(value) is bool else json.dumps(value)
