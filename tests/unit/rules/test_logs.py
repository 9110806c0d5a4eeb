"""Where logs go: what each driver takes, needs and does not go together with."""

from __future__ import annotations

import json

import pytest

from tests.compiling import compiled_text
from tests.strategies import Spec

FARGATE: Spec = {
    "launch": "fargate",
    "region": "eu-west-1",
    "cluster": "shop",
    "subnets": ["subnet-0a1b2c3d4e5f60718"],
    "security_groups": ["sg-0a1b2c3d4e5f60718"],
    "execution_role": "arn:aws:iam::111122223333:role/shop",
}


def found(driver: str, options: dict[str, str] | None = None, targets: Spec | None = None) -> list[tuple[str, str, str]]:
    """Findings about logs: (code, place, message)."""
    service: Spec = {"image": "shop/web:1", "resources": {"cpu": 0.25, "memory": "512MiB"}}
    service["logging"] = {"driver": driver, "options": options or {}}
    spec: Spec = {"twipc": 1, "project": "shop", "environment": "prod", "services": {"web": service}}
    outcome = compiled_text(json.dumps({**spec, "targets": targets or {"compose": {}}}))
    return [(one.code.id, str(one.at), one.message) for one in outcome.findings if "logging" in str(one.at)]


LEGAL: list[tuple[str, dict[str, str]]] = [
    ("json-file", {"max-size": "10m"}),
    ("json-file", {"max-size": "1g", "max-file": "3", "compress": "true", "mode": "non-blocking", "max-buffer-size": "4m"}),
    (
        "json-file",
        {"max-size": "1", "compress": "false", "tag": "a {{.Name}}/{{.ImageName}} }} $x", "labels": "a,b.c", "env": "A"},
    ),
    ("local", {}),
    ("local", {"max-file": "1", "compress": "false", "max-size": "10k"}),
    ("local", {"max-file": "2", "compress": "true"}),
    ("none", {}),
    ("journald", {"tag": "shop", "mode": "blocking"}),
    ("syslog", {}),
    ("syslog", {"syslog-address": "udp://logs", "syslog-facility": "local7", "syslog-format": "rfc5424micro"}),
    ("syslog", {"syslog-address": "unixgram:///dev/log", "tag": "x"}),
    (
        "syslog",
        {
            "syslog-address": "tcp+tls://[2001:db8::1]:6514",
            **{f"syslog-tls-{one}": f"/etc/ssl/{one}.pem" for one in ("ca-cert", "cert", "key")},
        },
    ),
    ("gelf", {"gelf-address": "udp://10.0.0.7:12201", "gelf-compression-type": "none", "gelf-compression-level": "-1"}),
    ("gelf", {"gelf-address": "tcp://logs:1", "gelf-tcp-max-reconnect": "3", "gelf-tcp-reconnect-delay": "0"}),
    ("fluentd", {}),
    ("fluentd", {"fluentd-address": "unix:///run/fluentd.sock", "fluentd-request-ack": "true"}),
    ("fluentd", {"fluentd-address": "logs:24224", "fluentd-async": "true", "fluentd-async-reconnect-interval": "100ms"}),
    ("awslogs", {"awslogs-group": "/a/b", "awslogs-stream": "web 1", "awslogs-create-group": "true"}),
    ("awslogs", {"awslogs-group": "x", "awslogs-region": "us-gov-west-1", "tag": "x", "awslogs-datetime-format": "%Y %b"}),
]


@pytest.mark.parametrize(("driver", "options"), LEGAL, ids=str)
def test_what_the_engine_takes_is_taken(driver: str, options: dict[str, str]) -> None:
    assert found(driver, options) == []


