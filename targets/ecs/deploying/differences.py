"""What two resources say otherwise, in the words of the template, with the place in the spec that it comes from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from twipc.diagnostics import Path
from twipc.target import Artifact
from twipc.target.deploying import Cause

from .fates import Fate
from .parts import is_function

Place = tuple[str | int, ...]
_NAMES = ("Name", "Key", "Sid", "PolicyName", "SourceVolume", "ContainerPath", "RegistryArn", "TargetGroupArn")
"""By which items of a list are known again."""
_VALUES = {"Environment": "Value", "Secrets": "ValueFrom"}
"""Variables are told by name: what is in them is nobody's business but the program's."""
_LONGEST = 60
_ABSENT = object()


def origins(artifact: Artifact) -> Mapping[Place, Path]:
    """Where in the spec each place of a document comes from, by the lines that `jsontext` writes: one member each."""
    found: dict[Place, Path] = {}
    open_now: list[tuple[Place, int]] = []
    for line, origin in zip(artifact.text.splitlines(), artifact.origins, strict=True):
        said = line.strip().rstrip(",")
        if said in ("}", "]"):
            open_now.pop()
            continue
        place: Place = ()
        if open_now:
            around, index = open_now[-1]
            key, rest = _member(said)
            place = (*around, key if key is not None else index)
            open_now[-1] = (around, index + 1)
            said = rest
        found[place] = origin
        if said in ("{", "["):
            open_now.append((place, 0))
    return found


def _member(line: str) -> tuple[str | None, str]:
    """The key of a line, if it has one, and what stands behind it."""
    if not line.startswith('"'):
        return None, line
    key, end = json.JSONDecoder().raw_decode(line)
    return (key, line[end + 2 :]) if line[end : end + 2] == ": " else (None, line)


def causes(fate: Fate, places: Mapping[Place, Path]) -> tuple[Cause, ...]:
    """Of each property that is another, the innermost places that are."""
    assert fate.before
    assert fate.after
    found: list[Cause] = []
    for name in sorted(fate.changed):
        one, other = (_said(part, name) for part in (fate.before, fate.after))
        here: Place = ("Resources", fate.after.id, *(("Properties",) if name in fate.after.properties else ()), name)
        inner = list(_inner(one, other, here))
        for place, words, before, after in inner:
            found.append(Cause(" ".join([name, *words]), _nearest(place, places), *_both(before, after, words)))
        if not inner:
            drawn = fate.drawn.get(name, ())
            found += [Cause(f"{name} refers to {id_}, which", ()) for id_ in drawn]
    return tuple(found)


def _said(part: Any, name: str) -> object:
    if name == "Type":
        return part.kind
    return part.properties.get(name, part.attributes.get(name, _ABSENT))


def _inner(one: object, other: object, place: Place) -> Iterator[tuple[Place, tuple[str, ...], object, object]]:
    """(place, words for it, before, after) of what differs."""
    if one == other:
        return
    if isinstance(one, dict) and isinstance(other, dict) and not is_function(one) and not is_function(other):
        for key in sorted(one.keys() | other.keys()):
            yield from _within(key, key, one.get(key, _ABSENT), other.get(key, _ABSENT), place)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other) == 1:
        yield from _within("", 0, one[0], other[0], place)
    elif isinstance(one, list) and isinstance(other, list) and (name := _named(one, other)):
        mine, theirs = ({item[name]: (index, item) for index, item in enumerate(items)} for items in (one, other))
        for key in sorted(mine.keys() | theirs.keys()):
            index = theirs.get(key, (len(other), None))[0]
            yield from _within(key, index, mine.get(key, (0, _ABSENT))[1], theirs.get(key, (0, _ABSENT))[1], place)
        if not any(mine.get(key, (0, 1))[1] != theirs.get(key, (0, 2))[1] for key in mine.keys() | theirs.keys()):
            yield place, ("in another order",), _ABSENT, _ABSENT
    else:
        yield place, (), one, other


def _within(
    word: str, key: str | int, one: object, other: object, place: Place
) -> Iterator[tuple[Place, tuple[str, ...], object, object]]:
    for inner, words, before, after in _inner(one, other, (*place, key)):
        yield inner, ((_short(word), *words) if word else words), before, after


def _named(one: list[Any], other: list[Any]) -> str:
    """The member by which the items of both lists are told apart; empty where there is none."""
    items = [*one, *other]
    for name in _NAMES if items else ():
        if all(isinstance(item, dict) and isinstance(item.get(name), str) for item in items) and all(
            len({item[name] for item in some}) == len(some) for some in (one, other)
        ):
            return name
    return ""


def _both(before: object, after: object, words: tuple[str, ...]) -> tuple[str | None, str | None]:
    if any(name in words and words[-1] == value for name, value in _VALUES.items()):
        return None, None
    one, other = _told(before), _told(after)
    if other is None and after is _ABSENT and before is not _ABSENT:
        return one, "gone"
    return one, "new" if other is None and before is _ABSENT and after is not _ABSENT else other


def _told(value: object) -> str | None:
    if isinstance(value, str | int | float):
        text = value if isinstance(value, str) else json.dumps(value)
    elif is_function(value):
        (said,) = value.values()
        text = ".".join(map(str, said)) if isinstance(said, list) else str(said)
    elif isinstance(value, list) and all(isinstance(item, str) for item in value):
        text = ", ".join(value) or "nothing"
    else:
        return None
    return _short(text)


def _short(text: str) -> str:
    """Without its middle, where it is long: a name's end is what differs most often."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]}…{text[1 - _LONGEST // 2 :]}"


def _nearest(place: Place, places: Mapping[Place, Path]) -> Path:
    """Where the innermost place that is written comes from."""
    while place and place not in places:
        place = place[:-1]
    return places.get(place, ())
