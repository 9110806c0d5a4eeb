"""Artifacts edited by hand: when and where instances run is read as the engines take it, each edit is told."""

from __future__ import annotations

from functools import cache

import pytest

from tests.compiling import compiled_text
from twipc.driver import Compiled
from twipc.verify import differences

SPEC = """\
twipc: 1
project: shop
environment: prod
targets:
  compose: {}
  compose-2.4: {}
  swarm: {}
  ecs:
    launch: ec2
    region: eu-west-1
    cluster: shop
    subnets: [subnet-0a1b2c3d]
    security_groups: [sg-0a1b2c3d]
    execution_role: "arn:aws:iam::111122223333:role/shop-execution"
    task_roles: {web: "arn:aws:iam::111122223333:role/shop-web"}
    volumes: {news: {file_system: fs-0a1b2c3d, access_point: fsap-0a1b2c3d}}
services:
  db: {image: shop/db:1, health: {command: [check]}, resources: {memory: 64MiB}}
  migrate: {kind: job, image: shop/migrate:1, resources: {memory: 64MiB}}
  web:
    image: shop/web:1
    resources: {memory: 64MiB}
    mounts: {/news: news}
    depends_on: [db]
    placement: {constraints: {disk: ssd, zone: a1}, spread: [zone, rack], max_per_host: 1}
    rollout: {order: stop-first, parallelism: 2, delay: 1500ms, monitor: 1m, on_failure: continue}
volumes: {news: {access: shared}}
"""
FILES = {
    **{"compose": "docker-compose.yml", "compose-2.4": "docker-compose.yml"},
    **{"swarm": "docker-stack.yml", "ecs": "web.service.json"},
}


@cache
def compiled(target: str) -> Compiled:
    lost = [one for one in compiled_text(SPEC, targets=[target]).findings if one.severity.value == "error"]
    accept = [f"  - {{code: {one.code.id}, at: {one.at}, target: {target}, because: it is a test}}\n" for one in lost]
    (one,) = compiled_text(SPEC + "".join(["accept:\n", *accept] if accept else []), targets=[target]).compiled
    return one


def told(target: str, old: str, new: str) -> list[str]:
    """The fields, or the places of what twipc adds, that say something else after one edit."""
    one, file = compiled(target), FILES[target]
    assert old in one.bundle.texts[file], one.bundle.texts[file]
    facts = one.target.read({**one.bundle.texts, file: one.bundle.texts[file].replace(old, new, 1)})
    keys = [difference.key for difference in differences(one.model, one.target, one.options, facts)]
    return [key.owner[-1] if key.field == "baseline" else key.field.removeprefix("service.") for key in keys]


STARTS = [
    ('condition: "service_healthy"', 'condition: "service_started"', ["depends_on"]),
    ('condition: "service_healthy"', 'condition: "healthy"', ["depends_on"]),
    ('      db:\n        condition: "service_healthy"', '      dc:\n        condition: "service_healthy"', None),
]


@pytest.mark.parametrize("target", ["compose", "compose-2.4"])
@pytest.mark.parametrize(("old", "new", "said"), STARTS)
def test_who_is_awaited_is_read(target: str, old: str, new: str, said: list[str] | None) -> None:
    found = told(target, old, new)
    assert found == said if said else "depends_on" in found


def test_how_compose_waits_is_always_the_same() -> None:
    assert told("compose", "required: true", "required: false") == ["depends_on.db.required"]
    assert told("compose", "        restart: false\n", "") == ["depends_on.db.restart"]


ON_NODES = [
    ("node.labels.disk == ssd", "node.labels.disk == hdd", ["placement.constraints"]),
    ("node.labels.disk == ssd", "node.labels.disk != ssd", ["constraint node.labels.disk != ssd", "placement.constraints"]),
    ("node.labels.disk == ssd", "node.labels.zone == a1", ["placement.constraints"]),
    ("node.labels.shop-prod.news == true", "node.labels.shop-test.news == true", None),
    ("node.labels.shop-prod.news == true", "node.labels.shop-prod.mail == true", None),
    ('spread: "node.labels.zone"', 'spread: "engine.labels.zone"', ["deploy.placement.preferences", "placement.spread"]),
    ('spread: "node.labels.zone"', 'spread: "node.labels.room"', ["placement.spread"]),
    ("max_replicas_per_node: 1", "max_replicas_per_node: 2", ["placement.max_per_host"]),
    ("max_replicas_per_node: 1", 'max_replicas_per_node: "1"', ["placement.max_per_host"]),
    ("        max_replicas_per_node: 1\n", "", ["placement.max_per_host"]),
]


@pytest.mark.parametrize(("old", "new", "said"), ON_NODES)
def test_where_tasks_of_a_stack_run_is_read(old: str, new: str, said: list[str] | None) -> None:
    found = told("swarm", old, new)
    assert found == said if said else found


