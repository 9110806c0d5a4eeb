"""An address that a variable holds, whole or in parts, is the same one on every target."""

from __future__ import annotations

import re

import pytest
import yaml

from tests.compiling import compiled_text

SPEC = """\
twipc: 1
project: shop
environment: prod
targets:
  compose: {}
  compose-2.4: {}
  swarm: {}
  ecs: {launch: fargate, region: eu-west-1, namespace: shop.internal}
services:
  db: {image: shop/db:1, ports: {sql: 5432}, resources: {cpu: 0.5, memory: 1GiB}}
  web:
    image: shop/web:1
    resources: {cpu: 0.5, memory: 1GiB}
    env: {IT: %s, ALL: {address: db.sql}}
external: {mail: {host: mail.example.com, ports: {smtp: 587}}}
"""


def told(value: str) -> dict[str, str]:
    """What the variable holds, by target."""
    found: dict[str, str] = {}
    for one in compiled_text(SPEC % value).compiled:
        texts = {artifact.path: artifact.text for artifact in one.bundle.artifacts}
        if one.target.name == "ecs":
            pairs = re.findall(r'"Name": "IT",\s*"Value": "([^"]*)"', texts["template.json"])
            (found["ecs"],) = pairs
        else:
            (file,) = [text for path, text in texts.items() if path.endswith(".yml")]
            found[one.target.name] = yaml.safe_load(file)["services"]["web"]["environment"]["IT"]
    return found


@pytest.mark.parametrize(
    ("value", "docker", "ecs"),
    [
        ("{address: db.sql}", "db:5432", "db.shop.internal:5432"),
        ("{address: db.sql, only: host}", "db", "db.shop.internal"),
        ("{address: db.sql, only: port}", "5432", "5432"),
        ("{address: mail.smtp}", "mail.example.com:587", "mail.example.com:587"),
        ("{address: mail.smtp, only: host}", "mail.example.com", "mail.example.com"),
        ("{address: mail.smtp, only: port}", "587", "587"),
    ],
)
def test_a_variable_holds_what_is_asked_for_of_an_address(value: str, docker: str, ecs: str) -> None:
    assert told(value) == {"compose": docker, "compose-2.4": docker, "swarm": docker, "ecs": ecs}


@pytest.mark.parametrize("value", ["{value: db, only: host}", "{secret: key, only: port}"])
def test_what_is_no_address_has_no_parts(value: str) -> None:
    text = (SPEC % value) + "secrets: {key: {file: .secrets/key}}\n"
    (found,) = [one for one in compiled_text(text).findings if one.code.id == "TW202"]
    assert found.message == "`only` is a part of an `address`"


def test_of_a_part_all_is_asked_that_is_asked_of_an_address() -> None:
    """Whose host a program is told, it must reach."""
    unknown, blocked = SPEC % "{address: db.ftp, only: host}", SPEC % "{address: db.sql, only: port}"
    assert [code for code in compiled_text(unknown).codes if code.startswith("TW3")] == ["TW306"]
    blocked = blocked.replace("web:1\n", "web:1\n    networks: [back]\n") + "networks: {back: {}}\n"
    assert "TW429" in compiled_text(blocked).codes
