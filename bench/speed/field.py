"""Which runs are held against which, and what came of them."""

from __future__ import annotations

import json
import math
import os
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.tools import ROOT

RACE = Path(__file__).with_name("race.py")
TWIPC = str(ROOT / ".venv" / "bin" / "twipc")


@dataclass(frozen=True)
class Entry:
    """A command in a folder, after what is named in `clean` was put aside."""

    name: str
    command: Sequence[str]
    folder: Path
    clean: Sequence[str] = ()


@dataclass
class Taken:
    """What the runs of one entry took, one after the other: seconds, seconds of processors, KiB."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)


def race(entries: Sequence[Entry], rounds: int) -> Mapping[str, Taken]:
    """Every entry once a round, in turn; raises RuntimeError where one fails."""
    # Whoever forbids Python to keep what it compiled would have it compile all of twipc in each run.
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    plan = {
        "rounds": rounds,
        "entries": [
            {
                "name": one.name,
                "command": one.command,
                "folder": str(one.folder),
                "clean": one.clean,
                "environment": environment,
            }
            for one in entries
        ],
    }
    command = [sys.executable, "-I", "-S", str(RACE)]
    done = subprocess.run(command, input=json.dumps(plan, default=list), stdout=subprocess.PIPE, text=True, check=True)
    taken = {one.name: Taken() for one in entries}
    for line in done.stdout.splitlines():
        one = json.loads(line)
        if one["code"]:
            raise RuntimeError(f"{one['name']} ended with {one['code']}")
        for what in ("wall", "cpu", "memory"):
            getattr(taken[one["name"]], what).append(one[what])
    return taken


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Of runs of the same round, sorted; above 1 where ours is faster, or smaller."""
    return sorted(their / our for our, their in zip(ours, theirs, strict=True))


def exponent(sizes: Sequence[int], seconds: Sequence[float]) -> float:
    """By which power of the size the time grows, fitted through all sizes; 1 is linear."""
    logs = [(math.log(size), math.log(second)) for size, second in zip(sizes, seconds, strict=True)]
    slope: float = statistics.linear_regression(*zip(*logs, strict=True)).slope
    return slope
