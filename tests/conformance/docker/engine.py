"""Starts an engine, puts stand-in images in it, creates from files what they ask for, and takes all of it away again.

It is the tests' own, never one that runs on this machine: a dockerd in namespaces of its own, with a folder of its own and a
one-node swarm on its own loopback. It ends with the process that started it, however that ends, and its folder with it.
The node is drained, so that services are taken and nothing of them runs.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.conformance.docker.images import BASE, SAY, root_file_system
from tests.tools import missing, tool

START_SECONDS = 60.0
Inspected = dict[str, Any]
"""An object in the engine's own words."""

KEEPER = """\
unshare --net --mount --pid --fork --kill-child --mount-proc sh -c '
  ip link set lo up
  folder=$1 dockerd=$2
  "$dockerd" --config-file /dev/null --host "unix://$folder/socket" --pidfile "$folder/pid" \\
    --data-root "$folder/data" --exec-root "$folder/exec" --cgroup-parent "/${folder##*/}" --bridge none \\
    --iptables=false --ip6tables=false --ip-forward=false --ip-masq=false --userland-proxy=false \\
    >"$folder/log" 2>&1 </dev/null &
  cat >/dev/null  # until the tests end
' keeper "$1" "$2"
find /sys/fs/cgroup -depth -type d -path "*/${1##*/}*" -exec rmdir {} +
rm -rf "$1"
"""
"""Its first process waits for the end of stdin; with it everything in the namespaces ends, and mounts and networks vanish."""


class Failed(Exception):
    """A tool of the engine refused what it was asked."""


@contextmanager
def engine() -> Iterator[Engine]:
    """An engine that is ready, with no object of ours in it; the test ends here where there can be none."""
    if os.geteuid():
        missing("dockerd", "to start it needs root")
    dockerd = tool("dockerd")
    folder = Path(tempfile.mkdtemp(prefix="twipc-engine-"))
    command = ("sh", "-c", KEEPER, "keeper", str(folder), str(dockerd))
    # Out of reach of Ctrl-C: what ends it is the end of stdin.
    keeper = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        started = Engine(f"unix://{folder}/socket")
        _wait(started, keeper, folder / "log")
        started.docker("swarm", "init", "--advertise-addr", "127.0.0.1", "--listen-addr", "127.0.0.1:2377")
        started.available(False)
        yield started
    finally:
        assert keeper.stdin
        keeper.stdin.close()
        keeper.wait(60)


def _wait(started: Engine, keeper: subprocess.Popen[bytes], log: Path) -> None:
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


class Engine:
    """The client's commands, against one engine."""

    def __init__(self, host: str) -> None:
        self.host = host
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("COMPOSE_", "DOCKER_"))}
        self._environment = {**kept, "DOCKER_HOST": host, "COMPOSE_ANSI": "never"}
        # 1.29 waits for ever where services are more than this.
        self._environment["COMPOSE_PARALLEL_LIMIT"] = "1000"
        self._images: set[str] = set()

    def docker(self, *arguments: str, folder: Path | None = None, stdin: bytes = b"") -> str:
        """What `docker` prints."""
        return self._run(tool("docker"), *arguments, folder=folder, stdin=stdin)

    def _run(self, program: Path, *arguments: str, folder: Path | None = None, stdin: bytes = b"") -> str:
        done = subprocess.run(
            [program, *arguments], cwd=folder, env=self._environment, input=stdin, capture_output=True, check=False, timeout=280
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

    def have_images(self, names: Iterable[str]) -> None:
        """Gives each name an image."""
        if BASE not in self._images:
            self.docker("import", "--change", f'CMD ["{SAY}"]', "-", BASE, stdin=_tar(root_file_system()))
            self._images.add(BASE)
        for name in sorted(set(names) - self._images):
            self.docker("tag", BASE, name)
            self._images.add(name)

    @contextmanager
    def composed(self, folder: Path, start: bool = False) -> Iterator[list[Inspected]]:
        """The containers of the compose file in a folder, as the engine has them."""
        do = ("up", "--detach", "--pull", "never") if start else ("create", "--pull", "never")
        with self._project(folder, (tool("docker"), "compose"), do) as containers:
            yield containers

    @contextmanager
    def composed_by_1(self, folder: Path) -> Iterator[list[Inspected]]:
        """The same by docker-compose 1.29."""
        with self._project(folder, (tool("docker-compose-1"),), ("up", "--no-start")) as containers:
            yield containers

    @contextmanager
    def _project(self, folder: Path, program: tuple[Path | str, ...], do: tuple[str, ...]) -> Iterator[list[Inspected]]:
        first, *rest = program
        try:
            self._run(Path(first), *map(str, rest), *do, folder=folder)
            yield self.inspect("container", self.docker("ps", "--all", "--quiet").split())
        finally:
            self._run(Path(first), *map(str, rest), "down", "--volumes", "--timeout", "0", folder=folder)

    @contextmanager
    def deployed(self, folder: Path, name: str, secrets: Iterable[str], start: bool = False) -> Iterator[list[Inspected]]:
        """The services of the stack file in a folder, as the swarm has them; `secrets` must be there before."""
        wanted = sorted(set(secrets))
        try:
            for secret in wanted:
                self.docker("secret", "create", secret, "-", stdin=b"x")
            self.available(start)
            file = ("--compose-file", "docker-stack.yml")
            self.docker("stack", "deploy", "--detach", "--resolve-image", "never", *file, name, folder=folder)
            yield self.inspect("service", self.docker("service", "ls", "--quiet").split())
        finally:
            # Removing services whose tasks come and go ends this engine (swarmkit's SetServiceTasksRemove in 26.1).
            self.available(False)
            self.docker("stack", "rm", name)
            self._gone(f"label=com.docker.stack.namespace={name}")
            if wanted:
                self.docker("secret", "rm", *wanted)

    def _gone(self, which: str) -> None:
        """Waits for the end of a stack's containers and networks: `stack rm` does not, and others would meet them."""
        end = time.monotonic() + 90
        asked = (("ps", "--all"), ("network", "ls"))
        while left := [found for ask in asked if (found := self.docker(*ask, "--quiet", "--filter", which).split())]:
            if time.monotonic() > end:
                raise Failed(f"there is still something with {which}: {left}")
            time.sleep(0.2)

    def available(self, yes: bool) -> None:
        """Whether tasks of services run."""
        node = self.docker("node", "ls", "--quiet").strip()
        self.docker("node", "update", "--availability", "active" if yes else "drain", node)


def _tar(files: Mapping[str, tuple[bytes | str, int]]) -> bytes:
    """A tar of files, by their paths: (content, mode), or (where a link leads, 0)."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for path, (content, mode) in files.items():
            entry = tarfile.TarInfo(path)
            entry.mode = mode
            if isinstance(content, str):
                entry.type, entry.linkname = tarfile.SYMTYPE, content
                archive.addfile(entry)
            else:
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()
