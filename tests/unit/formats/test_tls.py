"""What is written for https and for redirects is read line by line, and what cannot be is refused in plain words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.compiling import Outcome, compiled_text
from tests.strategies import targets_of
from twipc.verify.disk import verify_folder

ROUTES = [
    {"match": {"prefix": "/x"}, "redirect": {"to": "/$y?100%25", "status": 303}},
    {"match": {"prefix": "/"}, "redirect": {"scheme": "https", "port": 8443}},
    {"match": {"prefix": "/", "host": "a.example"}, "redirect": {"host": "b.example"}},
    {"match": {"prefix": "/"}, "backend": "app"},
]


TWICE_IS_ONCE = ("http-after-response set-header", "http-request return")


def outcome(
    engine: str, *targets: str, publish: tuple[dict[str, object], ...] = (), groups: tuple[str, ...] = (), **http: Any
) -> Outcome:
    server = {
        "engine": {"name": engine, "version": "1.30" if engine == "nginx" else "3.2"},
        "listen": 8080,
        "tls": {"listen": 8443, "certificate": "edge-cert"},
        "backends": {"app": {"members": ["web.http"]}},
        "routes": ROUTES,
        "default": {"status": 404},
        **http,
    }
    server = {key: value for key, value in server.items() if value is not None}
    small = {"resources": {"cpu": 0.25, "memory": "128MiB"}}
    services = {
        "web": {"image": "shop/web:1", "ports": {"http": 8080}, **small},
        "edge": {"http": server, "publish": list(publish), **small},
    }
    arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/edge"
    spec = {
        **{"twipc": 1, "project": "shop", "environment": "prod", "services": services},
        "secrets": {"edge-cert": {"file": ".secrets/edge.pem", "swarm": "edge-1", "ecs": arn}},
    }
    options = targets_of(spec)
    arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/edge/000000000000000"
    options["ecs"]["target_groups"] = {"edge": {port: f"{arn}{at}" for at, port in enumerate(groups)}} if groups else {}
    return compiled_text(json.dumps({**spec, "targets": {target: options.get(target, {}) for target in targets}}))


def errors(found: Outcome) -> list[tuple[str, str]]:
    return [(finding.code.id, finding.at) for finding in found.findings if finding.severity.value == "error"]


@pytest.mark.parametrize("engine", ["nginx", "haproxy"])
@pytest.mark.parametrize("target", ["compose", "compose-2.4", "alone"])
def test_a_fault_in_any_line_is_noticed(engine: str, target: str) -> None:
    missed = []
    (one,) = outcome(engine, engine if target == "alone" else target).compiled
    for artifact in one.bundle.artifacts:
        lines = artifact.text.splitlines(keepends=True)
        for index, line in enumerate(lines):
            if line.strip().startswith("#") or not line.strip():
                continue
            doubled, dropped = line * 2, ""
            other = line.replace("443", "444").replace("30", "40").replace("ssl", "sl").replace("https", "http")
            faults = {dropped, other} if line.strip().startswith(TWICE_IS_ONCE) else {dropped, other, doubled}
            for fault in faults - {line}:
                texts = {**one.bundle.texts, artifact.path: "".join([*lines[:index], fault, *lines[index + 1 :]])}
                if not list(verify_folder(one.model, one.target, one.options, one.bundle, "out", texts)):
                    missed.append(f"{artifact.path}:{index + 1}: {line.strip()} -> {fault.strip()}")
    assert not missed, "\n".join(missed)


def test_on_ecs_nothing_of_it_is_there_and_one_finding_says_so() -> None:
    found = outcome("nginx", "ecs")
    assert errors(found) == [("TW515", "services.edge.http.tls"), ("TW511", "services.edge.http.routes.1.redirect")]
    assert "load balancer" in next(finding.message for finding in found.findings if finding.code.id == "TW515")


@pytest.mark.parametrize(
    "http",
    [
        {"tls": {"certificate": "edge-cert"}},
        {"tls": {"listen": 8443}},
        {"tls": {"listen": 443, "certificate": "edge-cert"}},
        {"tls": {"listen": 8080, "certificate": "edge-cert"}},
        {"tls": {"listen": 8079, "certificate": "edge-cert"}},
        {"tls": {"listen": {"port": "http", "number": 8443}, "certificate": "edge-cert"}},
        {"tls": {"listen": 8443, "certificate": "no-such"}},
        {"tls": {"listen": 8443, "certificate": "edge-cert", "hsts": "yes"}},
        {"tls": {"listen": 8443, "certificate": "edge-cert"}, "response_headers": {"Strict-Transport-Security": "max-age=1"}},
        {"stats": {"number": 1936, "auth": {"secret": "edge-cert"}}},
    ],
)
def test_a_mistake_is_found(http: dict[str, Any]) -> None:
    assert errors(outcome("haproxy", "compose", **http))


def test_a_header_of_ones_own_takes_the_place_of_hsts() -> None:
    tls = {"listen": 8443, "certificate": "edge-cert", "hsts": False}
    assert not errors(outcome("nginx", "compose", tls=tls, response_headers={"Strict-Transport-Security": "max-age=1"}))


def test_what_follows_a_redirect_to_https_is_reached_by_https() -> None:
    assert "TW405" not in outcome("nginx", "compose").codes
    assert "TW405" in outcome("nginx", "compose", tls=None).codes


def test_a_circle_behind_a_redirect_to_https_is_found() -> None:
    routes = [ROUTES[1], {"match": {"prefix": "/a"}, "redirect": "/a"}, ROUTES[3]]
    assert errors(outcome("nginx", "compose", routes=routes)) == [("TW455", "services.edge.http.routes.1")]


@pytest.mark.parametrize(
    ("hosts", "said"),
    [
        ((), ""),
        ((8443,), ""),
        ((9443, 8443), ""),
        ((9443,), "clients are sent to port 8443, and https is published at 9443"),
        ((9443, 443), "clients are sent to port 8443, and https is published at 443 or 9443"),
        (("ephemeral",), "clients are sent to port 8443, and https is published at a port that the engine chooses"),
    ],
)
def test_clients_are_sent_to_a_port_that_is_published(hosts: tuple[object, ...], said: str) -> None:
    found = outcome("nginx", "compose", publish=tuple({"port": "https", "host": host} for host in hosts))
    assert "".join(finding.message for finding in found.findings if finding.code.id == "TW456") == said


def test_a_target_group_for_the_port_that_is_lost_has_no_effect() -> None:
    """The load balancer ends TLS and leads to the port for http."""
    both = ({"port": "http", "host": 80}, {"port": "https", "host": 8443})
    assert set(errors(outcome("nginx", "ecs", publish=both, groups=("http", "https")))) == {
        ("TW511", "services.edge.http.routes.1.redirect"),
        ("ECS102", "targets.ecs.target_groups.edge.https"),
        ("TW512", "services.edge.publish.https"),
        ("TW515", "services.edge.http.tls"),
    }
