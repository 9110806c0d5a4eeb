"""The API's documents in CloudFormation's words: the same members, with large letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from twipc.formats.document import At, Value, unwrap

Place = tuple[str | int, ...]
_WORDS = {
    "efsVolumeConfiguration": "EFSVolumeConfiguration",
    "fileSystemId": "FilesystemId",
    "iam": "IAM",
    "placementStrategy": "PlacementStrategies",
}
"""Members that have another name there than the API's with a large letter (CloudFormation's registry, AWS::ECS::*)."""
_FREE = frozenset({"dockerLabels", "options"})
"""What holds names of the user's own."""


def cased(value: Value, instead: Mapping[Place, Value], place: Place = ()) -> Value:
    """The document, and at each place of `instead` that in its stead."""
    if isinstance(value, At):
        return At(value.origin, cased(value.value, instead, place))
    if place in instead:
        return instead[place]
    if isinstance(value, Mapping):
        free = place[-1:] and place[-1] in _FREE
        return {key if free else _word(key): cased(child, instead, (*place, key)) for key, child in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [cased(child, instead, (*place, index)) for index, child in enumerate(value)]
    return value


def _word(member: str) -> str:
    return _WORDS.get(member, member[:1].upper() + member[1:])


def said(value: Value, place: Place) -> Any:
    """What stands at a place of a document, without its origins; nothing where there is no such place."""
    value = unwrap(value, ())[0]
    if place:
        there = isinstance(value, Mapping) and place[0] in value
        if isinstance(value, Mapping):
            return said(value[str(place[0])], place[1:]) if there else None
        return said(value[int(place[0])], place[1:]) if isinstance(value, Sequence) else None
    if isinstance(value, Mapping):
        return {key: said(child, ()) for key, child in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [said(child, ()) for child in value]
    return value
