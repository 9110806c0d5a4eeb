"""One drill: a fault in an environment under load, and what it cost."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass

from bench.drills.faults import Fault
from bench.drills.load import AFTER, DURING, FILES, NEWS, WRITES, Asked, Client, Figures, figures, under_load
from bench.drills.place import Place


@dataclass(frozen=True)
class Row:
    """What one kind of request met through one entry. `forgotten` of those acknowledged were not there afterwards."""

    fault: str
    environment: str
    design: str
    entry: str
    what: str
    figures: Figures
    forgotten: int | None
    recovered: bool
    load_average: float


def drill(there: Place, fault: Fault, around: float = 4.0) -> list[Row]:
    """The environment is up, and asked for `around` seconds before the fault and after it is whole again."""
    clients = there.clients(without=[fault.off])
    writer = Client(clients[0].entry, WRITES, clients[0].source)
    with under_load(clients, writer, f"{fault.name}, {there.design}") as load:
        time.sleep(around)
        load.phase = DURING
        fault.act(there)
        recovered = there.whole()
        load.phase = AFTER
        time.sleep(around)
    forgotten = len(set(load.acknowledged) - there.news())
    return list(_rows(there, fault, load.asked, forgotten, recovered))


def _rows(there: Place, fault: Fault, asked: list[Asked], forgotten: int, recovered: bool) -> Iterator[Row]:
    average = round(os.getloadavg()[0], 1)
    for entry in sorted({one.entry for one in asked}):
        for what in (NEWS, FILES, WRITES):
            of_it = [one for one in asked if (one.entry, one.what) == (entry, what)]
            if of_it:
                told = (fault.name, there.environment, there.design, entry, what)
                yield Row(*told, figures(of_it), forgotten if what == WRITES else None, recovered, average)
