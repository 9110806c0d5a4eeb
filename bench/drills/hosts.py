"""One environment on one host, as the original's hand-written design has it and as twipc makes it of its spec."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.drills.load import Client, Entry
from bench.drills.place import FILES_OF_A_PROJECT, ORIGINAL, WEB, Container, Place, listens, twipc, versioned, versions
from tests.dockerd import Failed
from tests.e2e.lab import Lab
from tests.tools import ROOT, tool

SOURCES = tuple(f"198.18.{number}.1" for number in range(1, 11))
"""Of RFC 2544's range, each in a network of its own: `ip_hash` looks at the first three numbers."""


class Host(Place):
    """By Compose, on the lab's engine."""

    project: str

    def __init__(self, lab: Lab, environment: str, folder: Path) -> None:
        self.lab = lab
        self.environment = environment
        self.folder = folder
        self.writers = len(self._services(WEB))

    def _services(self, service: str) -> tuple[str, ...]:
        return ("web1", "web2") if service == WEB and self.environment == "train" else (service,)

    @property
    def entries(self) -> Sequence[Entry]:
        return (Entry("host", self.lab.process, self.lab.server),)

    def clients(self, without: Collection[str] = ()) -> list[Client]:
        """From addresses of their own, where there are some."""
        sources = SOURCES if self.lab.process else [""] * len(SOURCES)
        made = zip(super().clients(without), sources, strict=True)
        return [Client(client.entry, client.what, source) for client, source in made]

    def containers(self, service: str) -> list[Container]:
        docker = self.lab.engine
        of_it = ("--filter", f"label=com.docker.compose.project={self.project}")
        several = (f"label=com.docker.compose.service={name}" for name in self._services(service))
        return [(docker, one) for label in several for one in docker.docker("ps", "-q", *of_it, "--filter", label).split()]

    def crash(self, container: Container) -> None:
        self.lab.kill(container[1])

    def anew(self) -> None:
        webs = [name for _, name in self.containers(WEB)]
        self.lab.engine.docker("restart", "--time", "10", *webs)


@contextmanager
def prepared(lab: Lab) -> Iterator[Lab]:
    """With the versions of images, and the clients' addresses."""
    if lab.process:
        batch = "\n".join(f"addr replace {address}/32 dev lo" for address in SOURCES)
        subprocess.run(lab.command("ip", "-batch", "-"), input=batch, text=True, check=True)
    with versions(lab.engine):
        yield lab


class Original(Host):
    """Files by hand, and plain `docker compose`."""

    design = "original"

    def __init__(self, lab: Lab, environment: str, folder: Path) -> None:
        super().__init__(lab, environment, folder)
        self.project = f"twip-original-{environment}"

    def lay_out(self) -> None:
        shutil.copytree(ORIGINAL / self.environment, self.folder, dirs_exist_ok=True)
        data = self.folder / "data"
        data.mkdir()
        data.chmod(0o777)  # the original's webs ran as root

    def start(self) -> None:
        """The webs first: nginx passes over those for 10 s that it found not listening."""
        self._compose("up", "--detach", *self._services(WEB))
        end = time.monotonic() + 60
        for web in self.containers(WEB):
            while not listens(web):
                assert time.monotonic() < end, "a web does not listen"
                time.sleep(0.2)
        self._compose("up", "--detach")

    def down(self) -> None:
        if (self.folder / "docker-compose.yml").exists():
            self._compose("down", "--volumes", "--timeout", "1")
        shutil.rmtree(self.folder / "data", ignore_errors=True)

    def deploy(self, service: str, version: str) -> bool:
        versioned(self.folder / "docker-compose.yml", service, version)
        try:
            self._compose("up", "--detach")
        except Failed:
            return False
        return True

    def _compose(self, *arguments: str) -> None:
        done = self.lab.run(tool("docker"), "compose", *arguments, folder=self.folder)
        if done.returncode:
            raise Failed(done.stderr)


class Ours(Host):
    """The sample's spec, compiled, and twipc's own verbs."""

    design = "twipc"

    def __init__(self, lab: Lab, environment: str, folder: Path) -> None:
        super().__init__(lab, environment, folder)
        self.project = f"twip-{environment}"

    def lay_out(self) -> None:
        for part in FILES_OF_A_PROJECT:
            shutil.copytree(ROOT / part, self.folder / part, ignore=shutil.ignore_patterns("target"), dirs_exist_ok=True)
        secret = self.folder / ".secrets" / self.environment / "haproxy-stats"
        secret.parent.mkdir(parents=True, exist_ok=True)
        secret.write_text("not a real one\n")

    def start(self) -> None:
        self._must("up")

    def down(self) -> None:
        if (self.folder / "out").exists():
            self._must("down")
        docker = self.lab.engine.docker
        volumes = docker("volume", "ls", "--quiet", "--filter", f"label=com.docker.compose.project={self.project}").split()
        if volumes:
            docker("volume", "rm", *volumes)

    def deploy(self, service: str, version: str) -> bool:
        versioned(self.folder / "specs" / "base.yaml", service, version)
        self.compiled()
        return not self._verb("up").returncode

    def compiled(self) -> None:
        """What a changed spec says is in its artifacts."""
        self._must("compile", "--target", "compose")

    def _must(self, verb: str, *arguments: str) -> None:
        done = self._verb(verb, *arguments)
        if done.returncode:
            raise Failed(f"twipc {verb}: {done.stdout}{done.stderr}")

    def _verb(self, verb: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return twipc(self.lab.run, verb, self.environment, self.folder, *arguments)


HOSTS: Mapping[str, type[Host]] = {one.design: one for one in (Original, Ours)}
