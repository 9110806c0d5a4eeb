"""Starts a Docker engine of the tests' own, and takes all of it away again.

It has namespaces and a folder of its own. It ends with the process that started it, however that ends, and its folder with it.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.tools import missing, tool

START_SECONDS = 60.0
Inspected = dict[str, Any]
"""An object in the engine's own words."""

KEEPER = """\
folder=$1
unshare --net --mount --pid --fork --kill-child --mount-proc sh -c '
  ip link set lo up
  folder=$1 dockerd=$2
  shift 2
  "$dockerd" --config-file /dev/null --host "unix://$folder/socket" --pidfile "$folder/pid" \\
    --data-root "$folder/data" --exec-root "$folder/exec" --cgroup-parent "/${folder##*/}" "$@" \\
    >"$folder/log" 2>&1 </dev/null &
  cat >/dev/null  # until the tests end
' keeper "$@"
find /sys/fs/cgroup -depth -type d -path "*/${folder##*/}*" -exec rmdir {} +
rm -rf "$folder"
"""
"""Its first process waits for the end of stdin; with it everything in the namespaces ends, and mounts and networks vanish."""


class Failed(Exception):
    """A tool of the engine refused what it was asked."""


@dataclass(frozen=True)
class Own:
    """An engine that is ready: the address of its socket, and the process whose namespaces are its own."""

    host: str
    process: int


@contextmanager
def own(*options: str) -> Iterator[Own]:
    """An engine with nothing in it; the test ends here where there can be none."""
    if os.geteuid():
        missing("dockerd", "to start it needs root")
    dockerd = tool("dockerd")
    folder = Path(tempfile.mkdtemp(prefix="twipc-engine-"))
    command = ("sh", "-c", KEEPER, "keeper", str(folder), str(dockerd), *options)
    # Out of reach of Ctrl-C: what ends it is the end of stdin.
    keeper = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        host = f"unix://{folder}/socket"
        ready(Docker(host), keeper, folder / "log")
        (unshare,) = children(keeper.pid)
        (first,) = children(unshare)
        yield Own(host, first)
    finally:
        assert keeper.stdin
        keeper.stdin.close()
        keeper.wait(60)


def ready(started: Docker, keeper: subprocess.Popen[bytes], log: Path) -> None:
    """Waits until an engine answers; the test ends here if it does not."""
    deadline = time.monotonic() + START_SECONDS
    while keeper.poll() is None and time.monotonic() < deadline:
        try:
            started.version()
        except Failed:
            time.sleep(0.1)
        else:
            return
    said = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    missing("dockerd", f"it does not start here: {said[-1] if said else 'without a word'}")


def children(process: int) -> list[int]:
    """Asked of each process for its parent, as not every kernel lists children."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            # A name in parentheses may hold anything.
            parent = status.read_text(errors="replace").rpartition(")")[2].split()[1]
        except OSError:  # it has ended meanwhile
            continue
        if int(parent) == process:
            found.append(int(status.parent.name))
    return found


class Docker:
    """The client's commands, against one engine."""

    def __init__(self, host: str) -> None:
        self.host = host
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("COMPOSE_", "DOCKER_"))}
        self.environment = {**kept, "DOCKER_HOST": host, "COMPOSE_ANSI": "never"}

    def docker(self, *arguments: str, folder: Path | None = None, stdin: bytes = b"") -> str:
        """What `docker` prints."""
        return self.run(tool("docker"), *arguments, folder=folder, stdin=stdin)

    def run(self, program: Path, *arguments: str, folder: Path | None = None, stdin: bytes = b"") -> str:
        """What a program prints that asks this engine."""
        done = subprocess.run(
            [program, *arguments], cwd=folder, env=self.environment, input=stdin, capture_output=True, check=False, timeout=280
        )
        if done.returncode:
            raise Failed(f"{program.name} {' '.join(arguments)[:200]}: {done.stderr.decode(errors='replace')[-2000:]}")
        return done.stdout.decode()

    def version(self) -> str:
        """The engine's own."""
        return self.docker("version", "--format", "{{.Server.Version}}").strip()

    def inspect(self, kind: str, names: Sequence[str]) -> list[Inspected]:
        """The engine's own account of its objects."""
        found: list[Inspected] = json.loads(self.docker(kind, "inspect", *names)) if names else []
        return found
