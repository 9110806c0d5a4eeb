"""A service that a plain variable calls by its name is told on ECS, where nobody finds it by that."""

from __future__ import annotations

import pytest

from tests.compiling import compiled_text

SPEC = """\
twipc: 1
project: shop
environment: prod
targets: {compose: {}, ecs: {launch: fargate, region: eu-west-1%s}}
services:
  db: {image: shop/db:1, ports: {sql: 5432, admin: 80}, resources: {cpu: 0.5, memory: 1GiB}}
  cache: {image: shop/cache:1, resources: {cpu: 0.5, memory: 1GiB}}
  web:
    image: shop/web:1
    resources: {cpu: 0.5, memory: 1GiB}
    env: {%s}
"""


def named(pair: str, options: str = "") -> list[tuple[str, str | None]]:
    found = [one for one in compiled_text(SPEC % (options, pair)).findings if one.code.id == "ECS125"]
    assert all(one.at == f"services.web.env.{pair.partition(':')[0]}" for one in found)
    return [(one.message.split("`")[3], one.help) for one in found]


@pytest.mark.parametrize(
    "pair",
    [
        "DB_HOST: db",
        "HOST: db",
        "DB_HOSTS: db",
        "DB_ADDR: db",
        'PEERS: "a:1,db:5432"',
        'CACHE: "db:80"',
        'URL: "jdbc:postgresql://db:5432/shop"',
        'URL: "postgres://me:word@db/shop"',
        'URL: "amqp://me@db"',
        "URL: http://db",
        "WEB: http://db/x?y",
    ],
)
def test_a_name_that_is_asked_is_told(pair: str) -> None:
    assert [name for name, _ in named(pair)] == ["db"]


@pytest.mark.parametrize(
    "pair",
    [
        "DRIVER: db",
        "MODE: web",
        "DB_HOST: db.example.com",
        "DB_HOST: dbx",
        'IMAGE: "db:1"',
        'IMAGE: "db:5432.1"',
        "URL: http://db.example.com/",
        "URL: http://example.com/db",
        'URL: "http://example.com/?a=db:5432x"',
        'SUB: "x.db:5432"',
        "DB_HOST: {address: db.sql, only: host}",
    ],
)
def test_what_is_no_name_that_is_asked_is_not(pair: str) -> None:
    assert named(pair, ", namespace: shop.internal" if "address" in pair else "") == []


@pytest.mark.parametrize(
    ("pair", "help"),
    [
        ("DB_HOST: db", "write `DB_HOST: {address: db.admin, only: host}`"),
        ('DB: "db:5432"', "write `DB: {address: db.sql}`"),
        (
            'URL: "sql://db:5432/a"',
            "hand its address on by itself, as `{address: db.admin}` or in parts, or write the name that it has there",
        ),
        ("HOST: cache", "give `cache` its `ports`, by which it is reached, and hand its address on: `{address: cache.http}`"),
    ],
)
def test_it_is_told_how_it_is_written(pair: str, help: str) -> None:
    assert [said for _, said in named(pair)] == [help]
    if help.startswith("write"):
        assert named(help.removeprefix("write `").removesuffix("`"), ", namespace: shop.internal") == []


def test_on_docker_it_is_found() -> None:
    text = (SPEC % ("", "DB_HOST: db")).replace(", ecs: {launch: fargate, region: eu-west-1}", "")
    assert "ECS125" not in compiled_text(text).codes
