"""Where the language takes strings that no pattern narrows: by its JSON Schema, which says all that a file may hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from twipc.schema import Schema

NARROWED = frozenset({"pattern", "enum", "const", "format"})
KEY = "<key>"


def free_strings(schema: Schema) -> list[str]:
    """Each place by its path: `*` for any key of a mapping, `#` for any item of a list, `<key>` for a free key itself."""
    return sorted(set(_free(schema, "", schema["$defs"])))


def _free(node: Schema, path: str, definitions: Schema) -> Iterator[str]:
    if "$ref" in node:
        yield from _free(definitions[node["$ref"].removeprefix("#/$defs/")], path, definitions)
    for kind in ("anyOf", "oneOf", "allOf"):
        for one in node.get(kind, ()):
            yield from _free(one, path, definitions)
    kinds = node.get("type", ())
    if "string" in ([kinds] if isinstance(kinds, str) else kinds) and not NARROWED & node.keys():
        yield path
    for key, value in node.get("properties", {}).items():
        yield from _free(value, f"{path}.{key}".lstrip("."), definitions)
    yield from _free_in_mapping(node, path, definitions)
    if isinstance(node.get("items"), dict):
        yield from _free(node["items"], f"{path}.#", definitions)


def _free_in_mapping(node: Schema, path: str, definitions: Schema) -> Iterator[str]:
    values: list[Any] = list(node.get("patternProperties", {}).values())
    if isinstance(node.get("additionalProperties"), dict):
        values.append(node["additionalProperties"])
        yield from _free({"type": "string", **node.get("propertyNames", {})}, f"{path}.{KEY}", definitions)
    for value in values:
        yield from _free(value, f"{path}.*".lstrip("."), definitions)


_TIME = "a time: a number and its unit, which is all that is kept of it"
_SIZE = "a size: a number and its unit, which is all that is kept of it"
_PROJECT = "a file or folder of the project, read by twipc: no artifact says where it was"
_ADDRESS = "the name of a service and of its port"
NOT_TRIED: Mapping[str, str] = {
    "accept.#.at": "a place in the spec itself",
    "accept.#.because": "words for readers of the spec: no artifact has them",
    "accept.#.target": "a target's name",
    "accept.#.target.#": "a target's name",
    "extends": _PROJECT,
    "services.*.build": _PROJECT,
    "services.*.build.context": _PROJECT,
    "services.*.build.dockerfile": _PROJECT,
    "services.*.configs.*": _PROJECT,
    "services.*.http.error_pages.#.page": _PROJECT,
    "services.*.env.*.address": _ADDRESS,
    "services.*.http.backends.*.members.#": _ADDRESS,
    "services.*.from": "a service's name",
    "services.*.health.interval": _TIME,
    "services.*.health.start_period": _TIME,
    "services.*.health.timeout": _TIME,
    "services.*.http.backends.*.websockets": _TIME,
    "services.*.http.backends.*.hold": _TIME,
    "services.*.http.rate_limit.per": _TIME,
    "services.*.http.timeouts.connect": _TIME,
    "services.*.http.timeouts.idle": _TIME,
    "services.*.http.timeouts.request": _TIME,
    "services.*.http.timeouts.response": _TIME,
    "services.*.ready.interval": _TIME,
    "services.*.ready.timeout": _TIME,
    "services.*.rollout.delay": _TIME,
    "services.*.rollout.monitor": _TIME,
    "services.*.stop_grace": _TIME,
    "services.*.http.max_body": _SIZE,
    "services.*.resources.memory": _SIZE,
    "services.*.shm_size": _SIZE,
    "services.*.tmpfs.#.size": _SIZE,
    "services.*.user": "one number or two",
    "targets.ecs.volume_owners.*": "one number or two",
    "targets.ecs.network.cidr": "a range of addresses: five numbers",
}
"""Places of free strings that the run has no place for, each with the reason: reviewed here and nowhere else."""
