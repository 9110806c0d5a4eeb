"""An engine that creates from files what they ask for, of stand-in images, and takes all of it away again.

It is the tests' own, with a one-node swarm on its own loopback. The node is drained, so that services are taken and nothing of
them runs.
"""

from __future__ import annotations

import io
import tarfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.conformance.docker.images import BASE, SAY, root_file_system
from tests.dockerd import Docker, Failed, Inspected, own
from tests.tools import tool

NO_NETWORK = (
    *("--bridge", "none", "--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false"),
    "--userland-proxy=false",
)


@contextmanager
def engine() -> Iterator[Engine]:
    """An engine that is ready, with no object of ours in it; the test ends here where there can be none."""
    with own(*NO_NETWORK) as there:
        started = Engine(there.host)
        started.docker("swarm", "init", "--advertise-addr", "127.0.0.1", "--listen-addr", "127.0.0.1:2377")
        started.available(False)
        yield started


class Engine(Docker):
    """What the tests ask of one engine."""

    def __init__(self, host: str) -> None:
        super().__init__(host)
        # 1.29 waits for ever where services are more than this.
        self.environment["COMPOSE_PARALLEL_LIMIT"] = "1000"
        self._images: set[str] = set()

    def have_images(self, names: Iterable[str]) -> None:
        """Gives each name an image."""
        if BASE not in self._images:
            self.docker("import", "--change", f'CMD ["{SAY}"]', "-", BASE, stdin=_tar(root_file_system()))
            self._images.add(BASE)
        for name in sorted(set(names) - self._images):
            self.docker("tag", BASE, name)
            self._images.add(name)

    def have_image(self, name: str, files: Mapping[str, tuple[bytes | str, int]]) -> None:
        """An image of these files alone."""
        if name not in self._images:
            self.docker("import", "-", name, stdin=_tar(files))
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
            self.run(Path(first), *map(str, rest), *do, folder=folder)
            yield self.inspect("container", self.docker("ps", "--all", "--quiet").split())
        finally:
            self.run(Path(first), *map(str, rest), "down", "--volumes", "--timeout", "0", folder=folder)

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
            self.gone(f"label=com.docker.stack.namespace={name}")
            if wanted:
                self.docker("secret", "rm", *wanted)

    def gone(self, which: str) -> None:
        """Wait for the end of a stack's containers and networks: `stack rm` does not, and others would meet them."""
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
