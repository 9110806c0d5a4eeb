"""The programs that are held against each other, and what each does: it is not the same."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.tools import located

COMPOSE, STACK, KOMPOSE = "docker compose config", "docker stack config", "kompose convert"


@dataclass(frozen=True)
class Peer:
    """A program with the arguments that make it read `compose.yaml`, or `stack.yaml`, and what it does then."""

    name: str
    command: tuple[str, ...]
    does: str
    reads_prod: bool = True
    """Whether it takes the committed production: one knows an older form only, another opens the files of its secrets."""


def peers() -> Iterator[Peer]:
    """Those that are here, of the tests' own tools or on PATH."""
    if docker := _found("docker"):
        does = "reads one file, fills in variables and checks it, prints it"
        yield Peer(COMPOSE, (docker, "compose", "-f", "compose.yaml", "config"), does)
        does = "reads one file of the older form and checks it, prints it"
        yield Peer(STACK, (docker, "stack", "config", "-c", "stack.yaml"), does)
    if old := _found("docker-compose-1"):
        command = (old, "-f", "compose.yaml", "config")
        yield Peer("docker-compose 1.29 config", command, "does what `docker compose` does, in Python", reads_prod=False)
    if kompose := shutil.which("kompose"):
        does = "prints manifests of Kubernetes"
        yield Peer(KOMPOSE, (kompose, "convert", "-f", "compose.yaml", "--stdout"), does, reads_prod=False)


def _found(name: str) -> str | None:
    found: Path | None = located(name)
    return str(found) if found else None
