"""The load balancer that a template makes: where it listens, what it leads to, and who comes through."""

from __future__ import annotations

import json
import random
import re
from typing import Any

import pytest
from cfnlint.api import lint_all
from hypothesis import given
from hypothesis import strategies as st

from bench.faults import faults
from targets.ecs.nlb.ports import Targets
from tests.compiling import Outcome, compiled_text
from tests.conformance.test_ecs_template import FILE, noticed, text_of
from tests.strategies import PAGES, Spec, as_text, specs, targets_of

LED = """\
twipc: 1
project: shop
environment: prod
targets:
  ecs:
    launch: fargate
    region: eu-west-1
    cluster: shop
    subnets: [subnet-0a1b2c3d]
    execution_role: "arn:aws:iam::111122223333:role/shop"
services:
  proxy:
    image: shop/proxy:1
    ports: {http: 8080, more: 8443, admin: 9000}
    publish:
      - {port: http, host: 81, address: 127.0.0.1}
      - {port: http, host: 8000}
      - {port: more, host: 443}
      - {port: http, host: 80}
    ready: {http: {path: "/ready?a=b", port: admin}, interval: 500ms, timeout: 7s, failures: 3, successes: 1}
    stop_grace: 29500ms
    resources: {cpu: 0.25, memory: 512MiB}
  dns:
    image: shop/dns:1
    ports: {udp: {number: 53, protocol: udp}, tcp: 53, log: {number: 514, protocol: udp}}
    publish: [{port: udp, host: 5353}, {port: tcp, host: 53}, {port: udp, host: 53}, {port: log, host: 514}]
    health: {command: [check], interval: 250s, timeout: 1s, failures: 1}
    resources: {cpu: 0.25, memory: 512MiB}
    stop_grace: 2s
accept:
  - {code: TW512, at: services.proxy.publish.0, target: ecs, because: it is for the host alone}
"""
GROUPS = "    service_security_groups: {proxy: [sg-0a1b2c3d, sg-0b1c2d3e]}\n"
INTERNAL = "    load_balancer: {scheme: internal, deletion_protection: false}\n"
SUBNETS = "    load_balancer: {subnets: [subnet-0b1c2d3e, subnet-0c1d2e3f]}\n"


def led(*more: str, **changes: str) -> Outcome:
    text = LED.replace("    cluster: shop\n", "    cluster: shop\n" + "".join(more))
    for old, new in changes.items():
        text = text.replace(old, new)
    return compiled_text(text)


def template(*more: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text_of(led(*more)))
    return found


def made(document: dict[str, Any], kind: str) -> dict[str, Any]:
    resources = document["Resources"].items()
    return {id_: one["Properties"] for id_, one in resources if one["Type"].endswith(kind)}


@pytest.mark.parametrize("more", ["", GROUPS, INTERNAL, SUBNETS, GROUPS + INTERNAL])
def test_cfn_lint_has_nothing_to_say(more: str) -> None:
    assert not [str(found) for found in lint_all(text_of(led(more))) if found.rule.id != "I4010"]


def test_each_port_outside_leads_to_one_port_of_one_service() -> None:
    document = template()
    ways = {
        id_: (one["Port"], one["Protocol"], one["DefaultActions"][0]["TargetGroupArn"]["Ref"])
        for id_, one in made(document, "::Listener").items()
    }
    assert ways == {
        "Listener53": (53, "TCP_UDP", "DnsTargets53tcpudp"),
        "Listener80": (80, "TCP", "ProxyTargets8080"),
        "Listener443": (443, "TCP", "ProxyTargets8443"),
        "Listener514": (514, "UDP", "DnsTargets514udp"),
        "Listener5353": (5353, "UDP", "DnsTargets53udp"),
        "Listener8000": (8000, "TCP", "ProxyTargets8080"),
    }
    services = made(document, "ECS::Service")
    assert [(one["TargetGroupArn"]["Ref"], one["ContainerPort"]) for one in services["DnsService"]["LoadBalancers"]] == [
        ("DnsTargets53tcpudp", 53),
        ("DnsTargets53udp", 53),
        ("DnsTargets514udp", 514),
    ]
    assert services["DnsService"]["HealthCheckGracePeriodSeconds"] == 270


