"""The document of a compose file, read by a YAML 1.2 parser of its own and Docker's rules for `$`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml12

from twipc.target import BASELINE, FactKey, Unreadable

from ..strict import apart


def load(texts: Mapping[str, str], path: str) -> tuple[dict[str, Any], dict[FactKey, object]]:
    """The document at `path` with every value as Docker takes it, and a fact for each comment beside a value."""
    if path not in texts:
        raise Unreadable(path, "the file is not there")
    parts, beside = apart(texts[path], path)
    try:
        document = _together(parts)
    except ValueError:
        document = _parsed(texts[path], path)
    if not isinstance(document, dict):
        raise Unreadable(path, "the file does not hold a mapping")
    facts: dict[FactKey, object] = {
        FactKey(BASELINE, ("file", f"comment at the end of line {line}")): comment for line, comment in beside.items()
    }
    return _interpolated(document, path), facts


def _together(parts: Iterator[str]) -> Any:
    """What the parts of a document say; raises ValueError for what is no YAML."""
    document: Any = yaml12.parse_yaml(next(parts))
    for part in parts:
        more: Any = yaml12.parse_yaml(part)
        for key, value in more.items():
            if key in document:
                document[key].update(value)
            else:
                document[key] = value
    return document


def _parsed(text: str, path: str) -> Any:
    """What a whole text says, or where in it is what is no YAML."""
    try:
        return yaml12.parse_yaml(text)
    except ValueError as problem:
        raise Unreadable(path, str(problem).splitlines()[0]) from None


def _interpolated(value: Any, path: str) -> Any:
    """The same, changed where it stands: of a large file there are no two."""
    if isinstance(value, dict):
        if any(type(key) is not str for key in value):
            value = {str(key): child for key, child in value.items()}
        for key, child in value.items():
            if "$" in child if isinstance(child, str) else isinstance(child, (dict, list)):
                value[key] = _interpolated(child, path)
    elif isinstance(value, list):
        value[:] = [_interpolated(child, path) for child in value]
    elif isinstance(value, str) and "$" in value:
        if "$" in value.replace("$$", ""):
            raise Unreadable(path, f"`{value}` would be interpolated from the deployer's environment")
        return value.replace("$$", "$")
    return value


def table(value: object, path: str, place: str) -> dict[str, Any]:
    """A mapping, to be taken apart; what is left out is empty."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Unreadable(path, f"`{place}` is not a mapping")
    return dict(value)


def each(value: object, path: str, place: str) -> Iterator[tuple[str, Any]]:
    """What stands in a mapping, by name; each is let go when the next is asked for."""
    rest = table(value, path, place)
    del value
    for name in list(rest):
        yield name, rest.pop(name)


def rows(value: object, path: str, place: str) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise Unreadable(path, f"`{place}` is not a list")
    return list(value)


def left(place: str, what: Mapping[str, Any], facts: dict[FactKey, object]) -> None:
    """What nobody took of something that belongs to no service."""
    for key, value in what.items():
        facts[FactKey(BASELINE, (place, key))] = there(value)


def there(value: object) -> object:
    """What nobody took; also of what is empty Docker may make something, or refuse it."""
    return "empty" if value in (None, {}, []) else value
