"""What stands in a compose file is told as a spec has it, with its own values: and what is told is taken."""

from __future__ import annotations

import re

import pytest

from tests.compiling import compiled_text

HEAD = "twipc: 1\nproject: shop\nenvironment: prod\ntargets: [compose]\nservices:\n"
OTHERS = "".join(f"  {name}: {{image: 'shop/{name}:1', health: {{command: [check]}}}}\n" for name in ("db", "queue"))
JOB = "  migrate: {image: 'shop/migrate:1', kind: job}\n"
STATIC = {
    "ports": "write `ports: {http: 8080}` for",
    "depends_on": "write a list: `depends_on: [db]`, or in full",
    "healthcheck": "write `health: {http: /health}`, or",
    "volumes": "write `mounts: {/data: news}`, and",
}


def help_of(line: str) -> str:
    """What is told of this line of a service."""
    text = f"{HEAD}  web:\n    image: shop/web:1\n    {line}\n{OTHERS}{JOB}"
    (found,) = [one for one in compiled_text(text).findings if one.at == f"services.web.{line.partition(':')[0]}"]
    return found.help or ""


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('ports: ["80:8080"]', ["ports: {http: 8080}", "publish: [{port: http, host: 80}]"]),
        ("ports: [8080]", ["ports: {http: 8080}", "publish: [{port: http, host: ephemeral}]"]),
        (
            'ports: ["127.0.0.1:9000:9000", "443:8443", "53:53/udp", "5433:5432/tcp"]',
            [
                "ports: {http: 9000, https: 8443, p53: {number: 53, protocol: udp}, sql: 5432}",
                "publish: [{port: http, host: 9000, address: 127.0.0.1}, {port: https, host: 443}, {port: p53, host: 53}, "
                "{port: sql, host: 5433}]",
            ],
        ),
        ('ports: ["80:80", "81:80"]', ["ports: {http: 80}", "publish: [{port: http, host: 80}, {port: http, host: 81}]"]),
        ('ports: ["0.0.0.0:80:80"]', ["ports: {http: 80}", "publish: [{port: http, host: 80}]"]),
        ("depends_on: {db: {condition: service_healthy}}", ["depends_on: [db]"]),
        (
            "depends_on: {db: {restart: true}, migrate: {condition: service_completed_successfully}}",
            ["depends_on: [{service: db, condition: started}, {service: migrate, condition: completed}]"],
        ),
        (
            "depends_on: {db: {condition: service_healthy, required: true}, queue: {condition: service_started}}",
            ["depends_on: [db, {service: queue, condition: started}]"],
        ),
        ('healthcheck: {test: [CMD, curl, "-f", "http://a:1"]}', ['health: {command: ["curl", "-f", "http://a:1"]}']),
        (
            'healthcheck: {test: "ready -U $$USER || exit 1", interval: 2s, timeout: 15s, retries: 5, start_period: 3s}',
            [
                'health: {command: ["sh", "-c", "ready -U $USER || exit 1"], interval: 2s, timeout: 15s, failures: 5, '
                "start_period: 3s}"
            ],
        ),
        ('healthcheck: {test: [CMD-SHELL, "a | b"], retries: 3}', ['health: {command: ["sh", "-c", "a | b"], failures: 3}']),
        ("volumes: [data:/data]", ["mounts: {/data: data}", "volumes: {data: {access: single-writer}}"]),
        (
            'volumes: ["my_data:/data:rw", "data:/more", "./conf/a.conf:/etc/a.conf:ro", "b.yml:/etc/b.yml"]',
            [
                "mounts: {/data: my-data, /more: data}",
                "configs: {/etc/a.conf: conf/a.conf, /etc/b.yml: b.yml}",
                "volumes: {my-data: {access: single-writer}, data: {access: single-writer}}",
            ],
        ),
        ('volumes: ["./a.conf:/etc/a.conf"]', ["configs: {/etc/a.conf: a.conf}"]),
    ],
)
def test_what_is_understood_is_told_with_its_values_and_taken(line: str, told: list[str]) -> None:
    said = [one for one in re.findall("`([^`]+)`", help_of(line)) if ": " in one]
    assert said == told
    beside = "".join(f"{one}\n" for one in told if one.startswith("volumes"))
    inside = "".join(f"    {one}\n" for one in told if not one.startswith("volumes"))
    files = {"conf/a.conf": "a\n", "a.conf": "a\n", "b.yml": "b\n"}
    findings = compiled_text(f"{HEAD}  web:\n    image: shop/web:1\n{inside}{OTHERS}{JOB}{beside}", files).findings
    assert [one.code.id for one in findings if one.severity.value != "note"] == []


@pytest.mark.parametrize(
    "line",
    [
        'ports: ["${PORT}:80"]',
        'ports: ["8000-8010:8000-8010"]',
        "ports: [{target: 80}]",
        "ports: []",
        "ports: [true, null]",
        f"ports: ['{'9' * 5000}']",
        f"ports: [{'9' * 4000}]",
        f"healthcheck: {{test: a, retries: {'9' * 4000}}}",
        "healthcheck: {test: a, retries: true}",
        "healthcheck: {test: [CMD, 1]}",
        "healthcheck: {test: [CMD]}",
        "healthcheck: {test: a, interval: 5}",
        "depends_on: {db: [a]}",
        "volumes: [[a, b], null, {a: b}]",
        "depends_on: {db: {condition: service_healthy, required: false}}",
        "depends_on: {db: {condition: whatever}}",
        "depends_on: {My_Db: {}}",
        "healthcheck: {disable: true}",
        "healthcheck: {test: [NONE]}",
        "healthcheck: {test: [CMD-SHELL]}",
        'healthcheck: {test: "a $B"}',
        'healthcheck: {test: "a", interval: "$EVERY"}',
        'healthcheck: {test: "a", retries: "3"}',
        f'healthcheck: {{test: "{"a " * 200}"}}',
        'healthcheck: {test: "a `b`"}',
        'volumes: ["./data:/data"]',
        'volumes: ["data:/data:ro"]',
        'volumes: ["/var/run/docker.sock:/var/run/docker.sock"]',
        'volumes: ["../a.conf:/etc/a.conf"]',
        'volumes: ["${DATA}:/data"]',
        "volumes: [{type: bind}]",
    ],
)
def test_what_may_mean_more_is_told_in_general(line: str) -> None:
    if line != "ports: []":
        assert STATIC[line.partition(":")[0]] in help_of(line)


def test_a_secret_in_a_check_is_not_told() -> None:
    assert "hunter" not in help_of('healthcheck: {test: "curl -f https://me:hunter2hunter2@a/"}')
    assert "ghp_" not in help_of(f'healthcheck: {{test: "check --token ghp_{"a1B2c3" * 6}"}}')


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ('sh -c "a && b"', '["sh", "-c", "a && b"]'),
        ("/bin/bash -c 'a | b'", '["/bin/bash", "-c", "a | b"]'),
        ("sh -c a b", '["sh", "-c", "a", "b"]'),
        ("sh -c a && b", '["sh", "-c", "sh -c a && b"]'),
    ],
)
def test_a_line_for_a_shell_is_handed_to_one_shell(command: str, told: str) -> None:
    text = f"{HEAD}  web:\n    image: shop/web:1\n    command: >-\n      {command}\n"
    (found,) = [one for one in compiled_text(text).findings if one.code.id == "TW202"]
    assert found.help == f"Replaces the image's command; no shell. Write {told}."
