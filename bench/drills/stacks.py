"""The public environment on a swarm of three servers, as a stack by hand and as twipc makes it of its spec."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.drills.load import Entry
from bench.drills.place import FILES_OF_A_PROJECT, ORIGINAL, WEB, Container, Place, have_versions, twipc, versioned
from tests.dockerd import Docker, Failed
from tests.e2e.lab.bases import NotMade
from tests.e2e.lab.images import saved
from tests.e2e.lab.servers import Server, Servers
from tests.tools import ROOT, missing, tool

JOURNAL = "m2"
"""The server that holds the journal; m1 leads at first."""
STATS = "twip-public-haproxy-stats-1"
CHANGED = (
    # An entry on each server, as swarm's global mode has it.
    ("proxy:\n    replicas: 2", "proxy:\n    replicas: 3"),
    # This kernel may lack ESP.
    ("  back: {encrypted: true} ", "  back: {}                # "),
    ("  - {code: TW513, at: networks.back.encrypted", "  # - {code: TW513, at: networks.back.encrypted"),
)
"""Of specs/public.yaml, what the drill has otherwise."""


def have_swarm(servers: Servers) -> None:
    """One swarm, with the images on each server and the journal's label on one."""
    servers.form_a_swarm()
    try:
        file = saved(servers.manager())
    except NotMade as why:
        missing("images", str(why))
    for one in servers.several:
        one.docker.docker("load", "--input", str(file))
        have_versions(one.docker)
    servers.manager().docker("node", "update", "--label-add", "twip-public.news=true", JOURNAL)


class Stack(Place):
    """By a stack on the servers' swarm."""

    environment = "public"
    name: str

    def __init__(self, servers: Servers, folder: Path) -> None:
        self.servers = servers
        self.folder = folder

    @property
    def entries(self) -> Sequence[Entry]:
        return [Entry(one.name, self.servers.room, one.address) for one in self.servers.on]

    def containers(self, service: str) -> list[Container]:
        label = f"label=com.docker.swarm.service.name={self.name}_{service}"
        return [
            (one.docker, name) for one in self.servers.on for name in one.docker.docker("ps", "-q", "--filter", label).split()
        ]

    def _server(self, docker: Docker) -> Server:
        return next(one for one in self.servers.several if one.docker is docker)

    def crash(self, container: Container) -> None:
        docker, name = container
        self._server(docker).kill(name)

    def anew(self) -> None:
        for web in self.containers(WEB):
            self.crash(web)
        self.whole()

    def off(self, name: str) -> None:
        self.servers[name].off()

    def on(self, name: str) -> None:
        """And the others know it."""
        self.servers[name].on()
        end = time.monotonic() + 60
        while self._manager("node", "inspect", "--format", "{{.Status.State}}", name).strip() != "ready":
            assert time.monotonic() < end, f"{name} is not seen"
            time.sleep(0.3)

    def leader(self) -> str:
        listed = self._manager("node", "ls", "--format", "{{.Hostname}} {{.ManagerStatus}}")
        return next(line.split()[0] for line in listed.splitlines() if line.endswith("Leader"))

    def _manager(self, *arguments: str) -> str:
        return self.servers.manager().docker(*arguments)

    def run(self, *command: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
        """A command that asks a manager."""
        manager = self.servers.manager().environment
        return subprocess.run(
            list(map(str, command)), cwd=folder, env=manager, capture_output=True, text=True, check=False, timeout=580
        )

    def down(self) -> None:
        """All of it and what it left on each server.

        Tasks end first, by draining: to remove services whose tasks come and go ends the engine or hangs it (swarmkit of 26.1).
        """
        self._available("drain")
        for one in self.servers.on:
            self._gone(one.docker, "ps")
        if self.name in self._manager("stack", "ls", "--format", "{{.Name}}").split():
            self._manager("stack", "rm", self.name)
        for one in self.servers.on:
            self._gone(one.docker, "ps", "--all")
            self._gone(one.docker, "network", "ls")
            if volumes := self._left(one.docker, "volume", "ls"):
                one.docker.docker("volume", "rm", *volumes)
        self._available("active")

    def _available(self, how: str) -> None:
        for node in self._manager("node", "ls", "--quiet").split():
            self._manager("node", "update", "--availability", how, node)

    def _left(self, docker: Docker, *kind: str) -> list[str]:
        return docker.docker(*kind, "--quiet", "--filter", f"label=com.docker.stack.namespace={self.name}").split()

    def _gone(self, docker: Docker, *kind: str) -> None:
        end = time.monotonic() + 90
        while left := self._left(docker, *kind):
            if time.monotonic() > end:
                raise Failed(f"there is still something of {self.name}: {left}")
            time.sleep(0.3)


class Original(Stack):
    """What Docker Cloud ran, two statics and three webs, as a stack by hand."""

    design = "original"
    name = "original"
    writers = 3

    def lay_out(self) -> None:
        for environment in ("prod", "public"):  # its proxy and its static are those of production
            shutil.copytree(ORIGINAL / environment, self.folder, dirs_exist_ok=True)

    def start(self) -> None:
        self._deploy()

    def deploy(self, service: str, version: str) -> bool:
        versioned(self.folder / "docker-stack.yml", service, version)
        self._deploy()
        end = time.monotonic() + 120
        format = "{{if .UpdateStatus}}{{.UpdateStatus.State}}{{end}}"
        while (
            state := self._manager("service", "inspect", "--format", format, f"{self.name}_{service}").strip()
        ) == "updating":
            if time.monotonic() > end:
                return False
            time.sleep(0.5)
        return state in ("", "completed")

    def _deploy(self) -> None:
        how = ("--detach=true", "--resolve-image", "never", "--compose-file", "docker-stack.yml")
        done = self.run(tool("docker"), "stack", "deploy", *how, self.name, folder=self.folder)
        if done.returncode:
            raise Failed(done.stderr)


class Ours(Stack):
    """The sample's spec, compiled, and twipc's own verbs."""

    design = "twipc"
    name = "twip-public"

    def lay_out(self) -> None:
        for part in FILES_OF_A_PROJECT:
            shutil.copytree(ROOT / part, self.folder / part, ignore=shutil.ignore_patterns("target"), dirs_exist_ok=True)
        spec = self.folder / "specs" / "public.yaml"
        text = spec.read_text()
        for old, new in CHANGED:
            assert old in text, f"{spec.name} has no {old!r}"
            text = text.replace(old, new)
        spec.write_text(text)
        self._must("compile")

    def start(self) -> None:
        if STATS not in self._manager("secret", "ls", "--format", "{{.Name}}").split():
            self.servers.manager().docker("secret", "create", STATS, "-", stdin=b"not a real one\n")
        self._must("up", "--target", "swarm")

    def deploy(self, service: str, version: str) -> bool:
        versioned(self.folder / "specs" / "base.yaml", service, version)
        self._must("compile")
        return not self._verb("up", "--target", "swarm").returncode

    def _must(self, verb: str, *arguments: str) -> None:
        done = self._verb(verb, *arguments)
        if done.returncode:
            raise Failed(f"twipc {verb}: {done.stdout}{done.stderr}")

    def _verb(self, verb: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return twipc(self.run, verb, self.environment, self.folder, *arguments)


STACKS: Mapping[str, type[Stack]] = {"original": Original, "twipc": Ours}
