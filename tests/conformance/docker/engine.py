"""Starts an engine, puts stand-in images in it, creates from files what they ask for, and takes all of it away again.

By default the engine is the tests' own: a dockerd in namespaces of its own, with a folder of its own and a one-node swarm on
its own loopback. It ends with the process that started it, however that ends, and its folder with it. Where
`TWIPC_TEST_ENGINE` names a running engine (`unix:///var/run/docker.sock`), that one is asked instead, and the tests touch
nothing there but what they made.
"""

from __future__ import annotations

import io
import json
import os
import secrets
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.conformance.docker.images import BASE, root_file_system
from tests.tools import missing, tool

TOLD = "TWIPC_TEST_ENGINE"
START_SECONDS = 60.0

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
    told = os.environ.get(TOLD)
    if told:
        yield Engine(told, swarm=_is_manager(told))
        return
    if os.geteuid():
        missing("dockerd", f"it needs root; or name a running engine in {TOLD}")
    folder = Path(tempfile.mkdtemp(prefix="twipc-engine-"))
    command = ("sh", "-c", KEEPER, "keeper", str(folder), str(tool("dockerd")))
    # Out of reach of Ctrl-C: what ends it is the end of stdin.
    keeper = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        started = Engine(f"unix://{folder}/socket", swarm=True)
        _wait(started, keeper, folder / "log")
        started.docker("swarm", "init", "--advertise-addr", "127.0.0.1", "--listen-addr", "127.0.0.1:2377")
        yield started
    finally:
        assert keeper.stdin
        keeper.stdin.close()
        keeper.wait(60)


def _wait(started: Engine, keeper: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while keeper.poll() is None and time.monotonic() < deadline:
        try:
            started.docker("version")
        except Failed:
            time.sleep(0.1)
        else:
            return
    said = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    missing("dockerd", f"it does not start here: {said[-1] if said else 'without a word'}")


def _is_manager(host: str) -> bool:
    return "true" in Engine(host, swarm=False).docker("info", "--format", "{{.Swarm.ControlAvailable}}")


class Engine:
    """The client's commands, against one engine."""

    def __init__(self, host: str, swarm: bool) -> None:
        self.swarm = swarm
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("COMPOSE_", "DOCKER_"))}
        self._environment = {**kept, "DOCKER_HOST": host, "COMPOSE_ANSI": "never"}
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

    def inspect(self, kind: str, names: Sequence[str]) -> list[dict[str, Any]]:
        """The engine's own account of its objects."""
        found: list[dict[str, Any]] = json.loads(self.docker(kind, "inspect", *names)) if names else []
        return found

    def have_images(self, names: Sequence[str]) -> None:
        """Gives each name an image, unless there is one of it."""
        wanted = set(names) - self._images - set(self.docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}").split())
        if not wanted:
            return
        if BASE not in self._images:
            changes = ("--change", 'CMD ["/say"]', "--change", "LABEL io.twipc.tests=yes")
            self.docker("import", *changes, "-", BASE, stdin=_tar(root_file_system()))
            self._images.add(BASE)
        for name in sorted(wanted - {BASE}):
            self.docker("tag", BASE, name)
            self._images.add(name)

    def forget_images(self) -> None:
        """Takes the names away that `have_images` gave."""
        if self._images:
            self.docker("image", "rm", *sorted(self._images))
            self._images.clear()

    @contextmanager
    def composed(self, folder: Path, start: bool = False) -> Iterator[list[dict[str, Any]]]:
        """The containers of the compose file in a folder, as the engine has them."""
        do = ("up", "--detach", "--quiet-pull") if start else ("create", "--quiet-pull")
        with self._project(folder, (tool("docker"), "compose"), do) as containers:
            yield containers

    @contextmanager
    def composed_by_1(self, folder: Path) -> Iterator[list[dict[str, Any]]]:
        """The same by docker-compose 1.29."""
        with self._project(folder, (tool("docker-compose-1"),), ("up", "--no-start")) as containers:
            yield containers

    @contextmanager
    def _project(self, folder: Path, program: tuple[Path | str, ...], do: tuple[str, ...]) -> Iterator[list[dict[str, Any]]]:
        name = _own_name()
        first, *rest = (*map(str, program), "--project-name", name)
        try:
            self._run(Path(first), *rest, *do, folder=folder)
            found = self.docker("ps", "--all", "--quiet", "--filter", f"label=com.docker.compose.project={name}")
            yield [_without(name, one) for one in self.inspect("container", found.split())]
        finally:
            self._run(Path(first), *rest, "down", "--volumes", "--timeout", "0", folder=folder)

    @contextmanager
    def deployed(self, folder: Path, external: Mapping[str, str]) -> Iterator[list[dict[str, Any]]]:
        """The services of the stack file in a folder, as the swarm has them; `external` are the secrets that must be there."""
        name = _own_name()
        if not self.swarm:
            missing("swarm", f"the engine of {TOLD} is no manager of one")
        file = "docker-stack.yml"
        try:
            for secret, value in external.items():
                self.docker("secret", "create", "--label", f"io.twipc.tests={name}", secret, "-", stdin=value.encode())
            self.docker("stack", "deploy", "--resolve-image", "never", "--compose-file", file, name, folder=folder)
            found = self.docker("service", "ls", "--quiet", "--filter", f"label=com.docker.stack.namespace={name}")
            yield [_without(name, one) for one in self.inspect("service", found.split())]
        finally:
            self.docker("stack", "rm", name)
            for kind in ("secret", "config"):
                mine = self.docker(kind, "ls", "--quiet", "--filter", f"label=io.twipc.tests={name}").split()
                if mine:
                    self.docker(kind, "rm", *mine)


def _own_name() -> str:
    return f"t{secrets.token_hex(5)}"


def _without(project: str, found: dict[str, Any]) -> dict[str, Any]:
    """An account with `PROJECT_NAME` as `NAME`: that is how a file's own names look from outside."""
    text = json.dumps(found)
    cut: dict[str, Any] = json.loads(text.replace(f'"{project}_', '"').replace(f'"{project}-', '"'))
    return cut


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
