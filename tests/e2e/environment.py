"""An environment that docker compose runs from its committed artifacts, until the scenario ends; then nothing of it is left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from tests.dockerd import Failed
from tests.e2e.lab import Answer, Lab
from tests.tools import tool

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Composed:
    """What is in `out/<environment>/compose` of a project."""

    def __init__(self, lab: Lab, project: Path, environment: str) -> None:
        self.name = f"twip-{environment}"
        self._lab = lab
        self._folder = project / "out" / environment / "compose"

    def compose(self, *arguments: str) -> str:
        """What docker compose prints; a `Failed` holds what it said."""
        done = self._lab.run(tool("docker"), "compose", *arguments, folder=self._folder)
        if done.returncode:
            raise Failed(done.stderr)
        return done.stdout

    def up(self) -> None:
        """All of it, healthy."""
        self.compose("up", "--detach", "--wait")

    def down(self) -> None:
        """All but the volumes."""
        self.compose("down", "--timeout", "15")

    def news(self) -> list[str]:
        """What all its webs hold, each asked by its own port."""
        ports = (self.compose("port", web, "8080").rpartition(":")[2] for web in ("web1", "web2"))
        return [line for port in ports for line in self._lab.ask("/news", int(port), to="127.0.0.1").text.splitlines()]

    def left(self) -> list[str]:
        """The engine's objects that belong to it, by their ids."""
        of_it = ("--quiet", "--filter", f"label=com.docker.compose.project={self.name}")
        kinds = (("ps", "--all"), ("network", "ls"), ("volume", "ls"))
        return [one for kind in kinds for one in self._lab.engine.docker(*kind, *of_it).split()]


def add(lab: Lab, text: str, port: int = 80, *, to: str = "", source: str = "") -> Answer:
    """Adds news, as the page's form does."""
    return lab.ask("/news", port, to=to, method="POST", body=urlencode({"text": text}), headers=FORM, source=source)


@contextmanager
def composed(lab: Lab, project: Path, environment: str) -> Iterator[Composed]:
    """Up until the end; where it does not come up, too, all of it is taken away."""
    there = Composed(lab, project, environment)
    assert there.left() == []
    try:
        there.up()
        yield there
    finally:
        there.compose("down", "--volumes", "--timeout", "2")
