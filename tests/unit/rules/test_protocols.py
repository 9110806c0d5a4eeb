"""Ports of two protocols: one number is two ports, and HTTP is asked of TCP alone."""

from __future__ import annotations

import pytest

from tests.compiling import compiled_text
from twipc.target import FactKey

SPEC = """\
twipc: 1
project: shop
environment: prod
targets: {compose: {}}
services:
  web:
    image: shop/web:1
    ports: {http: 8080, quic: {number: 8080, protocol: udp}}
    publish:
      - {port: http, host: 443}
      - {port: quic, host: 443}
    ready: {http: /ready}
    health: {http: /live}
  edge:
    http:
      engine: {name: haproxy, version: "3.2"}
      listen: 8080
      backends: {app: {members: [web.http]}}
      default: {backend: app}
"""


def test_one_number_of_a_host_is_two_ports() -> None:
    outcome = compiled_text(SPEC)
    (one,) = outcome.compiled
    facts = one.target.read(one.bundle.texts)
    assert facts[FactKey("service.ports", ("web",))] == {"http": "8080", "quic": "8080/udp"}
    assert facts[FactKey("service.publish", ("web", "8080", "0"))] == (443, "")
    assert facts[FactKey("service.publish", ("web", "8080/udp", "0"))] == (443, "")


@pytest.mark.parametrize(
    ("old", "new", "at"),
    [
        ("ready: {http: /ready}", "ready: {http: {path: /ready, port: quic}}", "services.web.ready.http.port"),
        ("health: {http: /live}", "health: {http: {path: /live, port: quic}}", "services.web.health.http.port"),
        ("web.http]", "web.quic]", "services.edge.http.backends.app.members.0"),
    ],
)
def test_http_over_udp_is_refused(old: str, new: str, at: str) -> None:
    outcome = compiled_text(SPEC.replace(old, new))
    assert [(finding.code.id, finding.at) for finding in outcome.findings if finding.severity.value == "error"] == [
        ("TW427", at)
    ]


def test_each_protocol_has_a_port_of_a_host_once() -> None:
    twice = SPEC.replace("      - {port: quic, host: 443}\n", "      - {port: quic, host: 443}\n" * 2)
    (found,) = (finding for finding in compiled_text(twice).findings if finding.code.id == "TW402")
    assert found.message == "port 443/udp is published twice"
    assert compiled_text(SPEC.replace("http: 8080, quic", "h2: 8080, http: 8080, quic")).codes == ["TW309"]
