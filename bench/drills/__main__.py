"""Drills each fault in each environment, as designed by hand and as made by twipc, under one bounded load.

`python -m bench.drills [--write] [--only WORD]… [--fast]`. What a run has drilled takes the place of its rows in figures.json,
from which DRILLS.md is made.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from bench.drills.drill import Row, drill
from bench.drills.faults import FAULTS, Fault
from bench.drills.hosts import HOSTS, prepared
from bench.drills.page import PAGE, TITLES, kept, page, told, write
from bench.drills.place import Place
from bench.drills.stacks import STACKS, have_swarm
from tests.dockerd import Failed
from tests.e2e.lab import lab
from tests.e2e.lab.servers import servers

DESIGNS = ("original", "twipc")
Make = Callable[[str, Path], Place]
"""Of a design, in a folder."""


def made(environment: str, stack: ExitStack) -> Make:
    """How an environment is made, on engines that end with the stack."""
    if environment == "public":
        room = stack.enter_context(servers())
        have_swarm(room)
        return lambda design, folder: STACKS[design](room, folder)
    host = stack.enter_context(prepared(stack.enter_context(lab())))
    return lambda design, folder: HOSTS[design](host, environment, folder)


def drilled(environment: str, wanted: list[tuple[str, Fault]], around: float) -> Iterator[list[Row]]:
    """Each in an environment that has just come up, and is gone afterwards; after one that fails the rest has new engines."""
    while wanted:
        with ExitStack() as stack:
            make = made(environment, stack)
            while wanted:
                design, fault = wanted.pop(0)
                began = time.monotonic()
                try:
                    yield one(make, design, fault, around)
                except (Failed, OSError, AssertionError, subprocess.SubprocessError) as problem:
                    print(f"{environment}, {design}, {fault.name} FAILED: {problem!r}", file=sys.stderr, flush=True)
                    break
                print(f"{environment}, {design}, {fault.name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)


def one(make: Make, design: str, fault: Fault, around: float) -> list[Row]:
    """One drill, and the end of its environment."""
    with tempfile.TemporaryDirectory(prefix="twipc-drill-") as folder:
        there = make(design, Path(folder))
        try:
            there.up()
            return drill(there, fault, around)
        finally:
            there.down()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.drills", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write what came of it into the page")
    parser.add_argument(
        "--only", action="append", default=[], help="drills that have this word in fault, environment or design"
    )
    parser.add_argument("--fast", action="store_true", help="ask for a second before and after the fault, not for four")
    asked = parser.parse_args()
    drills = 0
    rows: list[Row] = []
    for environment in TITLES:
        wanted = [
            (design, fault)
            for fault in FAULTS
            for design in DESIGNS
            if environment in fault.environments
            if all(word in f"{fault.name} {environment} {design}" for word in asked.only)
        ]
        drills += len(wanted)
        for found in drilled(environment, wanted, 1.0 if asked.fast else 4.0):
            drills -= 1
            rows += found
            for row in found:
                print(told(row), flush=True)
            if asked.write:
                write(kept(rows))
                PAGE.write_text(page())
    if drills:
        sys.exit(f"{drills} drills failed")


if __name__ == "__main__":
    main()
