"""A template as its parts: each resource with what it says, whom it refers to, and whether it outlives its end."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, TypeGuard

from msgspec import Struct

from twipc.regex import late_regex
from twipc.target.deploying import NoTemplate

from .replacing import NAMED_BY

_PUT_IN = late_regex(r"\$\{([A-Za-z0-9]+)(?:\.[A-Za-z0-9.]+)?\}")
_FUNCTIONS = ("Ref", "Fn::GetAtt", "Fn::Sub")
_MOST_DEEP = 100


class Part(Struct, frozen=True, dict=True):
    """One resource of a template."""

    id: str
    kind: str
    properties: Mapping[str, Any]
    attributes: Mapping[str, Any]
    """What is said of it besides, such as `DeletionPolicy`."""

    @cached_property
    def service(self) -> str:
        """Whose it is by its tags."""
        tags = self.properties.get("Tags")
        named = [tag for tag in tags if isinstance(tag, dict) and tag.get("Key") == "service"] if isinstance(tags, list) else []
        return str(named[0].get("Value", "")) if named else ""

    def outlives(self, policy: str) -> bool:
        """Whether it stays where it is deleted (`DeletionPolicy`) or replaced (`UpdateReplacePolicy`)."""
        return str(self.attributes.get(policy, "")).startswith("Retain")

    def under(self, *places: str) -> Any:
        """What stands at a place below its properties; nothing where there is none."""
        found: Any = self.properties
        for place in places:
            found = found.get(place) if isinstance(found, dict) else None
        return found


def parts(text: str | None) -> Mapping[str, Part]:
    """The resources of a template by their logical names; raises `NoTemplate` for any other text."""
    if text is None:
        return {}
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise NoTemplate("it is no JSON") from None
    resources = document.get("Resources") if isinstance(document, dict) else None
    if not isinstance(resources, dict):
        raise NoTemplate("it has no `Resources`, as a template of CloudFormation has")
    found = {}
    for id_, one in resources.items():
        if not isinstance(one, dict) or not isinstance(one.get("Type"), str):
            raise NoTemplate(f"its resource `{id_}` has no `Type`")
        properties = one.get("Properties", {})
        if not isinstance(properties, dict):
            raise NoTemplate(f"its resource `{id_}` has `Properties` that are no mapping")
        if _depth(properties) > _MOST_DEEP:
            raise NoTemplate(f"its resource `{id_}` is nested too deep")
        attributes = {key: value for key, value in one.items() if key not in ("Type", "Properties")}
        found[id_] = Part(id_, one["Type"], properties, attributes)
    return found


def _depth(value: object) -> int:
    """Level by level: it may be deeper than Python goes."""
    level, depth = [value], 0
    while level and depth <= _MOST_DEEP:
        level = [child for one in level for child in _children(one)]
        depth += 1
    return depth


def _children(value: object) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def referred(value: object) -> Iterator[str]:
    """The logical names that a value is made of."""
    if isinstance(value, dict):
        match value:
            case {"Ref": str(name)}:
                yield name
            case {"Fn::GetAtt": [str(name), *_]}:
                yield name
            case {"Fn::GetAtt": str(name)}:
                yield name.partition(".")[0]
            case {"Fn::Sub": str(text)} | {"Fn::Sub": [str(text), *_]}:
                yield from _PUT_IN.findall(text)
    for child in _children(value):
        yield from referred(child)


def plain(value: object, among: Mapping[str, Part]) -> object:
    """The value with the names in it that references come to, as far as the template itself says them."""
    if isinstance(value, list):
        return [plain(child, among) for child in value]
    if not isinstance(value, dict):
        return value
    match value:
        case {"Ref": str(name), **more} if not more and name in among:
            said = among[name].properties.get(NAMED_BY.get(among[name].kind, ""))
            return said if isinstance(said, str) else value
    return {key: plain(child, among) for key, child in value.items()}


def is_function(value: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict) and len(value) == 1 and next(iter(value)) in _FUNCTIONS
