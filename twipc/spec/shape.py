"""How the nouns fit together: the one walk that desugaring, overlaying, deriving and explaining share."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from msgspec import Struct

from twipc.diagnostics import Path

from .environment import Environment
from .noun import Noun
from .service import Service

UNBOUND: Mapping[type[Noun], Mapping[str, str]] = {
    Environment: {"extends": "A file beside this one that this one is laid over."},
    Service: {"from": "A service of an extended file, taken under this name."},
}
"""Fields of files that no noun has: they are gone when the files have been put together."""


class Leaf(Struct, frozen=True):
    """A value without inner structure."""


class OfNoun(Struct, frozen=True):
    noun: type[Noun]


class MapOf(Struct, frozen=True):
    value: Shape


class ListOf(Struct, frozen=True):
    item: Shape


Shape = Leaf | OfNoun | MapOf | ListOf
_LEAF = Leaf()


@cache
def fields(noun: type[Noun]) -> Mapping[str, Shape]:
    """The shape of each field of a noun, in the order of the noun."""
    return {info.alias or name: _shape(info.annotation) for name, info in noun.model_fields.items()}


@cache
def descriptions(noun: type[Noun]) -> Mapping[str, str]:
    """What each field of a noun promises."""
    return {info.alias or name: info.description or "" for name, info in noun.model_fields.items()}


def _shape(annotation: Any) -> Shape:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _shape(get_args(annotation)[0])
    if origin in (Union, UnionType):
        inner = [member for member in get_args(annotation) if member is not NoneType]
        return _shape(inner[0]) if len(inner) == 1 else Leaf()
    if origin is tuple:
        return ListOf(_shape(get_args(annotation)[0]))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return MapOf(_shape(get_args(annotation)[1]))
    if isinstance(annotation, type) and issubclass(annotation, Noun):
        return OfNoun(annotation)
    return Leaf()


def inside(shape: Shape, step: str | int) -> Shape:
    """The shape one step further in; a leaf where the language has nothing."""
    if isinstance(shape, OfNoun):
        return fields(shape.noun).get(str(step), _LEAF)
    if isinstance(shape, MapOf):
        return shape.value
    return shape.item if isinstance(shape, ListOf) else _LEAF


def shape_at(path: Path) -> Shape:
    """The shape of what stands at `path` in an environment."""
    shape: Shape = OfNoun(Environment)
    for step in path:
        shape = inside(shape, step)
    return shape
