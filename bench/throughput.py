"""Requests a second through twipc's configuration and through the original's: `python -m bench.throughput [--write]`.

Both stand on one engine, of the same images and without limits of processor and memory, and are asked in turn by Apache's `ab`,
as the original did: by 10 clients, each request on a new connection. A ratio is of two runs that followed each other. What the
entry itself costs is asked of its control group: on a busy machine that says more.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.drills.hosts import Host, Original, Ours, prepared
from bench.drills.load import PATHS
from bench.drills.page import machine
from tests.e2e.lab import Lab, lab

PAGE = Path(__file__).with_name("THROUGHPUT.md")
ENTRIES = {"train": "static", "prod": "proxy"}
WARM = 2
"""Rounds that do not count."""
OF_STATIC, ONE_PROCESSOR = "{cpu: 0.25, memory: 128MiB}", "{cpu: 1}"
BESIDE = 8088
"""The port that the original has here, as 80 is taken."""


@dataclass(frozen=True)
class Row:
    """Requests a second in each round, one after the other."""

    environment: str
    what: str
    original: Sequence[float]
    ours: Sequence[float]
    costs: tuple[float, float]
    """Microseconds of processor that the entry takes for a request: the original's and ours."""

    @property
    def ratios(self) -> list[float]:
        return sorted(ours / original for original, ours in zip(self.original, self.ours, strict=True))


def unlimited(ours: Host) -> None:
    """The specs without limits of processor and memory, which the original has not either.

    A whole processor is none to an nginx of one worker, which the original's is too.
    """
    for name in ("base", ours.environment):
        file = ours.folder / "specs" / f"{name}.yaml"
        text = file.read_text().replace(OF_STATIC, ONE_PROCESSOR)
        file.write_text(re.sub(rf"^ +resources: (?!{ONE_PROCESSOR}).*\n", "", text, flags=re.MULTILINE))
    assert ONE_PROCESSOR in (ours.folder / "specs" / "base.yaml").read_text(), f"{OF_STATIC} is said nowhere"


def beside(original: Host) -> None:
    """The original's files with other ports of the host."""
    file = original.folder / "docker-compose.yml"
    file.write_text(re.sub(r'ports: \["80:80".*\]', f'ports: ["{BESIDE}:80"]', file.read_text()))


@contextmanager
def both(host: Lab, environment: str) -> Iterator[tuple[Host, Host]]:
    """The original's and ours of an environment run."""
    with tempfile.TemporaryDirectory(prefix="twipc-throughput-") as folder:
        original, ours = Original(host, environment, Path(folder, "original")), Ours(host, environment, Path(folder, "twipc"))
        several: Sequence[Host] = (original, ours)
        try:
            for there in several:
                there.lay_out()
            beside(original)
            unlimited(ours)
            ours.compiled()
            for there in several:
                there.start()
            yield original, ours
        finally:
            for there in several:
                there.down()


def rate(host: Lab, port: int, path: str, count: int) -> float:
    """What `ab` tells; every answer must be good."""
    ab = shutil.which("ab")
    assert ab, "`ab` is not there (Debian: apache2-utils)"
    done = host.run(ab, "-q", "-n", str(count), "-c", "10", f"http://{host.server}:{port}{path}", folder=Path("/"))
    told = dict(re.findall(r"^([\w -]+): +([\d.]+)", done.stdout, re.MULTILINE))
    if done.returncode or told.get("Failed requests") != "0" or "Non-2xx responses" in told:
        raise AssertionError(done.stdout + done.stderr)
    return float(told["Requests per second"])


def used(there: Host) -> float:
    """Microseconds of processor that an entry has used so far, by the accounts of control groups of version 1 or 2."""
    (container,) = there.lab.engine.inspect("container", [there.containers(ENTRIES[there.environment])[0][1]])
    for file in Path("/sys/fs/cgroup").rglob(f"*{container['Id']}*/cpuacct.usage"):
        return int(file.read_text()) / 1000
    for file in Path("/sys/fs/cgroup").rglob(f"*{container['Id']}*/cpu.stat"):
        return float(file.read_text().split()[1])
    raise AssertionError("no control group tells what the entry uses")


def measured(rounds: int, count: int) -> Iterator[Row]:
    with lab() as host, prepared(host):
        for environment in ENTRIES:
            with both(host, environment) as several:
                for what, path in PATHS.items():
                    rates: tuple[list[float], list[float]] = ([], [])
                    for turn in range(-WARM, rounds):
                        if not turn:
                            began = [used(there) for there in several]
                        told = [rate(host, port, path, count) for port in (BESIDE, 80)]
                        for one, found in zip(rates, told, strict=True):
                            one += [found] if turn >= 0 else []
                    costs = [(used(there) - before) / rounds / count for there, before in zip(several, began, strict=True)]
                    yield Row(environment, what, *rates, (costs[0], costs[1]))


def page(rows: Sequence[Row], rounds: int, count: int) -> str:
    lines = [
        "# Throughput",
        "",
        f"Made by `python -m bench.throughput --write --rounds {rounds} --count {count}`: the same images behind the",
        "original's hand-written configuration ([drills/original](drills/original): nginx with `ip_hash`; haproxy without",
        "checks) and behind what twipc makes of the specs, on one engine, without limits of processor and memory;",
        "nginx has one worker in both. Apache's",
        "`ab` asks them in turn, by 10 clients, each request on a new connection; a round is",
        f"{count} requests to the one and then to the other, after two rounds that do not count. Both log each request.",
        "",
        "A ratio is of requests a second, ours to the original's, above 1 where ours is faster; the machine had other work.",
        "**µs** is what a request takes of a processor in the entry itself (nginx or haproxy), by its control group.",
        "",
        "| environment | asked | original, per s | twipc, per s | ratio (median) | middle half | original, µs | twipc, µs |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        first, second = (round(statistics.median(each)) for each in (row.original, row.ours))
        ratio = statistics.median(row.ratios)
        quarter = len(row.ratios) // 4
        spread = f"{row.ratios[quarter]:.2f} to {row.ratios[-1 - quarter]:.2f}"
        cost = f"{row.costs[0]:.0f} | {row.costs[1]:.0f}"
        lines.append(f"| {row.environment} | {row.what} | {first} | {second} | **{ratio:.2f}** | {spread} | {cost} |")
    average = round(os.getloadavg()[0], 1)
    lines += ["", f"On {time.strftime('%Y-%m-%d')}; {machine()}, shared with other work: load average {average}."]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.throughput", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name}")
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--count", type=int, default=400)
    asked = parser.parse_args()
    rows = []
    for row in measured(asked.rounds, asked.count):
        rows.append(row)
        print(row, file=sys.stderr)
    text = page(rows, asked.rounds, asked.count)
    print(text)
    if asked.write:
        PAGE.write_text(text)


if __name__ == "__main__":
    main()
