"""A bounded load, and what came of it: ten clients of at most 20 requests a second each, and one serial writer.

Each request is on a connection of its own, so that no client hides what another would meet.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from itertools import pairwise
from threading import Event, Lock, Thread
from urllib.parse import urlencode

from tests.e2e.lab.ask import ask

NEWS, FILES, WRITES = "news", "files", "writes"
PATHS = {NEWS: "/", FILES: "/images/logo.svg"}
BEFORE, DURING, AFTER = "before", "during", "after"
PERIOD_S = 0.05
PATIENCE_S = 10.0
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Entry:
    """Where clients come in: a server's published port, asked from within its network (None: this one's own)."""

    name: str
    network: int | None
    address: str
    port: int = 80


@dataclass(frozen=True)
class Client:
    """Who asks for what, through which entry, from which address."""

    entry: Entry
    what: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request and what came of it; times are in seconds since the load began, status 0 is no answer at all."""

    entry: str
    what: str
    phase: str
    began: float
    seconds: float
    status: int
    why: str = ""

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300


@dataclass
class Load:
    """All that was asked, and the texts of all news that were acknowledged."""

    asked: list[Asked] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    phase: str = BEFORE
    _lock: Lock = field(default_factory=Lock)
    _done: Event = field(default_factory=Event)
    _began: float = field(default_factory=time.monotonic)

    def get(self, client: Client) -> None:
        """Asks until the load ends, evenly."""
        due = time.monotonic()
        while not self._done.wait(max(0.0, due - time.monotonic())):
            due = max(time.monotonic(), due) + PERIOD_S
            self._ask(client, PATHS[client.what])

    def write(self, client: Client, name: str) -> None:
        """Adds news, one after the other; none is sent twice."""
        number = 0
        while not self._done.wait(PERIOD_S):
            number += 1
            text = f"{name} {number} {'.' * (number % 23 + 1)}"  # unlike in length, as news are
            if self._ask(client, "/news", "POST", urlencode({"text": text})).status == 201:
                self.acknowledged.append(text)

    def _ask(self, client: Client, path: str, method: str = "GET", body: str | None = None) -> Asked:
        entry, phase, began = client.entry, self.phase, time.monotonic()
        headers: Mapping[str, str] = _FORM if body else {}
        status, why = 0, ""
        try:
            to = (entry.address, entry.port)
            status = ask(entry.network, to, path, method, body, headers, client.source, PATIENCE_S).status
        except (OSError, HTTPException) as problem:
            why = type(problem).__name__
        asked = Asked(entry.name, client.what, phase, began - self._began, time.monotonic() - began, status, why)
        with self._lock:
            self.asked.append(asked)
        return asked

    def end(self) -> None:
        self._done.set()


@contextmanager
def under_load(clients: Sequence[Client], writer: Client | None, name: str) -> Iterator[Load]:
    """The load runs meanwhile; at the end every request has been answered, or given up."""
    load = Load()
    threads = [Thread(target=load.get, args=(client,)) for client in clients]
    if writer:
        threads.append(Thread(target=load.write, args=(writer, name)))
    for thread in threads:
        thread.start()
    try:
        yield load
    finally:
        load.end()
        for thread in threads:
            thread.join()


@dataclass(frozen=True)
class Figures:
    """What came of what was asked through one entry: times in milliseconds, of all requests of a phase, lost ones too."""

    requests: int
    lost: int
    why: str
    gap_ms: int
    longest_ms: int
    p50_ms: Mapping[str, int]
    p99_ms: Mapping[str, int]


def figures(asked: Iterable[Asked]) -> Figures:
    """The longest gap is the longest time in which no good answer ended, whoever asked."""
    ordered = sorted(asked, key=lambda one: one.began)
    lost = [one for one in ordered if not one.good]
    ends = sorted(one.began + one.seconds for one in ordered if one.good)
    times = [ordered[0].began, *ends, max(one.began + one.seconds for one in ordered)]
    gap = max(later - earlier for earlier, later in pairwise(times))
    phases = {
        phase: sorted(one.seconds for one in ordered if one.phase == phase)
        for phase in (BEFORE, DURING, AFTER)
        if any(one.phase == phase for one in ordered)
    }
    return Figures(
        len(ordered),
        len(lost),
        ", ".join(f"{reasons.count(why)} {why}" for reasons in [[_why(one) for one in lost]] for why in sorted(set(reasons))),
        round(gap * 1000),
        round(max(one.seconds for one in ordered) * 1000),
        {phase: _share(times, 0.5) for phase, times in phases.items()},
        {phase: _share(times, 0.99) for phase, times in phases.items()},
    )


def _why(one: Asked) -> str:
    return f"status {one.status}" if one.status else one.why


def _share(ordered: Sequence[float], share: float) -> int:
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000)
