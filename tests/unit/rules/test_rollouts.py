"""How instances are replaced: never two writers, never two for one port, and watched for long enough."""

from __future__ import annotations

import pytest

from tests.compiling import compiled_text

HEAD = "twipc: 1\nproject: shop\nenvironment: prod\ntargets: {%s: {}}\nservices:\n  web:\n    image: busybox\n"
PORT = "    ports: {http: 8080}\n    publish: [{port: http, host: %s}]\n"
STATE = "    mounts: {/data: news}\nvolumes: {news: {access: %s}}\n"


def found(rollout: str, more: str = "", target: str = "swarm") -> list[str]:
    """The codes of all errors and warnings but the pinned volume's."""
    findings = compiled_text(f"{HEAD % target}    rollout: {rollout}\n{more}").findings
    return [one.code.id for one in findings if one.severity.value != "note" and one.code.id != "SWARM101"]


def test_a_single_writer_ends_before_the_next_begins() -> None:
    assert found("{order: start-first}", STATE % "single-writer") == ["TW401"]
    assert not found("{order: start-first}", STATE % "shared")
    assert not found("{order: stop-first}", STATE % "single-writer")


def test_two_tasks_do_not_wait_for_one_port() -> None:
    assert found("{order: start-first}", PORT % "80") == ["SWARM106"]
    assert not found("{order: start-first}", PORT % "ephemeral")
    assert not found("{order: stop-first}", PORT % "80")
    # For one address it is not published at all.
    assert found("{order: start-first}", PORT % "80, address: 127.0.0.1") == ["TW512"]


@pytest.mark.parametrize("target", ["compose", "compose-2.4"])
def test_one_host_ends_the_old_one_first(target: str) -> None:
    assert found("{order: start-first}", target=target) == ["TW511"]
    assert found("{order: stop-first}", target=target) == []
    assert found("{parallelism: 1, delay: 5s, monitor: 1m, on_failure: rollback}", target=target) == 4 * ["TW501"]


def test_an_update_is_watched_until_it_is_sure() -> None:
    health = "    health: {command: [check], start_period: 10s, interval: 4s, timeout: 1s, failures: 2}\n"
    assert found("{monitor: 20s}", health) == ["TW451"]
    assert found("{monitor: 20001ms}", health) == []
    assert found("{monitor: 1s}") == []


@pytest.mark.parametrize(
    "rollout",
    [
        "{order: rolling}",
        "{order: true}",
        "{parallelism: 0}",
        "{parallelism: 1001}",
        "{parallelism: '2'}",
        "{delay: 5}",
        "{delay: 0s}",
        "{monitor: always}",
        "{on_failure: abort}",
        "{on_failure: [pause]}",
        "start-first",
        "{max_failure_ratio: 1}",
    ],
)
def test_what_no_target_can_say_is_refused(rollout: str) -> None:
    assert len(found(rollout)) == 1
