"""Tries many strings in the real engines: `python -m tests.conformance.strings [--write] [--words N] [--seed N]`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import botocore
import pytest

from tests.conformance.docker import Engine, engine
from tests.conformance.edge import TOOLS
from tests.conformance.strings.containers import try_containers, try_programs
from tests.conformance.strings.ecs import try_ecs
from tests.conformance.strings.page import page, version_of
from tests.conformance.strings.proxies import try_proxy
from tests.conformance.strings.tally import Tally
from tests.conformance.strings.words import IMAGES, corpus

PAGE = Path(__file__).with_name("STRINGS.md")


def main() -> int:
    """0 where no string was changed."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.strings", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name}")
    parser.add_argument("--words", type=int, default=1000, help="so many different words")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    tally = Tally()
    try:
        with tempfile.TemporaryDirectory(prefix="twipc-strings-") as folder, engine() as docker:
            _try(tally, docker, corpus(asked.seed, asked.words), Path(folder))
            text = page(tally, asked.seed, asked.words, _versions(docker))
    except (pytest.skip.Exception, pytest.fail.Exception) as lacking:
        print(lacking.msg, file=sys.stderr)
        return 3
    print(text)
    for changed in tally.changed:
        print(changed, file=sys.stderr)
    if asked.write and not tally.changed:
        PAGE.write_text(text)
    return 1 if tally.changed else 0


def _try(tally: Tally, docker: Engine, words: list[str], folder: Path) -> None:
    try_containers(docker, tally, words, IMAGES, folder)
    try_programs(docker, tally, words, folder)
    try_ecs(tally, words)
    for tool in TOOLS:
        try_proxy(tool, tally, words)


def _versions(docker: Engine) -> dict[str, str]:
    return {
        "compose": f"Docker Compose {docker.docker('compose', 'version', '--short').strip()}, engine {docker.version()}",
        "compose-2.4": f"docker-compose {version_of('docker-compose-1', 'version', '--short')}, engine {docker.version()}",
        "swarm": f"docker {version_of('docker', 'version', '--format', '{{.Client.Version}}')}, engine {docker.version()}",
        "ecs": f"botocore {botocore.__version__}",
        **{tool: f"{tool.partition('-')[0]} {version_of(tool, '-v')}" for tool in TOOLS},
    }


if __name__ == "__main__":
    sys.exit(main())
