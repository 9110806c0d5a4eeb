"""Of two values the parts that differ."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .texts import NOTHING


def pared(meant: object, said: object, *, in_line: bool) -> tuple[object, object]:
    """The parts of both that differ; a word of a line of configuration with the one before it, which names it."""
    if isinstance(meant, dict) and isinstance(said, dict):
        keys = sorted({*meant, *said}, key=str)
        wanted: dict[object, object] = {}
        found: dict[object, object] = {}
        for key in keys:
            if repr(meant.get(key, NOTHING)) == repr(said.get(key, NOTHING)):
                continue
            both = key in meant and key in said
            parts = pared(meant[key], said[key], in_line=in_line) if both else (meant.get(key, NOTHING), said.get(key, NOTHING))
            wanted |= {} if parts[0] is NOTHING else {key: parts[0]}
            found |= {} if parts[1] is NOTHING else {key: parts[1]}
        return wanted or NOTHING, found or NOTHING
    if isinstance(meant, tuple | list) and isinstance(said, tuple | list):
        return _pared_rows(meant, said, in_line=in_line)
    return meant, said


def _pared_rows(meant: Sequence[object], said: Sequence[object], *, in_line: bool) -> tuple[object, object]:
    if in_another_order(meant, said):
        first = next(index for index, pair in enumerate(zip(meant, said, strict=True)) if pair[0] != pair[1])
        return meant[first:], said[first:]
    lacking: list[object] = []
    added: list[object] = []
    from difflib import SequenceMatcher

    rows = SequenceMatcher(None, [repr(row) for row in meant], [repr(row) for row in said], autojunk=False)
    for tag, first, last, start, end in rows.get_opcodes():
        if tag != "equal":
            if in_line and tag == "replace" and first == start and _is_name(meant, first - 1):
                first, start = first - 1, start - 1
            lacking += meant[first:last]
            added += said[start:end]
    if len(lacking) == len(added) == 1 and isinstance(lacking[0], dict):
        return pared(lacking[0], added[0], in_line=in_line)
    kind = tuple if isinstance(meant, tuple) else list
    return kind(lacking) if lacking else NOTHING, kind(added) if added else NOTHING


def _is_name(line: Sequence[object], at: int) -> bool:
    """Whether a word of a flat line may be the name of what follows it."""
    return at >= 0 and all(isinstance(word, str) and not re.search(r"\s", word) for word in (line[at], line[at + 1]))


def in_another_order(meant: object, said: object) -> str:
    if not (isinstance(meant, tuple | list) and isinstance(said, tuple | list)) or len(meant) < 2:
        return ""
    return " in this order" if sorted(map(repr, meant)) == sorted(map(repr, said)) else ""
