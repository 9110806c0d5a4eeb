"""Requests a second through twipc's configuration and through the original's: `python -m bench.throughput [--write]`.

Both stand on one engine, of the same images and without limits of processor and memory, and are asked in turn by Apache's `ab`,
as the original did: by 10 clients, each request on a new connection. A ratio is of two runs that followed each other. What a
request costs in processor time, in the entry and in all that takes part, says more on a busy machine.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
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
ENGINE = frozenset({"dockerd", "containerd", "containerd-shim", "docker-proxy"})
"""Who hands on connections and log lines, as the kernel names them (15 characters)."""
BESIDE = 8088
"""The port that the original has here, as 80 is taken."""


@dataclass(frozen=True)
class Cost:
    """Microseconds of processor: of the entry, and of all that a request needs, which are containers, engine and `ab` too."""

    entry: float
    whole: float

    def since(self, before: Cost) -> Cost:
        return Cost(self.entry - before.entry, self.whole - before.whole)


@dataclass(frozen=True)
class Row:
    """Requests a second in each round, one after the other."""

    environment: str
    what: str
    original: Sequence[float]
    ours: Sequence[float]
    costs: tuple[Cost, Cost]
    """What a request takes: the original's and ours."""

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


def used(there: Host) -> Cost:
    """What an environment has used so far. The engine works for both, so this is asked before and after each run."""
    of_project = ("ps", "-q", "--no-trunc", "--filter", f"label=com.docker.compose.project={there.project}")
    containers = {one: _of_group(one) for one in there.lab.engine.docker(*of_project).split()}
    ((_, entry),) = there.containers(ENTRIES[there.environment])
    engine = sum(_of_process(process) for process in Path("/proc").glob("[0-9]*"))
    clients = resource.getrusage(resource.RUSAGE_CHILDREN)
    whole = sum(containers.values()) + engine + (clients.ru_utime + clients.ru_stime) * 1e6
    return Cost(sum(used for name, used in containers.items() if name.startswith(entry)), whole)


def _of_group(container: str) -> float:
    """By the accounts of control groups of version 1 or 2."""
    for file in Path("/sys/fs/cgroup").rglob(f"*{container}*/cpuacct.usage"):
        return int(file.read_text()) / 1000
    for file in Path("/sys/fs/cgroup").rglob(f"*{container}*/cpu.stat"):
        return float(file.read_text().split()[1])
    raise AssertionError("no control group tells what a container uses")


def _of_process(process: Path) -> float:
    """What a process of the engine has used; others count nothing."""
    try:
        if (process / "comm").read_text().strip() not in ENGINE:
            return 0
        return sum(int(thread.read_text().split()[0]) for thread in process.glob("task/*/schedstat")) / 1000
    except OSError:  # it has ended
        return 0


def measured(rounds: int, count: int) -> Iterator[Row]:
    with lab() as host, prepared(host):
        for environment in ENTRIES:
            with both(host, environment) as several:
                for what, path in PATHS.items():
                    rates: tuple[list[float], list[float]] = ([], [])
                    costs: tuple[list[Cost], list[Cost]] = ([], [])
                    for turn in range(-WARM, rounds):
                        for there, port, rated, cost in zip(several, (BESIDE, 80), rates, costs, strict=True):
                            before = used(there)
                            told = rate(host, port, path, count)
                            if turn >= 0:
                                rated.append(told)
                                cost.append(used(there).since(before))
                    yield Row(environment, what, *rates, (_each(costs[0], count), _each(costs[1], count)))


def _each(costs: Sequence[Cost], count: int) -> Cost:
    """Of one request, in the median round: another's work beside it makes some of them dear."""
    entry, whole = (statistics.median(told) / count for told in zip(*((one.entry, one.whole) for one in costs), strict=True))
    return Cost(entry, whole)


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
        "**µs** are what a request takes of a processor (in the median round): in the entry itself (nginx or haproxy), and",
        "in all that takes part: the containers, by their control groups, the engine, which hands on log lines, and `ab`.",
        "",
        "| environment | asked | original, per s | twipc, per s | ratio (median) | middle half "
        "| entry: original, µs | twipc, µs | all: original, µs | twipc, µs |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        first, second = (round(statistics.median(each)) for each in (row.original, row.ours))
        ratio = statistics.median(row.ratios)
        quarter = len(row.ratios) // 4
        spread = f"{row.ratios[quarter]:.2f} to {row.ratios[-1 - quarter]:.2f}"
        original, ours = row.costs
        cost = f"{original.entry:.0f} | {ours.entry:.0f} | {original.whole:.0f} | {ours.whole:.0f}"
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
