"""The page of the figures: tables of one race each, ratios pair by pair, and growth."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bench.drills.page import machine
from bench.speed.field import Taken, exponent, ratios
from bench.speed.peers import Peer
from bench.speed.shapes import ROUTES

GROWN = 100
"""Growth is fitted from this size on: below it, a start is most of what is measured."""
_HEAD = """\
# What twipc costs

Made by `{command}`: each table is one race, in which every program runs once a round, in turn, in a process of
its own, with its output thrown away. Wall and processor seconds and memory are medians. A ratio is of two runs of one round,
theirs to twipc's: above 1 twipc is faster, or smaller. Seconds are of this machine and its other work; ratios say more.

{machine}, on {day}, load average {load}; Python {python}.

What each does is not the same. `twipc compile` reads and checks a spec, writes the files of each target, reads each back by
a parser of its own, compares what they mean with the spec, and says what no target can hold; of a spec for which nothing has
changed it reads all of it and of its output, and says the same again. {does}.

An environment of N services is a compose file of image, port, health, limits, three variables and an order, and the spec that
says the same; for all targets with a server of each engine and up to {routes} routes each. In a star all wait for the first
service, in a chain each for the one before.
"""

COLD = """\
Most of this is a start. Of what the processor does for `twipc compile prod` (1,680 million instructions of Python 3.11, by
`valgrind --tool=cachegrind`) Python and click take 10%, importing Pydantic 25%, the nouns of the language that it makes 19%,
importing Jinja, ruamel.yaml and crossplane 8%, and importing what is twipc's own besides 20%. To read the spec, to judge it,
and to write, read back and compare five targets takes 18%.

It was 2,850 million. What Jinja makes of the templates is kept beside them, like the bytecode of modules (a fifth of it);
dataclasses are made without compiling methods that all of them share (a tenth); nouns are made without compiling their
annotations, and those of drafts only for a spec that is wrong (a thirtieth); no plugin of Pydantic's and no other package's
target is looked for that nothing asks for (a fiftieth); nothing that was made is taken apart at the end (a thirtieth); and
what only a wrong spec, another format or an engine's configuration needs is imported with it.

The rest stays: to import Pydantic and to make the nouns is already more than `docker compose config` takes in all, as that is
compiled ahead. Core schemas that are kept from one run to the next would hang on what Pydantic does not promise, and a
validator beside it could mean something else. Whoever compiles a spec twice does not pay it: see above.
"""
"""What the cold path is made of; counted by hand, as a race cannot."""


@dataclass(frozen=True)
class Table:
    """One race: what twipc's entry is called, and what each took; `note` says what it is made of."""

    title: str
    ours: str
    taken: Mapping[str, Taken]
    note: str = ""


@dataclass(frozen=True)
class Growth:
    """What each took at each size of one graph; who is too slow for the largest has fewer."""

    graph: str
    sizes: Sequence[int]
    taken: Mapping[str, Sequence[Taken]]


def page(tables: Iterable[Table], grown: Iterable[Growth], there: Iterable[Peer], command: str) -> str:
    does = "; ".join(f"`{one.name}` {one.does}" for one in there)
    head = _HEAD.format(
        command=command,
        machine=machine(),
        day=f"{datetime.now(UTC):%Y-%m-%d}",
        load=f"{os.getloadavg()[1]:.1f}",
        python=platform.python_version(),
        does=does,
        routes=ROUTES,
    )
    parts = [head, *map(_table, tables), "## Growth\n\n![wall seconds by services](speed/growth.svg)\n", *map(_growth, grown)]
    return "\n".join(parts)


def _table(table: Table) -> str:
    rounds = len(table.taken[table.ours].wall)
    lines = [f"## {table.title}", "", f"{rounds} rounds.", ""]
    lines += [
        "| program | wall s | processor s | memory MiB | ratio of wall | of processor | of memory |",
        "|---|---|---|---|---|---|---|",
    ]
    ours = table.taken[table.ours]
    for name, taken in table.taken.items():
        cells = [f"{median(taken.wall):.3f}", f"{median(taken.cpu):.3f}", f"{median(taken.memory) / 1024:.0f}"]
        pairs = ((ours.wall, taken.wall), (ours.cpu, taken.cpu), (ours.memory, taken.memory))
        cells += ["" if taken is ours else f"**{median(ratios(*pair)):.2f}**" for pair in pairs]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join([*lines, *(["", table.note] if table.note else [""])])


def _growth(growth: Growth) -> str:
    sizes = " | ".join(map(str, growth.sizes))
    lines = [f"Processor seconds, {growth.graph}:", "", f"| program | {sizes} | exponent from {GROWN} on |"]
    lines.append("|---" * (len(growth.sizes) + 2) + "|")
    for name, taken in growth.taken.items():
        seconds = [median(one.cpu) for one in taken]
        cells = [f"{second:.2f}" for second in seconds] + [""] * (len(growth.sizes) - len(seconds))
        large = [(size, second) for size, second in zip(growth.sizes, seconds, strict=False) if size >= GROWN]
        fitted = f"{exponent(*map(list, zip(*large, strict=True))):.2f}" if len(large) > 1 else ""
        lines.append(f"| {name} | {' | '.join(cells)} | {fitted} |")
    return "\n".join([*lines, ""])


def median(values: Sequence[float]) -> float:
    return float(statistics.median(values))
