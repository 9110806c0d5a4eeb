"""The engine, its network, and what tests do there."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from tests.dockerd import Docker, Failed, own
from tests.e2e.lab.ask import Answer, ask, in_network_of
from tests.e2e.lab.bases import BASES, REGISTRY, Base, NotMade
from tests.e2e.lab.images import BUILT, build, have_all, stand_ins
from tests.tools import missing

SERVER = "192.0.2.1"
"""The address of the lab's own machine; its clients are beside it."""
CLIENTS = tuple(f"192.0.2.{number}" for number in range(10, 42))
NETWORK = "\n".join(f"addr add {address}/32 dev lo" for address in (SERVER, *CLIENTS))


class Lab:
    """One engine for all scenarios; what they start has the project's own names, so one runs after the other."""

    def __init__(self, host: str, process: int | None) -> None:
        self.engine = Docker(host)
        self._process = process
        self.server = SERVER if process else "127.0.0.1"

    @property
    def process(self) -> int | None:
        """The process whose namespaces are the engine's own; None where the machine's own Docker is used."""
        return self._process

    @property
    def is_shared(self) -> bool:
        """Whether others than the tests use the engine."""
        return not self._process

    @property
    def clients(self) -> tuple[str, ...]:
        """Addresses to ask from; none where the machine's own Docker is used, whose network is not ours to change."""
        return CLIENTS if self._process else ()

    def ask(
        self,
        path: str,
        port: int = 80,
        *,
        to: str = "",
        method: str = "GET",
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
        source: str = "",
        timeout: float = 20.0,
    ) -> Answer:
        """A request to a published port."""
        return ask(self._process, (to or self.server, port), path, method, body, headers, source, timeout)

    def network(self) -> AbstractContextManager[None]:
        """Sockets that this thread opens meanwhile are in the engine's network."""
        return in_network_of(self._process)

    def command(self, *command: str | Path) -> list[str]:
        """A command, as one that runs in the engine's network."""
        inside = ["nsenter", f"--net=/proc/{self._process}/ns/net"] if self._process else []
        return [*inside, *map(str, command)]

    def run(self, *command: str | Path, folder: Path, timeout: float = 280) -> subprocess.CompletedProcess[str]:
        """Runs a command there, with this engine as its Docker."""
        return subprocess.run(
            self.command(*command),
            cwd=folder,
            env=self.engine.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout,
        )

    def have(self, *bases: Base) -> None:
        """Stand-ins for official images, to build on or to run; the machine's own Docker pulls the real ones."""
        if self._process:
            stand_ins(self.engine, bases)

    def kill(self, container: str) -> None:
        """As a crash: kill -9 of a container's first process. Its restart policy answers that, but no `docker kill`."""
        if os.geteuid():
            missing("root", "the process of a container is another user's")
        (there,) = self.engine.inspect("container", [container])
        inside = ["nsenter", f"--pid=/proc/{self._process}/ns/pid_for_children"] if self._process else []
        subprocess.run([*inside, "kill", "-9", str(there["State"]["Pid"])], check=True, capture_output=True)

    @contextmanager
    def unbuilt(self) -> Iterator[None]:
        """Without the sample application's images, and with all that builds need; at the end those images are there again."""
        self.have(*BASES)
        for name in BUILT:
            self.engine.docker("tag", name, f"{name}-kept")
            self.engine.docker("image", "rm", name)
        try:
            yield
        finally:
            for name in BUILT:
                self.engine.docker("tag", f"{name}-kept", name)
                self.engine.docker("image", "rm", f"{name}-kept")

    @contextmanager
    def registry(self) -> Iterator[str]:
        """An empty registry, gone at the end: its address, which the engine trusts without TLS as it is the loopback's."""
        self.have(REGISTRY)
        container = self.engine.docker("run", "--detach", "--publish", "127.0.0.1::5000", REGISTRY.name).strip()
        try:
            address = self.engine.docker("port", container, "5000/tcp").strip()
            self._wait(int(address.rpartition(":")[2]))
            yield address
        finally:
            self.engine.docker("rm", "--force", "--volumes", container)

    def _wait(self, port: int) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with suppress(OSError):
                if self.ask("/v2/", port, to="127.0.0.1").status == 200:
                    return
            time.sleep(0.1)
        raise TimeoutError("the registry does not answer")


@contextmanager
def lab() -> Iterator[Lab]:
    """A lab with all images that the specs name; the test ends here where there can be none."""
    running = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    try:
        Docker(running).version()
    except Failed:
        with _own() as started:
            yield started
    else:
        with _running(running) as found:
            yield found


@contextmanager
def _own() -> Iterator[Lab]:
    with own("--ip6tables=false") as there:
        started = Lab(there.host, there.process)
        subprocess.run(started.command("ip", "-batch", "-"), input=NETWORK, text=True, check=True)
        try:
            have_all(started.engine)
        except NotMade as why:
            missing("images", str(why))
        yield started


@contextmanager
def _running(host: str) -> Iterator[Lab]:
    """What is there is somebody's: none of it is touched, and what is made is taken away by its id."""
    found = Lab(host, None)
    docker = found.engine.docker
    if theirs := docker("ps", "--all", "--quiet", "--filter", "label=io.twipc.project=twip").split():
        missing("docker", f"its containers of the project twip are not the tests' own: {' '.join(theirs)}")
    before = set(docker("image", "ls", "--quiet", "--no-trunc").split())
    build(found.engine)
    try:
        yield found
    finally:
        made = set(docker("image", "ls", "--quiet", "--no-trunc").split()) - before
        if made:
            docker("image", "rm", "--force", *sorted(made))
