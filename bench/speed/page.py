"""The page of the figures: tables of one race each, ratios pair by pair, and growth."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from bench.drills.page import machine
from bench.speed.bars import GROWN, Growth, Table, rows
from bench.speed.field import ratios
from bench.speed.peers import Peer
from bench.speed.shapes import ROUTES

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

ALL_TARGETS = """\
Of what the processor does here a start takes 8%, to read, bind and judge the spec 13%, what each target loses and where its
limits lie 10%, the documents and their text 19%, to read these back 24%, to compare what they mean 10%, and to put 2,000 files
on the disk, each whole, 13% (for compose alone: a start 24%, the spec 34%, the document 10%, to read it back 16%). These are
many small things and no large one.

`kompose convert` is raced where `kompose` is on PATH. No `go install` makes it, as its module replaces another; its module
itself is built by `go build -C "$(go mod download -json github.com/kubernetes/kompose@v1.38.0 | jq -r .Dir)" -trimpath
-ldflags "-s -w" -o ~/bin/kompose .` Where it is on PATH, it starts `kompose version` three times for each service, and waits:
by `strace` that is most of its time. Started by a path that is not on PATH it cannot, and of 1,000 services it takes 1.7 s of a
processor then, 0.45 of what twipc takes.
"""
"""Where the time goes, by `time.process_time` around each pass; and how one gets kompose, which no test needs."""

COLD = """\
Most of this is a start. Of what the processor does for `twipc compile prod` (1,530 million instructions of Python 3.11, by
`valgrind --tool=cachegrind`) Python and click take 9%, importing Pydantic 18%, the nouns of the language and of its targets
that it makes 15%, importing Jinja, ruamel.yaml, crossplane and msgspec 12%, and importing what is twipc's own besides 15%:
380 modules, each a third of a million before it says anything. The rest, 31%, is work: to know whether anything has
changed, to read the spec, to judge it, and to write, read back and compare five targets; half of that is reading back and
comparing.

It was 2,850 million. What Jinja makes of the templates is kept beside them, like the bytecode of modules (a fifth of it);
nouns are made without compiling their annotations, and those of drafts only for a spec that is wrong (a thirtieth); no
plugin of Pydantic's and no other package's target is looked for that nothing asks for (a fiftieth); nothing that was made
is taken apart at the end (a thirtieth); what only a wrong spec, another format or an engine's configuration needs is
imported with it; records are msgspec's, whose classes are made without compiling anything (a tenth); and a regular
expression is compiled when it is first used (a thirtieth), which half of them are not. Two modules of Python's own, which
others import and a compile never asks, are stood in for until somebody does (a fiftieth, and 60 files that are not opened).

Not all that a run waits for is an instruction. Calls that nest deeper than 16 KiB had the system map memory and take it
back, 1,300 times; one large frame at the bottom spares that (a twentieth of the processor's time). And 68 times a run waited
for the disk, one file after the other: now all files that are new wait at one time, which where the disk is busy is half of
the run.

The rest stays: to import Pydantic and to make the nouns is already more than `docker compose config` takes in all, as that
is compiled ahead. Core schemas that are kept from one run to the next would hang on what Pydantic does not promise, and a
validator beside it could mean something else. To make the nouns later, all at once (`defer_build`), spares 0.5%; validators
whose signatures Pydantic need not look up, 0.3%: neither is worth its words. Whoever compiles a spec twice does not pay it:
see above.
"""
"""What the cold path is made of; counted by hand, as a race cannot."""


def page(tables: Sequence[Table], grown: Sequence[Growth], there: Iterable[Peer], command: str) -> str:
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
    asked = ["## What is asked", "", "Ratios of one race each; what is not met is in bold.", "", *rows(tables, grown), ""]
    growth = "## Growth\n\n![wall seconds by services](speed/growth.svg)\n"
    parts = [head, "\n".join(asked), *map(_table, tables), growth, *map(_growth, grown)]
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
    for name, power in growth.exponents():
        seconds = [median(one.cpu) for one in growth.taken[name]]
        cells = [f"{second:.2f}" for second in seconds] + [""] * (len(growth.sizes) - len(seconds))
        lines.append(f"| {name} | {' | '.join(cells)} | {'' if power is None else f'{power:.2f}'} |")
    return "\n".join([*lines, ""])


def median(values: Sequence[float]) -> float:
    return float(statistics.median(values))
