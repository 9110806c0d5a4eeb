"""What twipc costs beside Docker's own tools and others: `python -m bench.speed [--write] [--rounds N] [--sizes N,N,…]`."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.speed import shapes
from bench.speed.bars import Bar, Growth, Table
from bench.speed.field import TWIPC, Entry, Taken, race
from bench.speed.page import ALL_TARGETS, COLD, page
from bench.speed.peers import COMPOSE, KOMPOSE, STACK, Peer, peers
from bench.speed.plot import plot
from tests.tools import ROOT

PAGE = Path(__file__).parents[1] / "README.md"
PLOT = Path(__file__).with_name("growth.svg")
SIZES = (3, 10, 100, 1000, 3000)
LARGE = 1000
FRESH = (".twipc", "out")


def main(arguments: Sequence[str] | None = None) -> None:
    """Races, prints the page, and writes it and its plot if that is asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench.speed", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write bench/README.md and its plot")
    parser.add_argument("--rounds", type=int, default=9, help="of small environments; large ones have fewer")
    parser.add_argument("--sizes", type=lambda text: tuple(map(int, text.split(","))), default=SIZES)
    options = parser.parse_args(arguments)
    there = list(peers())
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        large = min(LARGE, max(options.sizes))
        tables = [
            unchanged(work, there, options.rounds),
            committed(work, there, options.rounds),
            cold(work, there, large, options.rounds, whole=False),
            cold(work, there, large, options.rounds, whole=True),
            started(work, options.rounds),
        ]
        grown = [growth(work, there, options.sizes, options.rounds, graph) for graph in ("star", "chain")]
    text = page(tables, grown, there, f"python -m bench.speed --write --rounds {options.rounds}")
    print(text)
    if options.write:
        PAGE.write_text(text)
        PLOT.write_text(plot(grown[0]))


def made(work: Path, count: int, graph: str, *, whole: bool) -> Path:
    """A folder with an environment of so many services, as a spec and as compose files."""
    folder = work / f"{graph}-{count}-{'all' if whole else 'compose'}"
    if not folder.exists():
        (folder / "specs").mkdir(parents=True)
        for name, text in shapes.specs(count, graph, whole=whole).items():
            (folder / "specs" / name).write_text(text)
        (folder / "compose.yaml").write_text(shapes.compose(count, graph))
        (folder / "stack.yaml").write_text('version: "3.8"\n' + shapes.compose(count, graph, conditions=False))
    return folder


def fewer(rounds: int, count: int) -> int:
    """So many rounds of an environment of this size: a run of a large one takes many seconds."""
    return max(1, rounds // (9 if count > LARGE else 3 if count >= LARGE else 1))


def beside(there: Iterable[Peer], folder: Path) -> list[Entry]:
    return [Entry(one.name, one.command, folder) for one in there]


def unchanged(work: Path, there: Iterable[Peer], rounds: int) -> Table:
    folder = made(work, 3, "star", whole=True)
    entry = Entry("twipc compile", (TWIPC, "compile"), folder)
    race([entry], 2)  # the first writes, and leaves its stamp
    taken = race([entry, *beside(there, folder)], rounds)
    bars = (Bar(COMPOSE, 2, 4), Bar(STACK, 0.7, 1.2))
    return Table("Nothing has changed: 3 services, all targets", entry.name, taken, bars)


def committed(work: Path, there: Iterable[Peer], rounds: int) -> Table:
    """The sample project's production, compiled anew."""
    folder = work / "committed"
    for part in ("specs", "app"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("target"))
    shutil.copy(ROOT / "out/prod/compose/docker-compose.yml", folder / "compose.yaml")
    shutil.copy(ROOT / "out/prod/swarm/docker-stack.yml", folder / "stack.yaml")
    entry = Entry("twipc compile prod", (TWIPC, "compile", "prod"), folder, FRESH)
    able = [one for one in there if one.reads_prod]
    taken = race([entry, *beside(able, folder)], rounds)
    title = "Anew: the committed specs/prod.yaml, all targets"
    return Table(title, entry.name, taken, [Bar(COMPOSE, 0.2, 0.4)], COLD)


def cold(work: Path, there: Iterable[Peer], count: int, rounds: int, *, whole: bool) -> Table:
    folder = made(work, count, "star", whole=whole)
    entry = Entry("twipc compile", (TWIPC, "compile", "--format", "concise"), folder, FRESH)
    title = f"Anew: {count} services (star), {'all targets' if whole else 'compose alone'}"
    taken = race([entry, *beside(there, folder)], fewer(rounds, count))
    bars = (Bar(KOMPOSE, 2, 4), Bar(STACK, 0.6, 1)) if whole else (Bar(COMPOSE, 2, 3),)
    return Table(title, entry.name, taken, (*bars, Bar(COMPOSE, 1, of="memory")), ALL_TARGETS if whole else "")


def started(work: Path, rounds: int) -> Table:
    """What a person waits for who asks for help, or presses TAB."""
    importing = Entry("python -c 'import click'", (sys.executable, "-c", "import click"), work)
    help = Entry("twipc --help", (TWIPC, "--help"), work)
    return Table("Start: twipc --help", help.name, race([help, importing], rounds), [Bar(importing.name, 0.5)])


def growth(work: Path, there: Iterable[Peer], sizes: Sequence[int], rounds: int, graph: str) -> Growth:
    """Each size by itself, as runs of large ones would disturb small ones."""
    found: dict[str, list[Taken]] = {}
    for count in sizes:
        every = [Entry("twipc, compose", (TWIPC, "compile"), made(work, count, graph, whole=False), FRESH)]
        every.append(Entry("twipc, all targets", (TWIPC, "compile"), made(work, count, graph, whole=True), FRESH))
        swift = [one for one in there if count <= LARGE or one.name == "docker stack config"]
        taken = race([*every, *beside(swift, every[0].folder)], fewer(rounds, count))
        for name, one in taken.items():
            found.setdefault(name, []).append(one)
    return Growth(graph, sizes, found)


if __name__ == "__main__":
    main()
