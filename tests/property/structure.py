"""How an artifact is built, whatever its strings say: counted by parsers that do not share the writers' code."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import yaml

from tests.strategies import Spec
from twipc.formats.haproxy.sections import parse as haproxy_sections
from twipc.formats.nginx.tree import Block
from twipc.formats.nginx.tree import parse as nginx_tree

Structure = Counter[tuple[str, ...]]


def structure(path: str, text: str) -> Structure:
    """The parts of an artifact by where they stand, and how many there are."""
    name = path.rpartition("/")[2]
    if name.endswith(".yml"):
        return Counter(_of_data(yaml.load(text, yaml.BaseLoader), ()))  # noqa: S506 - it makes nothing but text
    if name.endswith(".json"):
        return Counter(_of_data(json.loads(text), ()))
    if name == "nginx.conf":
        return Counter(_of_nginx(nginx_tree(text)[0], ()))
    if name == "haproxy.cfg":
        return _of_haproxy(text)
    if name == "Dockerfile":
        return Counter((line.partition(" ")[0],) for line in text.splitlines())
    return Counter({("lines",): text.count("\n")})


def _of_data(value: Any, place: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Every key and item; keys that are names of the spec's own are as many, whatever they are."""
    if isinstance(value, dict):
        return [part for child in value.values() for part in ((*place, "key"), *_of_data(child, (*place, "key")))]
    if isinstance(value, list):
        return [part for child in value for part in ((*place, "item"), *_of_data(child, (*place, "item")))]
    return [(*place, "value")]


def _of_nginx(block: Block, place: tuple[str, ...]) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for one in block.directives:
        if one.name == "geo" and one.args == ("$dollar",):
            continue  # ours, there where any string has a `$`: nginx has no other way to say one
        # What stands first in a map's line is no directive, but what is looked up.
        name = "entry" if place[-1:] == ("map",) else one.name
        found.append((*place, name, str(len(one.args))))
        found += _of_nginx(one.block, (*place, one.name)) if one.block else []
    return found


def _of_haproxy(text: str) -> Structure:
    found: Structure = Counter()
    for section in haproxy_sections(text)[0]:
        found[section.kind,] += 1
        for line in section.lines:
            found[section.kind, line.words[0], str(len(line.words))] += 1
    return found


def plain(spec: Spec) -> Spec:
    """The spec with each free string as `x`; equal parts of paths stay equal, and different ones different."""
    changed: Spec = json.loads(json.dumps(spec))
    parts: dict[str, str] = {}

    def part(word: str) -> str:
        # Stars are no string, and an empty part is where a slash ends a path.
        return parts.setdefault(word, f"x{len(parts)}") if word else word

    def path(text: str) -> str:
        return "".join(one if re.fullmatch(r"[/*]+", one) else part(one) for one in re.split(r"(/|\*+)", text))

    for service in changed["services"].values():
        _plain_program(service, path)
        if "http" in service:
            _plain_server(service["http"], path)
    return changed


def _plain_program(service: dict[str, Any], path: Callable[[str], str]) -> None:
    for name, value in service.get("env", {}).items():
        if isinstance(value, str):
            service["env"][name] = "x"
    for words in (service.get("entrypoint"), service.get("command"), service.get("health", {}).get("command")):
        if words:
            words[:] = ["x"] * len(words)
    if "working_dir" in service:
        service["working_dir"] = path(service["working_dir"])
    if "labels" in service:
        service["labels"] = dict.fromkeys(service["labels"], "x")


def _plain_server(http: dict[str, Any], path: Callable[[str], str]) -> None:
    for headers in ("response_headers", "request_headers"):
        if headers in http:
            http[headers] = dict.fromkeys(http[headers], "x")
    for route in http["routes"]:
        for kind in ("prefix", "exact", "glob"):
            if kind in route["match"]:
                said = route["match"][kind]
                route["match"][kind] = [path(one) for one in ([said] if isinstance(said, str) else said)]
        if "files" in route:
            route["files"] = path(route["files"])


def structures(texts: Mapping[tuple[str, str], str]) -> dict[tuple[str, str], Structure]:
    return {(target, path): structure(path, text) for (target, path), text in texts.items()}


def differences(one: Mapping[tuple[str, str], Structure], other: Mapping[tuple[str, str], Structure]) -> list[str]:
    """What one has more than the other, by artifact."""
    found = [f"{'/'.join(name)}: only in one" for name in sorted(one.keys() ^ other.keys())]
    for name in sorted(one.keys() & other.keys()):
        more, less = one[name] - other[name], other[name] - one[name]
        if more or less:
            found.append(f"{'/'.join(name)}: more of {dict(more)}, less of {dict(less)}")
    return found
