"""What is asked of twipc's speed, and what came of it: a row for each bar, with the ratio that was measured."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.speed.field import Taken, exponent, ratios

GROWN = 100
"""Growth is fitted from this size on: below it, a start is most of what is measured."""
MOST_GROWTH = 1.1


@dataclass(frozen=True)
class Bar:
    """By which ratio, theirs to twipc's, twipc is asked to be ahead of a program: at least, and as an aim."""

    against: str
    least: float
    aim: float | None = None
    of: str = "wall"


@dataclass(frozen=True)
class Table:
    """One race: what twipc's entry is called, what each took, what is asked of it; `note` says what it is made of."""

    title: str
    ours: str
    taken: Mapping[str, Taken]
    bars: Sequence[Bar] = ()
    note: str = ""


@dataclass(frozen=True)
class Growth:
    """What each took at each size of one graph; who is too slow for the largest has fewer."""

    graph: str
    sizes: Sequence[int]
    taken: Mapping[str, Sequence[Taken]]

    def exponents(self) -> Iterator[tuple[str, float | None]]:
        """Of each program the power by which its processor seconds grow; None, where too few sizes are large."""
        for name, taken in self.taken.items():
            seconds = [float(statistics.median(one.cpu)) for one in taken]
            large = [(size, second) for size, second in zip(self.sizes, seconds, strict=False) if size >= GROWN]
            yield name, exponent(*map(list, zip(*large, strict=True))) if len(large) > 1 else None


def rows(tables: Iterable[Table], grown: Iterable[Growth]) -> Iterator[str]:
    """Each bar as a row of a table: who is not on this machine was not run, and what was not met is said in bold."""
    yield "| work | against | of | at least | aim | measured |"
    yield "|---|---|---|---|---|---|"
    for table in tables:
        for bar in table.bars:
            aim = "" if bar.aim is None else f"{bar.aim:g}"
            yield f"| {table.title} | {bar.against} | {bar.of} | {bar.least:g} | {aim} | {_measured(table, bar)} |"
    for growth in grown:
        for name, power in growth.exponents():
            if name.startswith("twipc"):
                met = "not run" if power is None else _told(power, power <= MOST_GROWTH)
                yield f"| {name}, {growth.graph}, from {GROWN} services on | | exponent | at most {MOST_GROWTH:g} | | {met} |"


def _measured(table: Table, bar: Bar) -> str:
    if bar.against not in table.taken:
        return "not run"
    ours, theirs = (getattr(table.taken[name], bar.of) for name in (table.ours, bar.against))
    ratio = float(statistics.median(ratios(ours, theirs)))
    return _told(ratio, ratio >= bar.least)


def _told(figure: float, met: bool) -> str:
    return f"{figure:.2f}" if met else f"**{figure:.2f}**, not met"
