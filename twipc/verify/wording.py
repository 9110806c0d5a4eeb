"""Values and their differences in plain words: one line, and of what is long the part that differs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from twipc.spec.secrecy import looks_secret
from twipc.target import BASELINE, FactKey


class _Nothing:
    """What a fact that is not there says."""

    def __repr__(self) -> str:
        return "nothing"


NOTHING = _Nothing()
_LONGEST = 160
_BEFORE = 40
"""Of a long value so many characters stand before the first that differs."""


class _Covered(str):
    """What is shown of a secret: `…`; by its `repr` it is another than that of another secret."""

    __slots__ = ("_secret",)
    _secret: str

    def __new__(cls, secret: str) -> _Covered:
        covered = super().__new__(cls, "…")
        covered._secret = secret
        return covered

    def __repr__(self) -> str:
        return repr(self._secret)


def words(field: str, value: object) -> str:
    """A value of a field in words."""
    return _shortened(_words(_covered(_readable(field, value))), 0)


def is_digest(key: FactKey) -> bool:
    """Whether a fact only tells that files are not those which a digest was made of."""
    return (
        key.field == BASELINE and bool(key.owner) and (key.owner[-1].endswith("digest") or "folder's content" in key.owner[-1])
    )


def told(key: FactKey, meant: object, said: object) -> str:
    """How what is said differs from what was meant."""
    if key.field == BASELINE:
        return f"{_place(key)}: {_added(key, meant, said)}"
    fact = str(key)
    if key.field == "service.publish":
        service, number, nth = key.owner
        fact = f"{key.field} of {service}, port {number}" + (f" for time {int(nth) + 1}" if nth != "0" else "")
    parts = _apart(key.field, meant, said)
    if parts[0] is None:
        return f"{fact}: says also {parts[1]}, the spec does not"
    if parts[1] is None:
        return f"{fact}: lacks {parts[0]}, which the spec says"
    return f"{fact}: says {parts[1]}, the spec says {parts[0]}"


def _place(key: FactKey) -> str:
    *owners, place = key.owner or ("",)
    of = "'s ".join(owners)
    return f"`{place}` of {of}" if of else f"`{place}`"


def _added(key: FactKey, meant: object, said: object) -> str:
    """What twipc adds of its own is in no spec: it is twipc that says it."""
    if is_digest(key) and meant is NOTHING:
        return words(key.field, said)
    wanted, found = _apart(key.field, meant, said)
    if wanted is None or meant is NOTHING:
        return f"here is {'' if meant is NOTHING else 'also '}{found}, which twipc never writes"
    if found is None or said is NOTHING:
        return f"{wanted} is missing, which twipc always writes"
    return f"twipc always writes {wanted}, here is {found}"


def _apart(field: str, meant: object, said: object) -> tuple[str | None, str | None]:
    """Both in words, reduced to what differs; None for the one of which nothing is left."""
    if meant is NOTHING or said is NOTHING:
        return words(field, meant), words(field, said)
    reordered = _reordered(meant, said)
    pair = [_covered(_readable(field, value)) for value in (meant, said)]
    told = [None if part is NOTHING else _words(part) for part in _pared(pair[0], pair[1], in_line=field == BASELINE)]
    if told[0] == told[1]:  # "80" is not 80
        told = [_exact(_covered(meant)), _exact(_covered(said))]
    start = _first_difference(told[0] or "", told[1] or "")
    first, second = (None if text is None else _shortened(text, start) + reordered for text in told)
    return first, second


def _covered(value: object, name: str = "") -> object:
    """The same without what looks like a secret: what is told ends up in logs."""
    match value:
        case ("a", "secret") | ("secret", ""):
            return value
        case ("value", str(text)):
            return ("value", _covered(text, name))
        case str():
            return _Covered(value) if looks_secret(("env", name), value) else value
        case dict():
            return {key: _covered(said, str(key)) for key, said in value.items()}
        case tuple() | list():
            before = ("", *(one if isinstance(one, str) else "" for one in value))
            rows = [
                _Covered(one) if isinstance(one, str) and looks_secret(("command", at), one, word) else _covered(one, name)
                for at, (one, word) in enumerate(zip(value, before, strict=False))
            ]
            return type(value)(rows)
    return value


def _reordered(meant: object, said: object) -> str:
    if not (isinstance(meant, tuple | list) and isinstance(said, tuple | list)) or len(meant) < 2:
        return ""
    return " in this order" if sorted(map(repr, meant)) == sorted(map(repr, said)) else ""


def _readable(field: str, value: object) -> object:
    """A fact's value with what its tuples stand for in words."""
    match field, value:
        case "service.publish", (host, str(address)):
            port = "any free port" if host == 0 else _words(host)
            return f"{address}:{port}" if address else port
        case "service.env", dict():
            return {name: _variable(said) for name, said in value.items()}
        case "service.networks", dict():
            return {name: aliases or ("by", "its", "name", "alone") for name, aliases in value.items()}
        case "backend.members", tuple():
            return tuple(f"{one[0]}:{one[1]}" if isinstance(one, tuple) and len(one) == 2 else one for one in value)
        case "http.routes", tuple():
            return tuple(_route(route) for route in value)
    return value


