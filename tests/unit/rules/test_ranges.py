"""Ranges of instances: from `replicas` to `autoscaling.max`, of equal ones, measured against what one may use."""

from __future__ import annotations

import re

import pytest

from tests.compiling import compiled_text

HEAD = """\
twipc: 1
project: shop
environment: prod
targets: {haproxy: {}}
services:
  edge:
    http:
      engine: {name: haproxy, version: "3.2"}
      listen: 8080
      backends: {app: {members: [web.http]}}
      routes: [{match: {prefix: /}, backend: app}]
      default: {status: 404}
  web:
    image: shop/web:1
    ports: {http: 8080}
"""
SIZED = "    resources: {cpu: 0.5, memory: 512MiB}\n"


def found(more: str, head: str = HEAD) -> list[tuple[str, str]]:
    """(code, place) of every error."""
    return [(one.code.id, one.at) for one in compiled_text(head + more).findings if one.severity.value == "error"]


def test_a_range_is_from_one_number_to_another() -> None:
    for most, wrong in ((1, True), (2, False), (3, False)):
        more = f"{SIZED}    replicas: 2\n    autoscaling: {{max: {most}, cpu: 60}}\n"
        assert found(more) == ([("TW499", "services.web.autoscaling.max")] if wrong else [])
    assert found(f"{SIZED}    replicas: 0\n    autoscaling: {{max: 6, cpu: 60}}\n") == [("TW499", "services.web.autoscaling")]


def test_it_is_of_those_that_do_the_same() -> None:
    standby = "    command: [serve]\n    mounts: {/data: news}\n    mode: {active-standby: {lock: /data/.lock}}\n"
    volume = "volumes: {news: {access: single-writer}}\n"
    assert found(f"{SIZED}{standby}{volume}") == []
    assert found(f"{SIZED}{standby}    autoscaling: {{max: 6, cpu: 60}}\n{volume}") == [("TW499", "services.web.autoscaling")]
    job = "  task: {kind: job, image: shop/task:1, resources: {cpu: 1}, autoscaling: {max: 0, cpu: 60}}\n"
    assert found(job) == [("TW452", "services.task.autoscaling")]


@pytest.mark.parametrize(("leaf", "lacking"), [("cpu", "cpu: 0.5, "), ("memory", ", memory: 512MiB")])
def test_load_is_a_percentage_of_what_an_instance_may_use(leaf: str, lacking: str) -> None:
    more = f"    autoscaling: {{max: 6, {leaf}: 60}}\n"
    assert found(SIZED + more) == []
    assert found(SIZED.replace(lacking, "") + more) == [("TW498", f"services.web.autoscaling.{leaf}")]
    assert found(SIZED + "    autoscaling: {max: 6}\n") == [("TW202", "services.web.autoscaling")]


def test_its_most_are_second_writers_too() -> None:
    volume = "volumes: {news: {access: single-writer}}\n"
    more = f"{SIZED}    mounts: {{/data: news}}\n    autoscaling: {{max: 2, cpu: 60}}\n{volume}"
    assert found(more) == [("TW401", "services.web.autoscaling.max")]
    assert found(more.replace("max: 2", "max: 1")) == []


def test_a_backend_has_room_for_its_most() -> None:
    more = f"{SIZED}    autoscaling: {{max: 20, cpu: 60}}\n"
    [one] = compiled_text(HEAD + more).compiled
    assert re.search("server-template .*42 ", one.bundle.texts["edge/haproxy.cfg"])
    narrow = HEAD.replace("[web.http]", "[web.http], max_members: 19")
    assert found(more, narrow) == [("TW404", "services.edge.http.backends.app.max_members")]
    assert found(more, narrow.replace("19", "20")) == []
