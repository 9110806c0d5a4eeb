"""The schemas that editors check and complete with: every field is described, and what twipc takes they take."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml12

from tests.compiling import SPECS
from twipc.catalogue import codes
from twipc.diagnostics import Code
from twipc.schema import environment_schema, fragment_schema

SCHEMAS = {"environment": environment_schema(), "fragment": fragment_schema()}
VALIDATORS = {name: jsonschema_rs.Draft202012Validator(schema) for name, schema in SCHEMAS.items()}
EXAMPLES = [code for code in codes().values() if code.good]
SHAPES = ("TW201", "TW202")
"""Codes whose bad examples have a shape that a schema can refuse."""


def undescribed(node: Any, path: str = "") -> Iterator[str]:
    if isinstance(node, dict):
        properties = node.get("properties")
        for name, field in properties.items() if isinstance(properties, dict) else ():
            if not field.get("description", "").strip():
                yield f"{path}.{name}"
        for key, value in node.items():
            yield from undescribed(value, f"{path}/{key}")
    elif isinstance(node, list):
        for value in node:
            yield from undescribed(value, path)


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_field_has_a_description(name: str) -> None:
    assert list(undescribed(SCHEMAS[name])) == []
    broken = json.loads(json.dumps(SCHEMAS[name]))
    del broken["$defs"]["Http"]["properties"]["engine"]["description"]
    assert [path.rpartition(".")[2] for path in undescribed(broken)] == ["engine"]


@pytest.mark.parametrize("path", sorted(SPECS.glob("*.yaml")), ids=lambda path: path.name)
def test_a_committed_spec_is_valid(path: Path) -> None:
    data: Any = yaml12.parse_yaml(path.read_text())
    VALIDATORS["environment" if "environment" in data else "fragment"].validate(data)


@pytest.mark.parametrize("code", EXAMPLES, ids=lambda code: code.id)
def test_a_good_example_is_valid(code: Code) -> None:
    VALIDATORS["fragment"].validate(yaml12.parse_yaml(code.good))


@pytest.mark.parametrize("code", SHAPES)
def test_a_bad_shape_is_not(code: str) -> None:
    data = yaml12.parse_yaml(codes()[code].bad)
    assert not VALIDATORS["fragment"].is_valid(data)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("replicas", "2"), ("replicas", -1), ("replicas", 1001), ("ports", {"http": 70000}), ("ports", {"http": "80"})),
        *(("restart", "sometimes"), ("command", "run it"), ("imgae", "shop/web:1"), ("env", {"A": 1}), ("read_only", "yes")),
    ],
)
def test_a_value_of_another_kind_is_refused(field: str, value: object) -> None:
    service = {"image": "shop/web:1"}
    assert VALIDATORS["fragment"].is_valid({"services": {"web": service}})
    assert not VALIDATORS["fragment"].is_valid({"services": {"web": {**service, field: value}}})


@pytest.mark.parametrize(("key", "fine"), [("A_1", True), ("1A", False), ("a-b", False)])
def test_a_key_of_another_form_is_refused(key: str, fine: bool) -> None:
    assert VALIDATORS["fragment"].is_valid({"services": {"web": {"image": "shop/web:1", "env": {key: "x"}}}}) is fine


def test_null_takes_out_what_is_extended() -> None:
    assert VALIDATORS["fragment"].is_valid({"services": {"web": None, "api": {"env": {"A": None}, "mounts": {"/data": None}}}})
    assert not VALIDATORS["fragment"].is_valid({"services": {"not a name": None}})


def test_an_environment_says_what_it_is() -> None:
    assert VALIDATORS["fragment"].is_valid({"services": {}})
    assert not VALIDATORS["environment"].is_valid({"services": {}})


@pytest.mark.parametrize(
    "text", ["services: {web: null}", "services: {web: {env: {A: null}, health: null}}", "targets: {compose: null}"]
)
def test_null_removes_what_is_extended(text: str) -> None:
    assert VALIDATORS["fragment"].is_valid(yaml12.parse_yaml(text))


@pytest.mark.parametrize(
    "text",
    [
        *("services: {Web: {image: shop/web:1}}", "services: {web: {ports: {HTTP: 80}}}", "services: {web: {publish: [null]}}"),
        *("services: {web: {command: [null]}}", "services: {web: {ulimits: {files: 3}}}", "targets: [null]"),
    ],
)
def test_a_name_that_is_none_is_refused_and_so_is_an_item_that_is_nothing(text: str) -> None:
    assert not VALIDATORS["fragment"].is_valid(yaml12.parse_yaml(text))


def test_a_default_is_told_and_one_that_says_nothing_is_not() -> None:
    fields = SCHEMAS["fragment"]["$defs"]["Service"]["properties"]
    assert fields["stop_grace"]["markdownDescription"] == f"{fields['stop_grace']['description']}\n\nDefault: `15s`"
    assert fields["replicas"]["markdownDescription"].endswith("Default: `1`")
    assert [name for name, field in fields.items() if field.get("default", "there") in (None, {}, [])] == []
    assert "Default" not in fields["http"]["markdownDescription"]
