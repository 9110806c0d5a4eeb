"""An environment as a user has it: `./twip.sh ENVIRONMENT VERB` in a project, on the engine of the lab."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.dockerd import Failed
from tests.e2e.lab import Answer, Lab
from tests.tools import tool

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
KINDS = {"containers": ("ps", "--all"), "networks": ("network", "ls"), "volumes": ("volume", "ls")}


class Twip:
    """One environment of a project, by the command line."""

    def __init__(self, lab: Lab, project: Path, environment: str) -> None:
        self.lab = lab
        self.project = project
        self.environment = environment
        self.name = f"twip-{environment}"

    def start(self, verb: str, *arguments: str, engine: str = "") -> subprocess.Popen[str]:
        """A run that goes on meanwhile."""
        path = f"PATH={tool('docker').parent}:{os.environ['PATH']}"
        variables = self.lab.engine.environment
        return subprocess.Popen(
            self.lab.command("env", path, "./twip.sh", self.environment, verb, *arguments),
            cwd=self.project,
            env={**variables, "DOCKER_HOST": engine or variables["DOCKER_HOST"]},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, verb: str, *arguments: str, code: int = 0, engine: str = "") -> subprocess.CompletedProcess[str]:
        """A run to its end, which comes to this code."""
        done = self.start(verb, *arguments, engine=engine)
        out, err = done.communicate(timeout=280)
        assert done.returncode == code, out + err
        return subprocess.CompletedProcess(done.args, done.returncode, out, err)

    def bench(self, *arguments: str) -> dict[str, Any]:
        """The figures of a bench."""
        figures: dict[str, Any] = json.loads(self.run("bench", *arguments, "--format", "json").stdout)["bench"]
        return figures

    def changed(self, old: str, new: str) -> None:
        """The spec says something else, and is compiled."""
        spec = self.project / "specs" / f"{self.environment}.yaml"
        text = spec.read_text()
        assert text.count(old) == 1, old
        spec.write_text(text.replace(old, new))
        self.run("compile")

    def compose(self, *arguments: str) -> None:
        """The artifact in Docker's own hands, whatever twipc would say; a `Failed` holds the engine's words."""
        file = self.project / "out" / self.environment / "compose" / "docker-compose.yml"
        done = self.lab.run(tool("docker"), "compose", "--file", file, *arguments, folder=self.project)
        if done.returncode:
            raise Failed(done.stderr)

    def containers(self, service: str = "") -> list[dict[str, Any]]:
        """What the engine knows of each, in the order of their numbers."""
        of_it = f"label=com.docker.compose.service={service}" if service else "label=com.docker.compose.project"
        filters = ("--filter", f"label=com.docker.compose.project={self.name}", "--filter", of_it)
        found = self.lab.engine.inspect("container", self.lab.engine.docker("ps", "--all", "--quiet", *filters).split())
        return sorted(found, key=lambda one: str(one["Name"]))

    def ids(self, service: str) -> list[str]:
        return [one["Id"] for one in self.containers(service)]

    def addresses(self, service: str) -> list[str]:
        networks = [one["NetworkSettings"]["Networks"].values() for one in self.containers(service)]
        return [one["IPAddress"] for of_one in networks for one in of_one]

    def left(self) -> dict[str, list[str]]:
        """What carries the environment's label on the engine, by kind."""
        of_it = ("--quiet", "--filter", f"label=com.docker.compose.project={self.name}")
        return {name: self.lab.engine.docker(*kind, *of_it).split() for name, kind in KINDS.items()}

    def processes(self, container: str, name: str) -> list[tuple[str, str]]:
        """Those of a name: a process's number, and when it began. Read inside: not every engine has a `ps` to list them by."""
        stats = self.lab.engine.docker("exec", container, "sh", "-c", f"grep -hsF '({name})' /proc/[0-9]*/stat; true")
        numbers = [(row.split()[0], row.rpartition(")")[2].split()[19]) for row in stats.splitlines()]
        return sorted(numbers)

    def made_secret(self) -> str:
        """What the user does whom `up` tells that a file is missing: runs the line. What is in the file then."""
        said = self.run("up", code=1).stdout
        (line,) = re.findall(r"help: make it: (.*)", said)
        subprocess.run(["sh", "-c", line], cwd=self.project, check=True, capture_output=True)
        return (self.project / ".secrets" / self.environment / "haproxy-stats").read_text().strip()

    @contextmanager
    def up(self, *arguments: str) -> Iterator[None]:
        """Up until the end, and then nothing of it is there; news included."""
        assert not any(self.left().values())
        try:
            self.run("up", *arguments)
            yield
        finally:
            self.run("down")
            left = self.left()
            self.run("clean", "--volumes", "--yes-delete-data", self.name)
        assert left["containers"] == left["networks"] == []
        assert not any(self.left().values())


def add(lab: Lab, text: str, port: int = 80, *, to: str = "", source: str = "") -> Answer:
    """Adds news, as the page's form does."""
    return lab.ask("/news", port, to=to, method="POST", body=urlencode({"text": text}), headers=FORM, source=source)