ON_HOSTS = [
    ("attribute:disk == ssd", "attribute:disk == hdd", ["placement.constraints"]),
    ("attribute:disk == ssd", "attribute:disk != ssd", None),
    ("attribute:disk == ssd", "attribute:zone == a1", None),
    ('"type": "distinctInstance"', '"type": "memberOf"', None),
    ('"field": "attribute:rack"', '"field": "attribute:room"', ["placement.spread"]),
    ('"field": "attribute:rack"', '"field": "attribute:ecs.instance-type"', ["placement.spread", "service.placementStrategy"]),
    ('"field": "attribute:ecs.availability-zone"', '"field": "attribute:row"', None),
    ('"field": "instanceId"', '"field": "host"', ["service.placementStrategy"]),
]


@pytest.mark.parametrize(("old", "new", "said"), ON_HOSTS)
def test_where_tasks_of_ecs_run_is_read(old: str, new: str, said: list[str] | None) -> None:
    found = told("ecs", old, new)
    assert sorted(found) == sorted(said) if said else found


UPDATES = [
    ("update_config:\n        parallelism: 2", "update_config:\n        parallelism: 3", ["rollout.parallelism"]),
    ('order: "stop-first"', 'order: "start-first"', ["rollout.order"]),
    ('delay: "1500ms"', 'delay: "1.5s"', ["rollout.delay"]),
    ('monitor: "60s"', 'monitor: "59s"', ["rollout.monitor"]),
    ('failure_action: "continue"', 'failure_action: "pause"', ["rollout.on_failure"]),
    (
        "rollback_config:\n        parallelism: 2",
        "rollback_config:\n        parallelism: 1",
        ["deploy.rollback_config.parallelism"],
    ),
    ("max_failure_ratio: 0", "max_failure_ratio: 0.5", ["deploy.update_config.max_failure_ratio"]),
]


@pytest.mark.parametrize(("old", "new", "said"), UPDATES)
def test_how_a_stack_is_updated_is_read(old: str, new: str, said: list[str]) -> None:
    assert told("swarm", old, new) == said


DEPLOYMENTS = [
    ('"maximumPercent": 100', '"maximumPercent": 150', ["rollout.order"]),
    ('"minimumHealthyPercent": 0', '"minimumHealthyPercent": 100', ["rollout.order"]),
    ('"rollback": false', '"rollback": true', ["rollout.on_failure"]),
    ('"enable": false', '"enable": true', ["rollout.on_failure"]),
    (
        '"availabilityZoneRebalancing": "DISABLED"',
        '"availabilityZoneRebalancing": "ENABLED"',
        ["service.availabilityZoneRebalancing"],
    ),
]


@pytest.mark.parametrize(("old", "new", "said"), DEPLOYMENTS)
def test_how_ecs_deploys_is_read(old: str, new: str, said: list[str]) -> None:
    assert told("ecs", old, new) == said


@pytest.mark.parametrize(
    ("target", "old", "new", "said"),
    [
        ("compose", '      io.twipc.kind: "job"\n', "", ["kind"]),
        ("compose-2.4", 'io.twipc.kind: "job"', 'io.twipc.kind: "service"', ["kind"]),
        ("swarm", 'mode: "replicated-job"', 'mode: "replicated"', ["kind"]),
        ("swarm", 'mode: "replicated"\n', 'mode: "replicated-job"\n', ["kind"]),
        ("swarm", 'mode: "replicated"\n', 'mode: "service"\n', ["kind"]),
        ("swarm", 'mode: "replicated-job"\n', 'mode: "replicated-job"\n      update_config:\n        parallelism: 1\n', None),
    ],
)
def test_what_is_a_job_is_read(target: str, old: str, new: str, said: list[str] | None) -> None:
    found = told(target, old, new)
    assert found == said if said else found == ["rollout.parallelism"]


def test_a_job_with_a_service_is_told() -> None:
    """What ECS would start again and again."""
    one = compiled("ecs")
    texts = {**one.bundle.texts, "migrate.service.json": one.bundle.texts["db.service.json"].replace("-db", "-migrate")}
    found = {difference.key.field for difference in differences(one.model, one.target, one.options, one.target.read(texts))}
    assert {"service.kind", "service.restart"} <= found
    del texts["migrate.service.json"], texts["db.service.json"]
    found = {difference.key.field for difference in differences(one.model, one.target, one.options, one.target.read(texts))}
    assert "service.kind" in found


@pytest.mark.parametrize("target", FILES)
def test_without_an_edit_nothing_is_told(target: str) -> None:
    one = compiled(target)
    assert not differences(one.model, one.target, one.options, one.target.read(one.bundle.texts))