def test_a_target_is_asked_by_tcp_or_as_ready_says() -> None:
    groups = made(template(), "::TargetGroup")
    checks = {
        id_: {key.removeprefix("HealthCheck"): value for key, value in one.items() if re.search("[Hh]ealth|Matcher", key)}
        for id_, one in groups.items()
    }
    ready = {"Protocol": "HTTP", "Port": "9000", "Path": "/ready?a=b", "Matcher": {"HttpCode": "200"}}
    times = {"IntervalSeconds": 8, "TimeoutSeconds": 7, "HealthyThresholdCount": 2, "UnhealthyThresholdCount": 3}
    assert checks["ProxyTargets8080"] == {**ready, **times} == checks["ProxyTargets8443"]
    port = {"Protocol": "TCP", "Port": "53"}
    times = {"IntervalSeconds": 250, "TimeoutSeconds": 2, "HealthyThresholdCount": 2, "UnhealthyThresholdCount": 2}
    assert checks["DnsTargets514udp"] == {**port, **times} == checks["DnsTargets53tcpudp"]
    drained = {id_: {one["Key"]: one["Value"] for one in group["TargetGroupAttributes"]} for id_, group in groups.items()}
    assert drained["ProxyTargets8080"] == {
        "deregistration_delay.timeout_seconds": "30",
        "deregistration_delay.connection_termination.enabled": "true",
        "preserve_client_ip.enabled": "true",
    }
    assert all("Name" not in group for group in groups.values())


def test_who_comes_in_comes_through_it() -> None:
    """Anybody to what is published; to the service who comes by its group, on ports and checks, and nobody else."""
    document = template()
    groups, apart = made(document, "::SecurityGroup"), made(document, "::SecurityGroupEgress")
    outside = [
        (rule["IpProtocol"], rule["FromPort"], rule["CidrIp"]) for rule in groups["GroupOfBalancer"]["SecurityGroupIngress"]
    ]
    assert sorted(outside) == [
        *(("tcp", port, "0.0.0.0/0") for port in (53, 80, 443, 8000)),
        *(("udp", port, "0.0.0.0/0") for port in (53, 514, 5353)),
    ]
    by = {"Fn::GetAtt": ["GroupOfBalancer", "GroupId"]}
    inward = groups["ProxyGroup"]["SecurityGroupIngress"]
    assert [(rule["FromPort"], rule["SourceSecurityGroupId"]) for rule in inward] == [(8080, by), (8443, by), (9000, by)]
    assert [rule["Description"] for rule in groups["GroupOfBalancer"]["SecurityGroupEgress"]] == ["nothing else"]
    assert {(id_, rule["IpProtocol"], rule["FromPort"]) for id_, rule in apart.items()} == {
        ("ProxyBalanced8080", "tcp", 8080),
        ("ProxyBalanced8443", "tcp", 8443),
        ("ProxyBalanced9000", "tcp", 9000),
        ("DnsBalanced53", "tcp", 53),
        ("DnsBalanced53udp", "udp", 53),
        ("DnsBalanced514udp", "udp", 514),
    }
    before = document["Resources"]["ProxyService"]["DependsOn"]
    assert before == [
        "Listener443",
        "Listener80",
        "Listener8000",
        "ProxyBalanced8080",
        "ProxyBalanced8443",
        "ProxyBalanced9000",
    ]


def test_a_group_that_is_said_is_let_be_and_told_whom_to_let_in() -> None:
    document = template(GROUPS)
    out = made(document, "::SecurityGroup")["GroupOfBalancer"]["SecurityGroupEgress"]
    assert [(rule["FromPort"], rule["DestinationSecurityGroupId"]) for rule in out] == [
        (port, group) for port in (8080, 8443, 9000) for group in ("sg-0a1b2c3d", "sg-0b1c2d3e")
    ]
    assert sorted(document["Outputs"]) == ["GroupOfBalancer", "LoadBalancer"]
    assert list(template()["Outputs"]) == ["LoadBalancer"]


