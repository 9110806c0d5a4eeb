"""Documents: plain data in which a part can say where in the spec it came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Union

from msgspec import Struct

from twipc.diagnostics import Path


class At(Struct, gc=False):
    """A value that came from `origin`; its lines in the text say so."""

    origin: Path
    value: Value


# Only dicts, lists and tuples are written: what is asked of every value is asked fast, and no union is made for it.
CONTAINERS = (dict, list, tuple)
Value = Union[None, bool, int, float, str, Mapping[str, "Value"], Sequence["Value"], At]  # noqa: UP007 - it names itself


class Lines:
    """Lines of text, each with its origin."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.texts: list[str] = []
        self.origins: list[Path] = []

    def add(self, text: str, origin: Path) -> None:
        self.texts.append(text)
        self.origins.append(origin)

    def fold(self) -> None:
        """Make one text of the last lines: a line by itself takes twice what is in it."""
        self.parts.append("\n".join(self.texts))
        self.texts.clear()

    def finish(self) -> tuple[str, tuple[Path, ...]]:
        return "\n".join([*self.parts, *self.texts, ""]), tuple(self.origins)


def unwrap(value: Value, origin: Path) -> tuple[Value, Path]:
    """The value itself and the nearest origin."""
    while type(value) is At:
        origin, value = value.origin, value.value
    return value, origin


def without_nothing(document: Mapping[str, Value]) -> dict[str, Value]:
    """The same mapping without keys that hold None or nothing at all."""
    found: dict[str, Value] = {}
    for key, value in document.items():
        inner = value
        while type(inner) is At:
            inner = inner.value
        if inner or not (inner is None or isinstance(inner, CONTAINERS)):
            found[key] = value
    return found
