"""A real Docker engine takes every option of every log driver that twipc takes, and no other of theirs."""

from __future__ import annotations

import pytest

from tests.conformance.docker import Engine, Failed
from tests.unit.rules.test_logs import LEGAL
from twipc.rules.log_options import NEEDED, OPTIONS

pytestmark = [pytest.mark.xdist_group("docker"), pytest.mark.timeout(300)]

IMAGE = "shop/logs:1"
EXAMPLES = {
    **{"mode": "non-blocking", "max-buffer-size": "4m", "tag": "a {{.Name}} }} $x é", "labels": "a,b/c", "env": "A"},
    **{"max-size": "10m", "max-file": "3", "compress": "true"},
    **{"syslog-address": "udp://127.0.0.1", "syslog-facility": "authpriv", "syslog-format": "rfc5424micro"},
    **{f"syslog-tls-{one}": "/etc/ssl/x.pem" for one in ("ca-cert", "cert", "key")},
    **{"gelf-address": "udp://127.0.0.1:12201", "gelf-compression-type": "zlib", "gelf-compression-level": "-1"},
    **{"gelf-tcp-max-reconnect": "0", "gelf-tcp-reconnect-delay": "99999"},
    **{"fluentd-address": "unix:///run/fluentd.sock", "fluentd-async": "true", "fluentd-async-reconnect-interval": "10s"},
    **{"fluentd-buffer-limit": "8m", "fluentd-retry-wait": "1m", "fluentd-max-retries": "0"},
    **{"fluentd-request-ack": "true", "fluentd-sub-second-precision": "false"},
    **{"awslogs-group": "/a/b", "awslogs-region": "eu-west-1", "awslogs-stream": "web 1", "awslogs-create-group": "true"},
    **{"awslogs-datetime-format": "%Y"},
}
BESIDE = {
    "max-buffer-size": {"mode": "non-blocking"},
    "compress": {"max-size": "10m", "max-file": "3"},
    "gelf-tcp-max-reconnect": {"gelf-address": "tcp://127.0.0.1:12201"},
    "gelf-tcp-reconnect-delay": {"gelf-address": "tcp://127.0.0.1:12201"},
}
"""What an option asks for."""


def made(docker: Engine, driver: str, options: dict[str, str], *, start: bool = False) -> None:
    """A container with this log, which the engine refuses or makes, and starts."""
    docker.have_images([IMAGE])
    told = [word for option, value in options.items() for word in ("--log-opt", f"{option}={value}")]
    container = docker.docker("create", "--log-driver", driver, *told, IMAGE).strip()
    try:
        if start:
            docker.docker("start", container)
    finally:
        docker.docker("rm", "--force", container)


@pytest.mark.parametrize("driver", sorted(OPTIONS))
def test_each_option_of_a_driver_is_one(docker: Engine, driver: str) -> None:
    needed = {option: EXAMPLES[option] for option in NEEDED.get(driver, ())}
    made(docker, driver, needed)
    for option, kind in OPTIONS[driver].items():
        assert kind.fits(EXAMPLES[option])
        made(docker, driver, {**needed, **BESIDE.get(option, {}), option: EXAMPLES[option]})
    for option in sorted({option for options in OPTIONS.values() for option in options} - set(OPTIONS[driver])):
        with pytest.raises(Failed):
            made(docker, driver, {**needed, **BESIDE.get(option, {}), option: EXAMPLES[option]})


@pytest.mark.parametrize("option", [option for options in NEEDED.values() for option in options])
def test_what_a_driver_needs_the_engine_misses(docker: Engine, option: str) -> None:
    driver = next(driver for driver, options in NEEDED.items() if option in options)
    with pytest.raises(Failed, match=option):
        made(docker, driver, {})


ON_THE_HOST = ("json-file", "local", "none")


@pytest.mark.parametrize(("driver", "options"), [one for one in LEGAL if one[0] in ON_THE_HOST], ids=str)
def test_what_is_legal_starts(docker: Engine, driver: str, options: dict[str, str]) -> None:
    made(docker, driver, options, start=True)


@pytest.mark.parametrize(
    ("driver", "options"),
    [
        ("json-file", {"max-size": "-1"}),
        ("json-file", {"max-size": "1m", "compress": "true"}),
        ("json-file", {"max-size": "1m", "max-file": "0"}),
        ("json-file", {"max-size": "1m", "tag": "{{.Nope}}"}),
        ("json-file", {"max-size": "1m", "tag": "{{.Name"}),
        ("local", {"max-file": "1"}),
        ("local", {"max-size": "-1"}),
    ],
    ids=str,
)
def test_only_the_start_would_refuse_what_twipc_does(docker: Engine, driver: str, options: dict[str, str]) -> None:
    made(docker, driver, options)
    with pytest.raises(Failed, match="failed to initialize logging driver"):
        made(docker, driver, options, start=True)
