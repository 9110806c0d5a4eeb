"""A value of another kind is noticed wherever it stands: Python finds `False` and 0 alike, and a tool refuses one of them."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.compiling import compiled_spec, compiled_text
from tests.conformance.test_compose import EVERYTHING
from tests.property.test_laws import noticed
from tests.strategies import CONFIGS, PAGES
from twipc.driver import Compiled

_KEY = r'(?:[A-Za-z_][A-Za-z0-9_.-]*|"(?:[^"\\]|\\.)*")'
_LINE = re.compile(
    rf'(?P<before> *(?:- )*(?:(?P<key>{_KEY}): ?)?)(?P<value>"(?:[^"\\]|\\.)*"|-?[0-9]+|true|false|\{{\}}|\[\])(?P<after>,?)'
)
_SAME = {
    ("published", "text", "number"),
    ("target", "number", "text"),
    ("cpus", "text", "number"),
    ("io.twipc.port", "text", "number"),
    ("", "text", "number"),  # a short form of a port
    ("front", "nothing", "null"),
    ("back", "nothing", "null"),
    ("edge", "nothing", "null"),
}
"""What Docker takes alike, by the key: a number and its digits, and a network of which nothing is said."""


def _kind(written: str) -> str:
    if written[0] == '"':
        return "text"
    return {"true": "truth", "false": "truth", "null": "null", "{}": "nothing", "[]": "nothing"}.get(written, "number")


def _others(written: str) -> Iterator[str]:
    """The same, or as good as the same, in other kinds."""
    yield from ("null", '""', "{}", "[]", "true", "false", "0", "1")
    if _kind(written) == "number":
        yield from (f"{written}.0", f'"{written}"')
    elif _kind(written) == "truth":
        yield f'"{written}"'
    elif re.fullmatch('"([0-9]+|true|false|null)"', written):
        yield written[1:-1]


def _edits(text: str) -> Iterator[tuple[str, str]]:
    """Each line with a value of another kind, and the text with it; of equal lines the first."""
    lines = text.splitlines(keepends=True)
    seen: set[str] = set()
    for index, line in enumerate(lines):
        found = _LINE.fullmatch(line.rstrip("\n"))
        if found is None or line.strip() in seen:
            continue
        seen.add(line.strip())
        key = re.sub(r"(?<=^io\.twipc\.port)\..*", "", found["key"] or "")
        for other in _others(found["value"]):
            kinds = (key, _kind(found["value"]), _kind(other))
            same = kinds in _SAME and (other == "null" or other.strip('"') == found["value"].strip('"'))
            if other != found["value"] and not same:
                edited = f"{found['before']}{other}{found['after']}\n"
                yield f"{line.strip()} -> {edited.strip()}", "".join([*lines[:index], edited, *lines[index + 1 :]])


def _compiled(target: str) -> Compiled:
    """Of what has every knob; of ECS, which answers for some of them, the committed ones."""
    whole = compiled_spec("prod", [target]) if target == "ecs" else compiled_text(EVERYTHING, {**PAGES, **CONFIGS}, [target])
    (one,) = whole.compiled
    return one


@pytest.mark.parametrize("target", ["compose", "compose-2.4", "swarm", "ecs"])
def test_the_checker_notices_each_value_of_another_kind(target: str) -> None:
    one = _compiled(target)
    missed = []
    for artifact in one.bundle.artifacts:
        if artifact.path.endswith((".yml", ".json")):
            missed += [said for said, text in _edits(artifact.text) if not noticed(one, {artifact.path: text})]
    assert not missed, "\n".join(missed)


def _emptied(value: Any) -> Iterator[tuple[str, Any]]:
    """Each mapping and list that holds something, by its place, and the whole with it emptied."""
    for step, child in value.items() if isinstance(value, dict) else enumerate(value):
        if not child or not isinstance(child, dict | list):
            continue
        for place, inner in (("", type(child)()), *_emptied(child)):
            whole = copy.copy(value)
            whole[step] = inner
            yield f"{step}{'.' if place else ''}{place}", whole


@pytest.mark.parametrize("name", ["prod", "public"])
def test_the_checker_notices_what_is_emptied_in_a_template(name: str) -> None:
    (one,) = compiled_spec(name, ["ecs"]).compiled
    missed = [
        f"{path}: {place}"
        for path, text in one.bundle.texts.items()
        if path.endswith(".json")
        for place, whole in _emptied(json.loads(text))
        if not noticed(one, {path: json.dumps(whole, indent=2) + "\n"})
    ]
    assert not missed, "\n".join(missed)


def test_what_is_emptied_is_one_place_each() -> None:
    assert dict(_emptied({"a": [{"b": 1}], "c": 1, "d": {}})) == {
        "a": {"a": [], "c": 1, "d": {}},
        "a.0": {"a": [{}], "c": 1, "d": {}},
    }


def test_an_edit_changes_the_kind_of_one_value() -> None:
    edits = dict(_edits('a:\n  soft: 0\n  - "b"\n'))
    assert edits["soft: 0 -> soft: false"] == 'a:\n  soft: false\n  - "b"\n'
    assert edits['- "b" -> - {}'] == "a:\n  soft: 0\n  - {}\n"
