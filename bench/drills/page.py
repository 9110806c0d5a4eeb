"""DRILLS.md, from the figures of all drills that were run last."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.drills.drill import Row
from bench.drills.load import AFTER, BEFORE, DURING

FIGURES = Path(__file__).with_name("figures.json")
PAGE = Path(__file__).parents[1] / "DRILLS.md"
Kept = Mapping[str, Any]
"""A row as the file has it."""

HEAD = """\
# Failure drills

Made by `python -m bench.drills --write`, as root, with engines of its own, images of Debian's packages and no network but
theirs. `--only WORD` repeats a part, whose rows are put in the place of the older ones.

Each row is one fault in an environment that has just come up, met through one entry. Ten clients ask for a page of the news
(`/`, from a web) or for a file (`/images/logo.svg`, from a static), each on new connections, at most 20 times a second; one
writer adds news, one after the other. **Lost** are requests without a 2xx answer within 10 s. The **gap** is the longest
time in which no good answer ended, **longest** the longest that a request took. Times are p50/p99 in ms of all requests,
lost ones too: before the fault, from then until all is whole again, and after that. **Forgotten** are news that were
acknowledged and are not on disk afterwards: every web is started anew and asked.

`original` is the hand-written design of the project that twipc follows, written anew from its description in
[drills/original](drills/original): nginx with `ip_hash` and without time limits, both webs on one folder; haproxy without
checks, one static, one web, Docker's DNS in place of its socket; `docker compose up -d`; as a stack two statics and three
webs, as Docker Cloud ran them. `twipc` is what the [specs](../specs) make, by `twipc up`. A process that nobody started
again within 5 s is started by hand, and a version that does not work is taken back by hand after 10 s.

The public environment runs on a swarm of three servers, each with a network, processes, a mount tree and an engine of its
own; power-off is kill -9 of all that runs there, for 25 s. All three are managers, m1 leads, m2 holds the journal. This
kernel has neither IPVS nor ESP: so `dnsrr`, ports of the host, a proxy on each server (`replicas: 3`) and no `encrypted`.
Swarm's own balancing (ingress) is neither emitted nor drilled. Clients come in through the servers that stay on: the way to
another entry is somebody else's job ([swarm](../targets/swarm/README.md)).
"""
TITLES = {
    "train": "Training, on one host",
    "prod": "Production, on one host",
    "public": "Public, on a swarm of three servers",
}
COLUMNS = (
    "fault",
    "design",
    "entry",
    "asked",
    "requests",
    "lost",
    "gap ms",
    "longest ms",
    "before",
    "during",
    "after",
    "forgotten",
)
KEY = ("fault", "environment", "design")


def kept(rows: Iterable[Row]) -> list[Kept]:
    """As they are kept, with when they were made and where."""
    made = {"date": time.strftime("%Y-%m-%d"), "machine": machine()}
    return [{**asdict(row), **made} for row in rows]


def machine() -> str:
    """What ran it."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} processors, {memory:.0f} GiB, Linux {platform.release().split('-')[0]}"


def write(rows: Sequence[Kept]) -> None:
    """Puts rows in the place of those of the same drills."""
    new = {tuple(row[name] for name in KEY) for row in rows}
    old = json.loads(FIGURES.read_text()) if FIGURES.exists() else []
    stay = [row for row in old if tuple(row[name] for name in KEY) not in new]
    FIGURES.write_text(json.dumps([*stay, *rows], indent=1) + "\n")


def told(row: Row) -> str:
    """One row on one line."""
    return " · ".join((row.environment, *_cells(asdict(row))))


def _cells(row: Kept) -> tuple[str, ...]:
    found = row["figures"]
    lost = f"**{found['lost']}**" if found["lost"] else "0"
    if found["why"]:
        lost += f" ({found['why']})"
    phases = (BEFORE, DURING, AFTER)
    times = [f"{found['p50_ms'][one]}/{found['p99_ms'][one]}" if one in found["p50_ms"] else "–" for one in phases]
    forgotten = "" if row["forgotten"] is None else f"**{row['forgotten']}**" if row["forgotten"] else "0"
    fault = row["fault"] + ("" if row["recovered"] else " (it did not come back)")
    first = (
        fault,
        row["design"],
        row["entry"],
        row["what"],
        str(found["requests"]),
        lost,
        str(found["gap_ms"]),
        str(found["longest_ms"]),
    )
    return (*first, *times, forgotten)


def page() -> str:
    """The whole page."""
    rows: list[Kept] = json.loads(FIGURES.read_text())
    faults = list(dict.fromkeys(row["fault"] for row in rows))
    lines = [HEAD]
    for environment, title in TITLES.items():
        ours = [row for row in rows if row["environment"] == environment]
        if not ours:
            continue
        ours.sort(key=lambda row: (faults.index(row["fault"]), row["design"]))
        lines += [f"## {title}", "", _line(COLUMNS), _line(["---"] * len(COLUMNS))]
        lines += [_line(_cells(row)) for row in ours]
        averages = [row["load_average"] for row in ours]
        dates = " and ".join(sorted({row["date"] for row in ours}))
        machines = "; ".join(sorted({row["machine"] for row in ours}))
        busy = f"{min(averages)} to {max(averages)}"
        lines += ["", f"On {dates}; {machines}, shared with other work: load average {busy}.", ""]
    return "\n".join(lines).rstrip() + "\n"


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
