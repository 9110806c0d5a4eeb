"""Every place of the language in words: what it is for, what may stand there, and what holds where nothing does."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import MaxLen, MinLen
from msgspec import Struct
from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from .environment import Environment
from .noun import Noun
from .shape import UNBOUND
from .values import Form, Kind, Whole

ANY = "*"
"""The step of any key of a mapping, or any item of a list."""


class Place(Struct, frozen=True):
    """A place that a spec can say something at."""

    steps: tuple[str, ...]
    about: str
    takes: str
    briefly: str
    """The same without the rules of what is long to tell."""
    notes: tuple[str, ...] = ()
    """What else holds: whether something must stand here, and what does where nothing is written."""
    noun: type[Noun] | None = None
    """Whose fields what stands here has, or each of many things here."""
    key: Any = None
    """The type of a key that is the last step."""

    @property
    def dotted(self) -> str:
        return ".".join(self.steps)


def places(noun: type[Noun] = Environment, before: tuple[str, ...] = ()) -> Iterator[Place]:
    """Those of a noun's fields, each before what is inside it."""
    for name, about in UNBOUND.get(noun, {}).items():
        yield Place((*before, name), about, words(str), words(str), ("may be left out",))
    for name, info in noun.model_fields.items():
        steps = (*before, info.alias or name)
        annotation = Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
        about, notes, key = info.description or "", tuple(_notes(noun, name, info)), None
        while True:
            inner = _noun_in(annotation)
            yield Place(steps, about, words(annotation), words(annotation, _BRIEF), notes, inner, key)
            step = _one_in(annotation)
            if step is None:
                break
            key, annotation = step
            steps, notes = (*steps, ANY), ()
            about = _summary(inner) if inner and _is_noun(annotation) else about
        if inner:
            yield from places(inner, steps)


def takes_dots(key: Any) -> bool:
    """Whether a key of this type may have dots in it: only then can what is between dots be a part of one."""
    adapter = TypeAdapter(key)
    for text in ("a.b", "/a.b"):
        try:
            adapter.validate_python(text)
        except ValidationError:
            continue
        return True
    return False


_BRIEF = 60


def words(annotation: Any, longest: int = 1000) -> str:
    """What a value of a type is; of its rules only what is no longer than so many characters."""
    inner, marks = _bare(annotation)
    for mark in marks:
        if isinstance(mark, Form | Kind | Whole):
            return f"{mark.what} ({mark.help})" if 0 < len(mark.help) <= longest else mark.what
    origin, given = get_origin(inner), get_args(inner)
    few = "".join(f", {mark}" for mark in map(_count, marks) if mark)
    if origin is Literal:
        said = [str(one) for one in given]
        return said[0] if len(said) == 1 else f"one of: {', '.join(said)}"
    if origin in (Union, UnionType):
        return " or ".join(words(one, longest) for one in given if one is not NoneType)
    if origin is tuple:
        return f"a list{few}; each {words(given[0], longest)}"
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return f"a mapping{few}; each key {words(given[0], longest)}, each value {words(given[1], longest)}"
    if _is_noun(inner):
        return "a mapping" + (f", or its `{inner.SHORT}` alone" if inner.SHORT else "")
    return {bool: "true or false", int: "a whole number", str: "a text"}.get(inner, "a value") + few


def _count(mark: Any) -> str:
    if isinstance(mark, MinLen):
        return f"of at least {mark.min_length}"
    return f"of at most {mark.max_length}" if isinstance(mark, MaxLen) else ""


def _notes(noun: type[Noun], name: str, info: FieldInfo) -> Iterator[str]:
    others = [f"`{other}`" for other in noun.ONE_OF if other != name] if name in noun.ONE_OF else []
    if others:
        yield f"instead of {' or '.join(others)}"
    elif info.is_required():
        yield "must be written"
    if name in noun.ONE_OR_MORE:
        yield "one alone may stand without brackets"
    default = "" if info.is_required() else said(info.default)
    if default:
        yield f"default: {default}"


def said(value: Any) -> str:
    """A default as a spec would say it; nothing for what is empty, or left open."""
    if isinstance(value, Noun):
        value = value.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_unset=True)
    if value is None or value in ((), {}):
        return ""
    return json.dumps(value) if isinstance(value, bool | dict) else str(value)


def _bare(annotation: Any) -> tuple[Any, tuple[Any, ...]]:
    """A type, and what is said of it."""
    marks: tuple[Any, ...] = ()
    while get_origin(annotation) is Annotated:
        annotation, *said_of_it = get_args(annotation)
        marks = (*said_of_it, *marks)
    if get_origin(annotation) in (Union, UnionType):
        some = [one for one in get_args(annotation) if one is not NoneType]
        if len(some) == 1:
            inner, more = _bare(some[0])
            return inner, (*marks, *more)
    return annotation, marks


def _is_noun(annotation: Any) -> bool:
    inner = _bare(annotation)[0]
    return isinstance(inner, type) and issubclass(inner, Noun)


def _one_in(annotation: Any) -> tuple[Any, Any] | None:
    """The types of the key and the value of a mapping, or of an item of a list."""
    inner, _ = _bare(annotation)
    origin, given = get_origin(inner), get_args(inner)
    if origin is tuple:
        return None, given[0]
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return given[0], given[1]
    return None


def _noun_in(annotation: Any) -> type[Noun] | None:
    while step := _one_in(annotation):
        annotation = step[1]
    inner = _bare(annotation)[0]
    return inner if _is_noun(inner) else None


def _summary(noun: type[Noun]) -> str:
    return (noun.__doc__ or "").strip()