def _variable(said: object) -> object:
    match said:
        case ("value", text):
            return text
        case ("secret", ""):
            return ("a", "secret")
    return said


def _route(route: object) -> object:
    match route:
        case (kind, path, ("redirect", tuple(target)), *others):
            return _route((kind, path, ("redirect", _words(target)), *others))
        case (kind, path, (what, name)):
            return (kind, path, "to", what, name)
        case (kind, path, (what, name), (tuple(hosts), tuple(methods))):
            asked = (*(("at", *hosts) if hosts else ()), *(("by", *methods) if methods else ()))
            return (kind, path, *asked, "to", what, name)
    return route


def traces(key: FactKey, meant: object, said: object) -> tuple[list[str], list[str]]:
    """Texts by which the lines of a difference are known: those that should stand there, and those that do."""
    parts = _pared(_readable(key.field, meant), _readable(key.field, said), in_line=False)
    place = key.owner[-1] if key.field == BASELINE and key.owner else key.field
    name = re.split(r"[. /]", place)[-1]
    wanted, found = ([name, *_leaves(part)] for part in parts)
    return wanted, found


def _leaves(value: object) -> list[str]:
    match value:
        case dict():
            return [text for key, said in value.items() for text in (str(key), *_leaves(said))]
        case tuple() if value and all(isinstance(one, str) for one in value):
            return [" ".join(value)]
        case tuple() | list() | frozenset():
            return [text for one in value for text in _leaves(one)]
    return [] if value in (NOTHING, None, "") else [_words(value)]


def _pared(meant: object, said: object, *, in_line: bool) -> tuple[object, object]:
    """The parts of both that differ; a word of a line of configuration with the one before it, which names it."""
    if isinstance(meant, dict) and isinstance(said, dict):
        keys = sorted({*meant, *said}, key=str)
        wanted: dict[object, object] = {}
        found: dict[object, object] = {}
        for key in keys:
            if repr(meant.get(key, NOTHING)) == repr(said.get(key, NOTHING)):
                continue
            both = key in meant and key in said
            parts = (
                _pared(meant[key], said[key], in_line=in_line) if both else (meant.get(key, NOTHING), said.get(key, NOTHING))
            )
            wanted |= {} if parts[0] is NOTHING else {key: parts[0]}
            found |= {} if parts[1] is NOTHING else {key: parts[1]}
        return wanted or NOTHING, found or NOTHING
    if isinstance(meant, tuple | list) and isinstance(said, tuple | list):
        return _pared_rows(meant, said, in_line=in_line)
    return meant, said


def _pared_rows(meant: Sequence[object], said: Sequence[object], *, in_line: bool) -> tuple[object, object]:
    if _reordered(meant, said):
        first = next(index for index, pair in enumerate(zip(meant, said, strict=True)) if pair[0] != pair[1])
        return meant[first:], said[first:]
    lacking: list[object] = []
    added: list[object] = []
    rows = SequenceMatcher(None, [repr(row) for row in meant], [repr(row) for row in said], autojunk=False)
    for tag, first, last, start, end in rows.get_opcodes():
        if tag != "equal":
            if in_line and tag == "replace" and first == start and _is_name(meant, first - 1):
                first, start = first - 1, start - 1
            lacking += meant[first:last]
            added += said[start:end]
    if len(lacking) == len(added) == 1 and isinstance(lacking[0], dict):
        return _pared(lacking[0], added[0], in_line=in_line)
    kind = tuple if isinstance(meant, tuple) else list
    return kind(lacking) if lacking else NOTHING, kind(added) if added else NOTHING


def _is_name(line: Sequence[object], at: int) -> bool:
    """Whether a word of a flat line may be the name of what follows it."""
    return at >= 0 and all(isinstance(word, str) and not re.search(r"\s", word) for word in (line[at], line[at + 1]))


def _words(value: object) -> str:
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
    return f"{{{_words(value)}}}" if isinstance(value, dict) else _words(value)


def _joined(between: str, parts: Iterable[str]) -> str:
    return between.join(parts) or "an empty one"


def _exact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=repr)


def _first_difference(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return next((index for index, (mine, theirs) in enumerate(pairs) if mine != theirs), min(len(one), len(other)))


def _shortened(text: str, shown: int) -> str:
    """One line that holds the character at `shown`."""
    if len(text) > _LONGEST:
        start = max(0, min(shown - _BEFORE, len(text) - _LONGEST))
        cut = text[start : start + _LONGEST]
        text = f"{'…' if start else ''}{cut}{'…' if start + _LONGEST < len(text) else ''}"
    return text.replace("\r", "\\r").replace("\n", "\\n")
