"""Runs of the command line: in this process, which is quick, or in one of their own."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from twipc.cli import main
from twipc.stamp import stamp_of

ROOT = Path(__file__).resolve().parents[2]
HEAD = "twipc: 1\nproject: shop\n"
BASE = HEAD + 'services:\n  web:\n    image: "shop/web:1"\n    ports: {http: 8080}\n    env: {GREETING: hello}\n'
PROD = (
    HEAD + "environment: prod\nextends: base.yaml\ntargets: {compose: {}, nginx: {}}\nservices:\n  web: {}\n"
    "  edge:\n    http:\n"
    '      engine: {name: nginx, version: "1.30"}\n      listen: 8080\n      backends: {app: {members: [web.http]}}\n'
    "      routes: [{match: {prefix: /}, backend: app}]\n      default: {status: 404}\n"
    "    publish: [{port: http, host: 80}]\n"
)
WEB = 'services:\n  web:\n    image: "shop/web:1"\n    ports: {http: 8080}\n'


@dataclass(frozen=True)
class Ran:
    """What a run came to."""

    code: int
    out: str
    err: str

    @property
    def findings(self) -> list[dict[str, Any]]:
        """The findings of a run with `--format json`."""
        found: list[dict[str, Any]] = json.loads(self.out)["findings"]
        return found

    @property
    def codes(self) -> list[str]:
        return [finding["code"] for finding in self.findings]


def spec(environment: str, body: str = WEB, targets: str = "{compose: {}}") -> str:
    """A whole spec with these services."""
    return f"{HEAD}environment: {environment}\ntargets: {targets}\n{body}"


def project(root: Path, **specs: str) -> Path:
    """A project with these specs by name; by default `prod`, which extends `base` and makes compose and nginx files."""
    (root / "specs").mkdir(parents=True, exist_ok=True)
    for name, text in (specs or {"base": BASE, "prod": PROD}).items():
        (root / "specs" / f"{name}.yaml").write_text(text)
    return root


def run(*arguments: str, at: Path, stdin: bytes = b"", stamped: bool = False) -> Ran:
    """A run in this process, standing in `at`; if `stamped`, it leaves its stamp, and takes notice of none."""
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.TextIOWrapper(io.BytesIO(), "utf-8")
    before = signal.getsignal(signal.SIGTERM)
    code: object = 0
    try:
        with (
            chdir(at),
            redirect_stdout(out),
            redirect_stderr(err),
            patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8")),
        ):
            main(list(arguments), stamp_of(arguments) if stamped else None)
    except SystemExit as ended:
        code = ended.code
    finally:
        signal.signal(signal.SIGTERM, before)
    assert isinstance(code, int)
    return Ran(code, _said(out), _said(err))


def _said(stream: io.TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode()


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "twipc", *arguments]


def start(*arguments: str, at: Path, **options: Any) -> subprocess.Popen[bytes]:
    """A run of its own that goes on while the test does other things."""
    return subprocess.Popen(command(*arguments), cwd=at, env=environ(), **options)


def execute(*arguments: str, at: Path, stdin: bytes = b"", env: Mapping[str, str] | None = None, **options: Any) -> Ran:
    """A run in a process of its own."""
    done = subprocess.run(
        command(*arguments), cwd=at, input=stdin, env=environ(**(env or {})), capture_output=True, check=False, **options
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def environ(**more: str) -> dict[str, str]:
    """This process's environment without what changes colours."""
    plain = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR")}
    return {**plain, "TERM": "xterm", "PYTHONPATH": str(ROOT), **more}