@pytest.mark.parametrize(
    ("more", "scheme", "subnets", "protected"),
    [
        ("", "internet-facing", [{"Ref": "PublicSubnetA"}, {"Ref": "PublicSubnetB"}], "true"),
        (INTERNAL, "internal", ["subnet-0a1b2c3d"], "false"),
        (SUBNETS, "internet-facing", ["subnet-0b1c2d3e", "subnet-0c1d2e3f"], "true"),
    ],
)
def test_it_stands_where_the_spec_says(more: str, scheme: str, subnets: list[object], protected: str) -> None:
    document = template(more)
    [balancer] = made(document, "::LoadBalancer").values()
    assert (balancer["Type"], balancer["Scheme"], balancer["Subnets"]) == ("network", scheme, subnets)
    attributes = {one["Key"]: one["Value"] for one in balancer["LoadBalancerAttributes"]}
    assert attributes == {"deletion_protection.enabled": protected, "load_balancing.cross_zone.enabled": "true"}
    asked = [one["Ref"] for one in subnets if isinstance(one, dict)]
    assert list(document["Parameters"]) == ["Vpc", *asked]


@pytest.mark.parametrize("more", ["", GROUPS + INTERNAL], ids=["made", "said"])
def test_each_fault_in_a_line_of_it_is_noticed(more: str) -> None:
    [one] = led(more).compiled
    artifact = next(artifact for artifact in one.bundle.artifacts if artifact.path == FILE)
    lines = artifact.text.splitlines()
    owned = re.compile('    "(LoadBalancer|GroupOf|Listener|Dns(Targets|Balanced|Service)|Proxy(Targets|Balanced|Group)).*": {')
    spans, inside = set(), False
    for number, line in enumerate(lines, 1):
        inside = bool(owned.fullmatch(line)) or (inside and not re.fullmatch('    "[A-Za-z0-9]+": {', line))
        spans |= {number} if inside else set()
    tried = [(fault, text) for fault, text in faults(artifact, random.Random(1)) if int(fault.place.split(":")[1]) in spans]
    assert len(tried) > 1000
    assert [str(fault) for fault, text in tried if not noticed(one, text)] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"Value": "2 1"', '"Value": "1 2"'),
        ('"Value": "2 1"', '"Value": "1 x"'),
        ('"Value": "2 1"', '"Value": "1"'),
        ('"Value": "2 1"', '"Value": "1 1"'),
        ('"Value": "2 1"', '"Value": "1 ²"'),
        ('"published-tcp"', '"published-udp"'),
        (
            '"TargetGroupArn": {\n              "Ref": "ProxyTargets8443"',
            '"TargetGroupArn": {\n              "Ref": "DnsTargets514udp"',
        ),
        ('"Ref": "LoadBalancer"', '"Ref": "ProxyTargets8443"'),
        ('"Port": 443,', '"Port": 80,'),
        ('"TCP_UDP"', '"HTTP"'),
        ('"TCP_UDP"', '"TLS"'),
        ('"Protocol": "TCP",', ""),
        ('"DefaultActions": [', '"Certificates": [],\n        "DefaultActions": ['),
        ('"DefaultActions": [', '"DefaultActions": [{"Type": "fixed-response"},'),
        ('"DefaultActions": [', '"DefaultActions": "x", "Was": ['),
    ],
)
def test_another_way_is_another_environment(old: str, new: str) -> None:
    [one] = led().compiled
    text = text_of(led())
    assert old in text
    assert noticed(one, text.replace(old, new, 1))


def test_a_port_that_goes_to_another_service_keeps_its_listener() -> None:
    """Two listeners on one port cannot stand side by side, as they would until the first is deleted."""
    before = made(template(), "::Listener")
    after = made(
        json.loads(text_of(compiled_text(LED.replace("  proxy:\n", "  gate:\n").replace("proxy.publish", "gate.publish")))),
        "::Listener",
    )
    assert before.keys() == after.keys()


def found(text: str) -> list[tuple[str, str | None]]:
    outcome = compiled_text(text)
    return [(one.code.id, one.at) for one in outcome.findings if one.code.id not in ("TW502", "TW503", "TW512")]


def test_what_it_cannot_do_is_found() -> None:
    assert found(LED) == [("ECS119", "services.proxy.ready")]
    other = LED.replace("tcp: 53", "tcp: 54")
    assert ("ECS118", "services.dns.publish.tcp.host") in found(other)
    alone = LED.replace(", tcp: 53", "").replace("{port: tcp, host: 53}, ", "")
    assert [one for one in found(alone) if one[0] == "ECS120"] == [
        ("ECS120", "services.dns.publish.1"),
        ("ECS120", "services.dns.publish.log"),
    ]
    twice = LED.replace("    cluster: shop\n", f"    cluster: shop\n{SUBNETS.replace('0c1d2e3f', '0b1c2d3e')}")
    assert ("ECS102", "targets.ecs.load_balancer.subnets.1") in found(twice)
    taken = LED.replace("host: 443", "host: 8000")
    assert [code for code, _ in found(taken) if code in ("ECS118", "TW402")] == ["TW402"]
    unused = re.sub(" +(publish:|- {port:).*\n", "", LED.replace("    cluster: shop\n", f"    cluster: shop\n{SUBNETS}"))
    assert ("ECS102", "targets.ecs.load_balancer") in found(unused)


