"""The JSON Schemas of specs: of an environment, and of a fragment that others extend.

Editors complete and check one file at a time, and any field may come from a file that it extends: so nothing is required
but what makes an environment one, and null, which removes what is extended, stands everywhere. twipc itself judges the whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from twipc.registry import target, target_names
from twipc.spec import Cpu, Duration, Environment, Noun, Service, Size
from twipc.spec.shape import UNBOUND

Schema = dict[str, Any]
_NULL: Schema = {"type": "null"}
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_BEGUN: dict[str, Schema] = {
    "Health": {"label": "asked by http", "body": {"http": "${1:/live}"}},
    "Ready": {"label": "asked by http", "body": {"http": "${1:/ready}"}},
    "Http": {
        "label": "a server before one backend",
        "body": {
            "engine": {"name": "${1|nginx,haproxy|}", "version": "'${2:1.30}'"},
            "listen": "${3:8080}",
            "backends": {"${4:app}": {"members": ["${5:web.http}"]}},
            "routes": [{"match": {"prefix": "${6:/}"}, "backend": "${4:app}"}],
            "default": {"status": "${7:404}"},
        },
    },
}
"""What an editor offers for a noun of which nothing is there yet."""


class _Nouns(GenerateJsonSchema):
    """Defaults are printed as a spec would say them."""

    def encode_default(self, dft: Any) -> Any:
        if isinstance(dft, Duration | Size | Cpu):
            return str(dft)
        return dft.model_dump(mode="json", exclude_none=True) if isinstance(dft, Noun) else super().encode_default(dft)


def environment_schema() -> Schema:
    """What a file with an environment may say, the options of every target among it."""
    return {**fragment_schema(), "required": ["twipc", "environment"]}


def fragment_schema() -> Schema:
    """What a file may say that others extend."""
    schema = Environment.model_json_schema(schema_generator=_Nouns)
    for noun, properties in ((Environment, schema["properties"]), (Service, schema["$defs"]["Service"]["properties"])):
        properties.update({name: {"type": "string", "description": about} for name, about in UNBOUND[noun].items()})
    schema["properties"]["targets"] = _targets(schema["$defs"])
    _describe(schema, schema["$defs"])
    for part in _parts(schema):
        _reduce(part)
        _relax(part)
        _show(part)
    for name, definition in schema["$defs"].items():
        _take_null(definition)
        if name in _BEGUN:
            definition["defaultSnippets"] = [_BEGUN[name]]
    # An editor begins a noun with the defaults of its fields; what a server is begun with is more than that.
    for field in schema["$defs"]["Http"]["properties"].values():
        field.pop("default", None)
    return {"$schema": _DIALECT, **schema}


def text(schema: Schema) -> str:
    return json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _targets(definitions: Schema) -> Schema:
    """Each target's own options; a list of names is the short form where there are none."""
    options: Schema = {}
    for name in target_names():
        found = target(name)
        own = found.options.model_json_schema(schema_generator=_Nouns, ref_template=f"#/$defs/{name}.{{model}}")
        definitions.update({f"{name}.{key}": value for key, value in own.pop("$defs", {}).items()})
        options[name] = {**own, "description": found.summary}
    names = {"enum": list(options), "markdownEnumDescriptions": [option["description"] for option in options.values()]}
    long = {"type": "object", "properties": options, "additionalProperties": False}
    short = {"type": "array", "items": names, "minItems": 1, "uniqueItems": True}
    return {"anyOf": [long, short], "description": "What is generated, with each target's own options."}


def _parts(node: Any) -> Iterator[Schema]:
    """Every schema within one, and itself, the innermost first."""
    if isinstance(node, list):
        for value in node:
            yield from _parts(value)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key in ("properties", "patternProperties", "$defs"):
                yield from _parts(list(value.values()))
            elif key not in ("default", "examples", "enum", "const"):
                yield from _parts(value)
        yield node


def _describe(schema: Schema, definitions: Schema) -> None:
    """Editors show what stands at a field itself: Pydantic leaves out what its noun says in the same words."""
    for part in _parts(schema):
        for field in part.get("properties", {}).values():
            if "description" not in field and "$ref" in field:
                field["description"] = definitions[field["$ref"].removeprefix("#/$defs/")]["description"]


def _reduce(part: Schema) -> None:
    """Titles repeat the names of fields; defaults that are nothing or have parts would be filled in wrongly."""
    part.pop("title", None)
    if "default" in part and (part["default"] is None or isinstance(part["default"], dict | list)):
        del part["default"]
    options = part.get("anyOf", [])
    if _NULL in options:
        part["anyOf"] = options = [option for option in options if option != _NULL]
    if len(options) == 1:
        del part["anyOf"]
        part.update({**options[0], **part})
    # Of forms that fail alike an editor tells what is wrong with the first: a misspelled key is told as one.
    options.sort(key=lambda option: option.get("type") != "object")


def _relax(part: Schema) -> None:
    """Nothing is required, and null may stand for every key's value."""
    part.pop("required", None)
    part.pop("minProperties", None)
    for kind in ("properties", "patternProperties"):
        for value in part.get(kind, {}).values():
            _take_null(value)
    if isinstance(part.get("additionalProperties"), dict):
        _take_null(part["additionalProperties"])
    elif "patternProperties" in part:
        part["additionalProperties"] = False
    if "$ref" in part.get("items", {}):
        part["items"]["not"] = _NULL


def _take_null(part: Schema) -> None:
    """What a field refers to says it there."""
    if "anyOf" in part:
        part["anyOf"] = [*part["anyOf"], _NULL]
    elif "enum" in part or "const" in part:
        said = {key: part.pop(key) for key in [*part] if key not in ("description", "default")}
        part["anyOf"] = [said, _NULL]
    elif isinstance(part.get("type"), str):
        part["type"] = [part["type"], "null"]


def _show(part: Schema) -> None:
    """Editors show code as such only where they are told that a text is Markdown, and no defaults of their own."""
    default = part.get("default")
    ends = "" if default is None else f"\n\nDefault: `{_said(default)}`"
    # What a field says itself comes before what its noun says.
    if "description" in part and (ends or "`" in part["description"] or "$ref" in part):
        part["markdownDescription"] = part["description"] + ends


def _said(value: object) -> str:
    """As a spec says it."""
    return value if isinstance(value, str) else json.dumps(value)
