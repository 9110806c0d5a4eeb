"""What runs elsewhere: one address on every target, and never taken for what runs here."""

from __future__ import annotations

import pytest

from tests.compiling import compiled_text
from twipc.target import FactKey

SPEC = """\
twipc: 1
project: shop
environment: prod
targets: {TARGET}
services:
  web:
    image: shop/web:1
    resources: {cpu: 0.25, memory: 128MiB}
    env: {DB: {address: db.sql}}
external: {db: {host: HOST, ports: {sql: 5432, admin: 9000}}}
"""
ECS = (
    "ecs: {launch: fargate, region: eu-west-1, cluster: shop, subnets: [subnet-0a1b2c3d], security_groups: [sg-0a1b2c3d], "
    'execution_role: "arn:aws:iam::111122223333:role/shop"}'
)


def spec(target: str = "compose: {}", host: str = "db.example.com") -> str:
    return SPEC.replace("TARGET", target).replace("HOST", host)


@pytest.mark.parametrize("target", ["compose: {}", "compose-2.4: {}", "swarm: {}", "swarm: {discovery: tasks}", ECS])
@pytest.mark.parametrize("host", ["db.example.com", "10.1.2.3"])
def test_its_address_is_the_same_on_every_target(target: str, host: str) -> None:
    outcome = compiled_text(spec(target, host))
    (one,) = outcome.compiled
    said = one.target.read(one.bundle.texts)[FactKey("service.env", ("web",))]
    assert said == {"DB": ("value", f"{host}:5432")}
    # Nothing that only services here need, such as Cloud Map, is asked for.
    assert not [finding for finding in outcome.findings if finding.severity.value == "error"]


@pytest.mark.parametrize(
    "host",
    ["db", "localhost", "db.localhost", "127.0.0.1", "0.0.0.0", "10.0.0.256", "1.2.3", "*.example.com", "DB.example.com",
     "db.example.com.", "db_1.example.com", "", "http://db.example.com", "db.example.com:5432", "a b.c", "::1"],
)  # fmt: skip
def test_a_host_that_is_none_elsewhere_is_refused(host: str) -> None:
    assert compiled_text(spec(host=f'"{host}"')).codes == ["TW202"]


def test_a_port_that_is_not_there_is_named() -> None:
    outcome = compiled_text(spec().replace("db.sql", "db.sq"))
    assert [(finding.code.id, finding.message) for finding in outcome.findings] == [("TW306", "`db` has no port named `sq`")]
    assert outcome.findings[0].help == "did you mean `sql`? known are: admin, sql"


def test_what_nobody_takes_the_address_of_is_told() -> None:
    outcome = compiled_text(spec().replace("    env: {DB: {address: db.sql}}\n", ""))
    assert [(finding.code.id, finding.at) for finding in outcome.findings] == [("TW415", "external.db")]


def test_a_swarms_own_name_for_tasks_is_none_elsewhere() -> None:
    outcome = compiled_text(spec(host="tasks.web"))
    assert [(finding.code.id, finding.at) for finding in outcome.findings] == [("TW426", "external.db.host")]
