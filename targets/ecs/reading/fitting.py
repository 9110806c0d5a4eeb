"""JSON that has a shape, as far as the shape goes: a member that it does not name is left to the reader, who notices it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from msgspec import Struct

from twipc.target import Unreadable


class MapOf(Struct, frozen=True):
    value: type


Shape = type | MapOf | list[Any] | dict[str, Any]
_WORDS = {str: "a string", int: "a whole number", bool: "true or false", dict: "an object"}


def load(texts: Mapping[str, str], path: str, shape: Shape) -> dict[str, Any]:
    """The document at `path`, known to have the shape as far as it goes."""
    if path not in texts:
        raise Unreadable(path, "the file is not there")
    try:
        document = json.loads(
            texts[path], object_pairs_hook=_no_key_twice, parse_float=_no_fraction, parse_constant=_no_fraction
        )
    except RecursionError:
        raise Unreadable(path, "it is nested too deeply") from None
    except ValueError as problem:
        raise Unreadable(path, str(problem)) from None
    return fitting(path, document, shape)


def fitting(path: str, document: object, shape: Shape, place: str = "") -> dict[str, Any]:
    """The same, known to have the shape as far as it goes; `place` is where in the file it stands."""
    if not _fits(document, shape):
        raise Unreadable(path, _misfit(document, shape, place))
    return cast("dict[str, Any]", document)


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"`{next(key for key in keys if keys.count(key) > 1)}` stands twice in one object")
    return found


def _no_fraction(text: str) -> object:
    raise ValueError(f"`{text}` is no whole number")


def _fits(value: Any, shape: Shape) -> bool:
    """Whether there is no misfit: that nearly always is so is found out without a word about places."""
    if isinstance(shape, type):
        return type(value) is shape
    if isinstance(shape, list):
        return isinstance(value, list) and all(_fits(item, shape[0]) for item in value)
    if not isinstance(value, dict):
        return False
    if isinstance(shape, MapOf):
        return all(_fits(child, shape.value) for child in value.values())
    for key, child in value.items():
        wanted = shape.get(key)
        if wanted is not None and (type(child) is not wanted if isinstance(wanted, type) else not _fits(child, wanted)):
            return False
    return True


def _misfit(value: Any, shape: Shape, place: str) -> str:
    """What is of another kind than the shape says, or nothing."""
    if isinstance(shape, type):
        return "" if type(value) is shape else f"{place}: {_WORDS[shape]} is wanted"
    if isinstance(shape, list):
        if not isinstance(value, list):
            return f"{place}: a list is wanted"
        return _first(_misfit(item, shape[0], f"{place}[{index}]") for index, item in enumerate(value))
    if not isinstance(value, dict):
        return f"{place or 'the file'}: an object is wanted"
    if isinstance(shape, MapOf):
        return _first(_misfit(child, shape.value, f"{place}.{key}") for key, child in value.items())
    return _first(
        _misfit(child, shape[key], f"{place}.{key}".removeprefix(".")) for key, child in value.items() if key in shape
    )


def _first(problems: Any) -> str:
    return next((problem for problem in problems if problem), "")
