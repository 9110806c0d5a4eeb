"""Writes YAML that every reader understands alike: block style, each string in double quotes.

Plain scalars are read differently by YAML 1.1 and 1.2, by PyYAML, ruamel and go-yaml: `on`, `1e3`, `22:22`, `0o17`. The
double-quoted form with these escapes is read back equal by all (tests/conformance: the engines' tools, and PyYAML).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from twipc.diagnostics import Path
from twipc.regex import late_regex

from .document import CONTAINERS, Lines, Value, unwrap

_PLAIN_KEY = late_regex(r"[A-Za-z_][A-Za-z0-9_.-]*")
_NOT_ITSELF = late_regex(r"[^ !#-\[\]-~]")
_NOT_PLAIN = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"})
Quote = Callable[[str], str]


@lru_cache(maxsize=1024)
def quote(text: str) -> str:
    """`text` in double quotes, all but printable ASCII escaped."""
    return f'"{_NOT_ITSELF.sub(_escape, text)}"'


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    number = ord(character)
    if character in '"\\':
        return "\\" + character
    if number <= 0xFF:
        return f"\\x{number:02x}"
    assert not 0xD800 <= number <= 0xDFFF, "bind refuses lone surrogates"
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"


@lru_cache(maxsize=1024)
def interpolated(text: str) -> str:
    """`text` for a value that Docker interpolates: there every `$` is written twice (compose specification, interpolation)."""
    return quote(text.replace("$", "$$"))


def dump(document: Value, head: Sequence[str], string: Quote = quote) -> tuple[str, tuple[Path, ...]]:
    """The text of a document below the comment `head`, and the origin of each line."""
    lines = Lines()
    for comment in head:
        lines.add(f"# {comment}" if comment else "#", ())
    _block(document, (), 0, "", lines, string)
    return lines.finish()


@lru_cache(maxsize=1024)
def _key(key: str) -> str:
    # Keys are never interpolated, so a `$` stays single.
    return key if _PLAIN_KEY.fullmatch(key) and key.lower() not in _NOT_PLAIN else quote(key)


def _scalar(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    assert isinstance(value, int), f"documents hold strings, whole numbers and booleans, not {value!r}"
    return str(int(value))


def _block(value: Value, origin: Path, depth: int, lead: str, lines: Lines, string: Quote) -> None:
    """`value` on lines of its own; `lead` (a list's dash) stands before the first."""
    value, origin = unwrap(value, origin)
    begin = lead or "  " * depth
    if isinstance(value, dict) and value:
        for key, child in value.items():
            inner, at = (child, origin) if type(child) is str else unwrap(child, origin)
            if isinstance(inner, str):  # as most values are
                lines.add(f"{begin}{_key(key)}: {string(inner)}", at)
            elif inner and isinstance(inner, CONTAINERS):
                lines.add(f"{begin}{_key(key)}:", at)
                _block(inner, at, depth + 1, "", lines, string)
                if depth == 1:
                    lines.fold()
            else:
                lines.add(f"{begin}{_key(key)}: {_inline(inner, string)}", at)
            begin = "  " * depth
    elif isinstance(value, (list, tuple)) and value:
        if lead:
            lines.add(lead.rstrip(), origin)
        for child in value:
            _block(child, origin, depth + 1, f"{'  ' * depth}- ", lines, string)
    else:
        lines.add(f"{begin}{_inline(value, string)}", origin)


def _inline(value: Value, string: Quote) -> str:
    if isinstance(value, str):
        return string(value)
    if isinstance(value, dict):
        return "{}"
    return "[]" if isinstance(value, (list, tuple)) else _scalar(value)
