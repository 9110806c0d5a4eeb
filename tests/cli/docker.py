"""An engine that is only played, and runs of the command line against it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import yaml

PROGRAM = Path(__file__).with_name("stand_in_docker.py")
PLAYED: Mapping[str, Any] = {
    **{"engine": "up", "context": True, "compose": True, "containers": [], "images": None, "networks": []},
    **{
        "becomes": {},
        "fails": {},
        "digests": [],
        "asked": [],
        "host": "tcp://me:hunter2@10.0.0.1:2375",
        "said": {},
        "image": [],
        "volume": [],
        "owner": "shop",
        "tags": {},
    },
}


@dataclass(frozen=True)
class Docker:
    """What is played."""

    file: Path

    @property
    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.file.read_text())
        return found

    def change(self, **what: Any) -> None:
        self.file.write_text(json.dumps({**self.state, **what}))

    @property
    def containers(self) -> dict[str, dict[str, Any]]:
        return {one["Name"][1:]: one for one in self.state["containers"]}

    def names(self) -> dict[str, str]:
        """The containers and their states."""
        return {name: one["State"]["Status"] for name, one in sorted(self.containers.items())}

    def changes(self) -> list[str]:
        """What was asked for that changes something, without options."""
        reads = {"inspect", "ls", "version", "config", "logs"}
        asked = [words for words in self.state["asked"] if not reads & set(words)]
        return [" ".join(_plain(words)) for words in asked]


def _plain(words: list[str]) -> list[str]:
    values = {"--progress", "--project-name", "--file", "--env-file"}
    kept = [word for before, word in zip(["", *words], words, strict=False) if before not in values and word not in values]
    return [word[:6] if len(word) == 64 else word for word in kept if word not in ("--detach", "--volumes", "--")]


@contextmanager
def docker(folder: Path, **scene: Any) -> Iterator[Docker]:
    """A played engine on PATH."""
    programs = folder / "programs"
    programs.mkdir(parents=True, exist_ok=True)
    program = programs / "docker"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S -E "{PROGRAM}" "$@"\n')
    program.chmod(0o755)
    played = Docker(folder / "engine.json")
    played.file.write_text(json.dumps({**PLAYED, **scene}))
    path = os.pathsep.join((str(programs), os.environ["PATH"]))
    with patch.dict(
        os.environ,
        {
            "PATH": path,
            "TWIPC_STAND_IN": str(played.file),
            "TWIPC_SITE": str(Path(yaml.__file__).parents[1]),
            "XDG_RUNTIME_DIR": str(folder),
        },
    ):
        yield played
