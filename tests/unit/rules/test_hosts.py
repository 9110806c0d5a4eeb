"""Where instances run: what a host cannot have is refused, and labels are words that stand in expressions."""

from __future__ import annotations

import pytest

from tests.compiling import compiled_text

HEAD = "twipc: 1\nproject: shop\nenvironment: prod\ntargets: {swarm: {}}\nservices:\n  web:\n    image: busybox\n"
PORT = "    ports: {http: 8080}\n    publish: [{port: http, host: %s}]\n"


def found(placement: str, more: str = "") -> list[tuple[str, str]]:
    """The errors of one service that is placed so."""
    findings = compiled_text(f"{HEAD}    placement: {placement}\n{more}").findings
    return [(one.code.id, one.message) for one in findings if one.severity.value == "error"]


@pytest.mark.parametrize(
    "placement",
    [
        "{}",
        "{constraints: {disk: ssd, com.example.zone: eu-west-1a, a-b_c.d: '1.5'}}",
        "{spread: [zone, rack, com.example.row], max_per_host: 1000}",
        "{constraints: {ab: '" + "x" * 63 + "'}, spread: [" + "x" * 63 + "]}",
    ],
)
def test_labels_are_words(placement: str) -> None:
    assert not found(placement)


@pytest.mark.parametrize(
    "placement",
    [
        "{constraints: {disk: SSD}}",
        "{constraints: {Disk: ssd}}",
        "{constraints: {disk: 'ssd || true'}}",
        "{constraints: {disk: 's*'}}",
        "{constraints: {disk: ''}}",
        "{constraints: {disk: true}}",
        "{constraints: {disk: 'a\\b'}}",
        '{constraints: {"disk == ssd or attribute:x": y}}',
        "{constraints: {d: ssd}}",
        "{constraints: {disk: " + "x" * 64 + "}}",
        "{constraints: {ecs.instance-type: c5.large}}",
        "{constraints: [disk]}",
        "{constraints: {" + ", ".join(f"l{n}: x" for n in range(9)) + "}}",
        "{spread: [disk, {over: zone}]}",
        "{spread: [node.id]}",
        "{constraints: {node.role: manager}}",
        "{constraints: {engine.labels.disk: ssd}}",
        "{spread: zone}",
        "{spread: [zone, rack, zone]}",
        "{spread: [aa, bb, cc, dd]}",
        "{spread: [ecs.availability-zone]}",
        "{max_per_host: 0}",
        "{max_per_host: 1001}",
        "{max_per_host: '1'}",
        "{hosts: 2}",
    ],
)
def test_what_no_target_can_say_is_refused(placement: str) -> None:
    assert len(found(placement)) == 1


def test_a_fixed_port_is_for_one_instance_of_a_host() -> None:
    assert [code for code, _ in found("{max_per_host: 2}", PORT % "80")] == ["TW450"]
    assert [code for code, _ in found("{max_per_host: 2}", PORT % "ephemeral")] == []
    assert [code for code, _ in found("{max_per_host: 1}", PORT % "80")] == []


def test_the_labels_of_volumes_are_no_constraints() -> None:
    assert [code for code, _ in found("{constraints: {shop-prod.news: 'true'}, spread: [shop-prod.zone]}")] == ["TW449"] * 2
    assert not found("{constraints: {shop-prods.news: 'true', shop: prod}}")


def test_one_node_has_no_more_than_it_may() -> None:
    """Who mounts a volume runs where it lies."""
    more = "    replicas: %d\n    mounts: {/data: news}\nvolumes: {news: {access: shared}}\n"
    assert [code for code, _ in found("{max_per_host: 2}", more % 3)] == ["SWARM105"]
    assert not found("{max_per_host: 2}", more % 2)


@pytest.mark.parametrize(("replicas", "errors"), [(2, []), (3, ["TW511"])])
def test_on_one_host_are_no_more_than_it_may_have(replicas: int, errors: list[str]) -> None:
    for target in ("compose", "compose-2.4"):
        text = f"{HEAD}    replicas: {replicas}\n    placement: {{max_per_host: 2, constraints: {{disk: ssd}}}}\n"
        outcome = compiled_text(text.replace("swarm", target))
        assert [one.code.id for one in outcome.findings if one.severity.value == "error"] == errors
        assert "TW501" in outcome.codes
