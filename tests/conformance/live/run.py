"""The test's side: starts the private namespace, hands it the scenario, takes the report."""

import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.conformance.live import wire
from tests.conformance.live.engine import HAPROXY_FILE, NGINX_FILE
from tests.conformance.live.report import Report
from tests.conformance.live.scenario import Scenario

ROOT = Path(__file__).resolve().parents[3]

# A process namespace of its own: when its first process dies, everything in it does.
UNSHARE = ("unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")


class HarnessError(Exception):
    """The harness itself failed, which says nothing about the configuration under test."""


def run(scenario: Scenario) -> Report:
    """Runs a scenario to its end and returns what happened.

    Haproxy 2.8.25 was seen to end by a fault of its own as it started, once in some thousand times. An engine that ends by a
    signal is started once more: what does so twice does it for the configuration.
    """
    report = _run(scenario)
    return _run(scenario) if report.exit_code is not None and report.exit_code < 0 else report


def _run(scenario: Scenario) -> Report:
    with tempfile.TemporaryDirectory(prefix="twipc-live-") as scratch:
        try:
            done = subprocess.run(
                (
                    *UNSHARE,
                    sys.executable,
                    "-m",
                    "tests.conformance.live",
                    scratch,
                    str(_binary(scenario.engine)),
                    *([str(_binary(scenario.inner.engine))] if scenario.inner else []),
                ),
                cwd=ROOT,
                input=wire.dumps(scenario),
                capture_output=True,
                text=True,
                timeout=scenario.seconds + 15,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            raise HarnessError(f"no report after {late.timeout:.0f} s") from late
    if done.returncode:
        raise HarnessError(done.stderr)
    report = wire.loads(done.stdout)
    if not isinstance(report, Report):
        raise HarnessError(f"not a report: {done.stdout[:200]}")
    return report


def nginx_accepts(
    files: Mapping[str, str], names: Mapping[str, tuple[str, ...]] | None = None, engine: str = "nginx"
) -> tuple[bool, str]:
    """Asks `nginx -t`; names that the configuration resolves at start must be given."""
    return _accepts(Scenario(engine, files, names=names or {}, arguments=("-t", "-p", "/etc/nginx/", "-c", NGINX_FILE)))


def haproxy_accepts(
    files: Mapping[str, str], environment: Mapping[str, str] | None = None, engine: str = "haproxy"
) -> tuple[bool, str]:
    """Asks `haproxy -c -dW`, which takes a warning for an error."""
    return _accepts(Scenario(engine, files, environment=environment or {}, arguments=("-c", "-dW", "-f", HAPROXY_FILE)))


def _accepts(scenario: Scenario) -> tuple[bool, str]:
    report = run(scenario)
    return report.exit_code == 0, report.stderr


def _binary(engine: str) -> Path:
    if "/" in engine:
        return Path(engine).absolute()
    # Here and not above: the child process imports this package too and has no use for the tools' installer.
    from tests.tools import tool

    return tool(engine)
