"""What one run of twipc costs, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.compiling import ROOT


def cost(content: bytes) -> float:
    """The seconds of processor that `twipc lint` takes for a spec; it must end by itself, with a finding or none."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, "specs", "prod.yaml")
        path.parent.mkdir()
        path.write_bytes(content)
        with tempfile.TemporaryFile() as said:
            command = [sys.executable, "-m", "twipc", "lint", str(path)]
            environ = {**os.environ, "PYTHONPATH": str(ROOT)}
            started = subprocess.Popen(command, cwd=name, env=environ, stdout=said, stderr=subprocess.STDOUT)
            _, status, used = os.wait4(started.pid, 0)
            started.returncode = os.waitstatus_to_exitcode(status)
            said.seek(0)
            text = said.read()
    if started.returncode not in (0, 1) or b"Traceback" in text:
        raise AssertionError(f"exit {started.returncode}: {text[-2000:]!r}")
    return used.ru_utime + used.ru_stime
