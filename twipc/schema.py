"""The JSON Schemas of specs: of an environment, and of a fragment that others extend.

Editors complete and check one file at a time, and any field may come from a file that it extends: so nothing is required
but what makes an environment one, and null, which removes what is extended, stands everywhere. twipc itself judges the whole.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from twipc.registry import target, target_names
from twipc.spec import Cpu, Duration, Environment, Noun, Size

Schema = dict[str, Any]
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_EXTENDS = {"type": "string", "description": "A file beside this one that this one is laid over."}
_FROM = {"type": "string", "description": "A service of an extended file, taken under this name."}


class _Nouns(GenerateJsonSchema):
    """Defaults are printed as a spec would say them."""

    def encode_default(self, dft: Any) -> Any:
        if isinstance(dft, Duration | Size | Cpu):
            return str(dft)
        return dft.model_dump(mode="json", exclude_none=True) if isinstance(dft, Noun) else super().encode_default(dft)


def environment_schema() -> Schema:
    """What a file with an environment may say, the options of every target among it."""
    return {**fragment_schema(), "title": "A twipc environment", "required": ["twipc", "environment"]}


def fragment_schema() -> Schema:
    """What a file may say that others extend."""
    schema = Environment.model_json_schema(schema_generator=_Nouns)
    _untitle(schema)
    schema["properties"]["extends"] = _EXTENDS
    schema["properties"]["targets"] = _targets(schema["$defs"])
    schema["$defs"]["Service"]["properties"]["from"] = _FROM
    _describe(schema, schema["$defs"])
    _relax(schema)
    return {"$schema": _DIALECT, **schema, "title": "A fragment of a twipc environment"}


def text(schema: Schema) -> str:
    return json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _targets(definitions: Schema) -> Schema:
    """Each target's own options; a list of names is the short form where there are none."""
    options: Schema = {}
    for name in target_names():
        found = target(name)
        own = found.options.model_json_schema(schema_generator=_Nouns, ref_template=f"#/$defs/{name}.{{model}}")
        _untitle(own)
        definitions.update({f"{name}.{key}": value for key, value in own.pop("$defs", {}).items()})
        options[name] = {**own, "description": found.summary}
    long = {"type": "object", "properties": options, "additionalProperties": False, "minProperties": 1}
    short = {"type": "array", "items": {"enum": list(target_names())}, "minItems": 1, "uniqueItems": True}
    return {"anyOf": [long, short], "description": "What is generated, with each target's own options."}


def _untitle(node: Any) -> None:
    if isinstance(node, dict):
        if isinstance(node.get("title"), str):
            del node["title"]
        for value in node.values():
            _untitle(value)
    elif isinstance(node, list):
        for value in node:
            _untitle(value)


def _describe(node: Any, definitions: Schema) -> None:
    """Editors show what stands at a field itself: Pydantic leaves out what its noun says in the same words."""
    if isinstance(node, dict):
        properties = node.get("properties")
        for field in properties.values() if isinstance(properties, dict) else ():
            if "description" not in field and "$ref" in field:
                field["description"] = definitions[field["$ref"].removeprefix("#/$defs/")]["description"]
        for value in node.values():
            _describe(value, definitions)
    elif isinstance(node, list):
        for value in node:
            _describe(value, definitions)


def _relax(node: Any) -> None:
    """Nothing is required, and null may stand for every key's value."""
    if isinstance(node, list):
        for value in node:
            _relax(value)
    elif isinstance(node, dict):
        node.pop("required", None)
        node.pop("minProperties", None)
        for value in node.values():
            _relax(value)
        if isinstance(node.get("properties"), dict):
            node["properties"] = {key: _or_null(value) for key, value in node["properties"].items()}
        if isinstance(node.get("additionalProperties"), dict):
            node["additionalProperties"] = _or_null(node["additionalProperties"])


def _or_null(schema: Schema) -> Schema:
    options = schema.get("anyOf", [])
    if {"type": "null"} in options:
        return schema
    if options:
        return {**schema, "anyOf": [*options, {"type": "null"}]}
    described: Schema = {key: schema[key] for key in ("description", "default") if key in schema}
    return {"anyOf": [{key: value for key, value in schema.items() if key not in described}, {"type": "null"}], **described}