def test_what_it_asks_more_coarsely_is_said_where_it_is_written() -> None:
    rounded = [(one.at, one.message) for one in led().findings if one.code.id == "TW502" and "ready" in str(one.at)]
    assert [(at, message.partition(" for the")[0].rpartition(": ")[2]) for at, message in rounded] == [
        ("services.proxy.ready.interval", "500ms becomes 8s"),
        ("services.proxy.ready.successes", "1 becomes 2"),
    ]


def test_a_port_that_nobody_says_is_lost() -> None:
    text = LED.replace("{port: log, host: 514}", "{port: log, host: ephemeral}")
    assert [one.at for one in compiled_text(text).findings if one.code.id == "TW512"] == ["services.dns.publish.log"]


def test_where_there_is_no_template_there_is_no_load_balancer() -> None:
    text = LED.replace("image: shop/proxy:1", 'image: shop/proxy:1\n    command: [run, "{{resolve:ssm:x}}"]')
    assert [one.at for one in compiled_text(text).findings if one.code.id == "TW512"][:2] == [
        "services.proxy.publish.1",
        "services.proxy.publish.more",
    ]


def test_a_target_group_that_is_said_leads_beside_those_that_are_made() -> None:
    arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/shop/0a1b2c3d4e5f6071"
    document = template(f'    target_groups: {{proxy: {{http: "{arn}"}}}}\n')
    service = made(document, "ECS::Service")["ProxyService"]
    assert [one["TargetGroupArn"] for one in service["LoadBalancers"]] == [arn, {"Ref": "ProxyTargets8443"}]
    assert "Listener80" not in document["Resources"]
    inward = made(document, "::SecurityGroup")["ProxyGroup"]["SecurityGroupIngress"]
    assert [rule["FromPort"] for rule in inward if rule.get("CidrIp") == "0.0.0.0/0"] == [8080]


NAMES = st.from_regex(r"(targets|listener|balanced|group|a)(-(targets|[ab1]{1,2})){0,2}", fullmatch=True)
PROTOCOLS = st.sampled_from(("TCP", "UDP", "TCP_UDP"))


@given(st.tuples(NAMES, st.integers(1, 99), PROTOCOLS), st.tuples(NAMES, st.integers(1, 99), PROTOCOLS))
def test_target_groups_are_called_after_what_they_are(one: tuple[str, int, str], other: tuple[str, int, str]) -> None:
    assert (Targets(*one).id == Targets(*other).id) == (one == other)


UNSAID = ("target_groups", "service_security_groups", "security_groups")


@given(
    specs(), st.sets(st.sampled_from(UNSAID)), st.sampled_from(({}, {"scheme": "internal"}, {"subnets": ["subnet-0a1b2c3d"]}))
)
def test_whatever_is_published_is_read_back_as_it_was_meant(spec: Spec, without: set[str], balancer: Spec) -> None:
    """A compile ends with a proof; without one it raises."""
    options = {key: value for key, value in targets_of(spec)["ecs"].items() if key not in {*without, "target_groups"}}
    for tried in ({**options, **({"load_balancer": balancer} if balancer else {})}, options):
        made = {**spec, "targets": {"ecs": tried}}
        first = compiled_text(as_text(made), files=PAGES)
        lost = [one for one in first.findings if one.code.id.startswith("TW51")]
        accept = [{"code": one.code.id, "at": one.at, "target": "ecs", "because": "drawn"} for one in lost]
        outcome = compiled_text(as_text({**made, "accept": accept}), files=PAGES)
        errors = {one.code.id for one in outcome.findings if one.severity.value == "error"}
        if "ECS102" not in errors:
            by_hand = {"ECS101"} if "ECS111" in outcome.codes else set()  # without a template nothing may be left unsaid
            assert outcome.compiled or errors <= {"ECS118", "ECS120", *by_hand}
            return