@pytest.mark.parametrize(
    ("driver", "option", "value", "more"),
    [
        *(("json-file", "max-size", value, {}) for value in ("-1", "0", "10M", "10 m", "1.5m", "", "ten", "١m")),
        *(("json-file", "max-file", value, {"max-size": "1m"}) for value in ("0", "-1", "03", "", "3.0")),
        *(("json-file", "compress", value, {"max-size": "1m"}) for value in ("true", "yes", "1", "")),
        ("json-file", "compress", "true", {"max-size": "1m", "max-file": "1"}),
        ("json-file", "mode", "async", {"max-size": "1m"}),
        ("json-file", "max-buffer-size", "4m", {"max-size": "1m"}),
        ("json-file", "max-buffer-size", "4m", {"max-size": "1m", "mode": "blocking"}),
        *(("json-file", "tag", value, {"max-size": "1m"}) for value in ("", "{{.Nope}}", "{{.Name", "{{ .Name }}", "a" * 201)),
        *(("json-file", "labels", value, {"max-size": "1m"}) for value in ("", "a,", "a b", "a$b")),
        ("local", "tag", "x", {}),
        ("local", "max-file", "1", {}),
        ("local", "max-file", "1", {"compress": "true"}),
        ("none", "max-size", "1m", {}),
        ("none", "mode", "non-blocking", {}),
        ("journald", "max-file", "3", {}),
        *(
            ("syslog", "syslog-address", value, {})
            for value in (
                "127.0.0.1:514",
                "udp6://a:1",
                "udp://a:0",
                "udp://a:65536",
                "udp://u@a:514",
                "udp://:514",
                "tcp://a/b",
                "unix://",
            )
        ),
        ("syslog", "syslog-facility", "24", {}),
        ("syslog", "syslog-format", "rfc1", {}),
        ("syslog", "syslog-tls-ca-cert", "/a.pem", {"syslog-address": "udp://a"}),
        ("syslog", "syslog-tls-ca-cert", "a.pem", {"syslog-address": "tcp+tls://a"}),
        ("syslog", "syslog-tls-cert", "/a.pem", {"syslog-address": "tcp+tls://a"}),
        ("syslog", "syslog-tls-key", "/etc/a.pem", {"syslog-address": "tcp+tls://a"}),
        *(("gelf", "gelf-address", value, {}) for value in ("udp://a", "a:1", "http://a:1", "")),
        ("gelf", "gelf-compression-level", "10", {"gelf-address": "udp://a:1"}),
        ("gelf", "gelf-compression-type", "gzip", {"gelf-address": "tcp://a:1"}),
        ("gelf", "gelf-tcp-max-reconnect", "3", {"gelf-address": "udp://a:1"}),
        *(("fluentd", "fluentd-address", value, {}) for value in ("tls://a:1", "udp://a:1", "tcp://a:1/b", "a:x")),
        *(
            ("fluentd", "fluentd-async-reconnect-interval", value, {"fluentd-async": "true"})
            for value in ("1ms", "11s", "1", "1m")
        ),
        ("fluentd", "fluentd-async-reconnect-interval", "1s", {}),
        ("fluentd", "fluentd-retry-wait", "1", {}),
        ("fluentd", "fluentd-max-retries", "-1", {}),
        ("awslogs", "awslogs-group", "a b", {}),
        ("awslogs", "awslogs-stream", "a:b", {"awslogs-group": "a"}),
        ("awslogs", "awslogs-create-group", "yes", {"awslogs-group": "a"}),
        ("awslogs", "tag", "x", {"awslogs-group": "a", "awslogs-stream": "b"}),
        ("awslogs", "labels", "x", {"awslogs-group": "a"}),
    ],
    ids=str,
)
def test_what_it_does_not_is_found_at_its_option(driver: str, option: str, value: str, more: dict[str, str]) -> None:
    ((code, place, message),) = found(driver, {option: value, **more})
    assert (code, place) == ("TW422", f"services.web.logging.options.{option}")
    assert message.startswith(f"`{option}` ") or f"has no option `{option}`" in message


@pytest.mark.parametrize(("driver", "option"), [("gelf", "gelf-address"), ("awslogs", "awslogs-group")])
def test_what_a_driver_needs_is_missed(driver: str, option: str) -> None:
    assert found(driver) == [
        ("TW422", "services.web.logging.driver", f"the driver `{driver}` needs the option `{option}`"),
    ]


def test_a_password_in_an_address_is_found_and_not_shown() -> None:
    outcome = found("gelf", {"gelf-address": "udp://user:hunter2@logs:1"})
    assert [code for code, _, _ in outcome] == ["TW422", "TW465"]
    assert "hunter2" not in str(outcome)


def test_a_log_without_an_end_is_found() -> None:
    said = ("TW421", "services.web.logging", "the log of `web` grows until its host's disk is full")
    assert found("json-file", {"tag": "x"}) == [said]
    # A count of files says nothing of how large one is.
    assert [code for code, _, _ in found("json-file", {"max-file": "3"})] == ["TW421", "TW422"]


@pytest.mark.parametrize(
    "logging",
    [
        "splunk",
        "{options: {max-size: 1m}}",
        "{driver: json-file, options: {max-sise: 1m}}",
        "{driver: json-file, options: {max-size: 1}}",
        "{driver: json-file, options: {max-size: null}}",
        '{driver: json-file, options: {tag: "a\\nb"}}',
        "[json-file]",
    ],
)
def test_what_is_no_driver_and_no_option_is_refused(logging: str) -> None:
    head = "twipc: 1\nproject: shop\nenvironment: prod\ntargets: {compose: {}}\nservices:\n  web:\n    image: shop/web:1\n"
    outcome = compiled_text(f"{head}    logging: {logging}\n")
    assert not outcome.compiled


def test_ecs_says_what_it_loses_of_a_log() -> None:
    on_ec2 = {"ecs": {**FARGATE, "launch": "ec2"}}
    assert found("gelf", {"gelf-address": "udp://a:1"}, on_ec2) == []
    assert [(code, at) for code, at, _ in found("gelf", {"gelf-address": "udp://a:1"}, {"ecs": FARGATE})] == [
        ("TW511", "services.web.logging.driver")
    ]
    for driver in ("local", "none"):
        assert [code for code, _, _ in found(driver, {}, on_ec2)] == ["TW511"]
    stream = {"awslogs-group": "a", "awslogs-stream": "b", "awslogs-create-group": "true"}
    for targets in (on_ec2, {"ecs": FARGATE}):
        assert [(code, at) for code, at, _ in found("awslogs", stream, targets)] == [
            ("TW511", "services.web.logging.options.awslogs-stream")
        ]
