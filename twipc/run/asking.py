"""HTTP requests to what runs: one at a time, or many at once and counted."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from threading import Lock

from msgspec import Struct, field

PATIENCE_S = 10.0
_MOST_BYTES = 64 << 20


class Reply(Struct, frozen=True):
    """What a request came to; status 0 is none at all, and then `why` says so."""

    status: int
    headers: tuple[tuple[str, str], ...]
    seconds: float
    why: str = ""

    def header(self, name: str) -> str:
        return next((value for one, value in self.headers if one.lower() == name.lower()), "")


def request(address: str, port: int, method: str, path: str, headers: Mapping[str, str]) -> Reply:
    """One request on a connection of its own; redirects are not followed."""
    begun = time.monotonic()
    connection = HTTPConnection(address, port, timeout=PATIENCE_S)
    try:
        return _asked(connection, method, path, headers)
    except (OSError, HTTPException) as problem:
        return Reply(0, (), time.monotonic() - begun, _why(problem))
    finally:
        connection.close()


def _asked(connection: HTTPConnection, method: str, path: str, headers: Mapping[str, str]) -> Reply:
    begun = time.monotonic()
    connection.request(method, path, headers=dict(headers))
    response = connection.getresponse()
    response.read(_MOST_BYTES)
    return Reply(response.status, tuple(response.getheaders()), time.monotonic() - begun)


def _why(problem: Exception) -> str:
    if isinstance(problem, TimeoutError):
        return f"no answer within {PATIENCE_S:g} s"
    if isinstance(problem, ConnectionRefusedError):
        return "connection refused"
    return (getattr(problem, "strerror", None) or str(problem) or type(problem).__name__).lower()


class Load(Struct):
    """What many requests came to."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)

    @property
    def count(self) -> int:
        return self.statuses.total() + self.lost.total()

    @property
    def rate(self) -> float:
        return self.count / self.seconds if self.seconds else 0.0

    @property
    def other(self) -> int:
        """Answers that are no 2xx."""
        return sum(number for status, number in self.statuses.items() if not 200 <= status < 300)

    def percentile(self, share: float) -> float:
        """The time within which this share of the answers came; of no answers it is 0."""
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def load(
    address: str, port: int, path: str, headers: Mapping[str, str], count: int, clients: int, rate: float = math.inf
) -> Load:
    """So many GETs by so many clients, each with one connection that it keeps; no more than `rate` begin in a second."""
    found, lock = Load(), Lock()
    left = iter(range(count))
    begun = time.monotonic()

    def client() -> None:
        connection = HTTPConnection(address, port, timeout=PATIENCE_S)
        while True:
            with lock:
                number = next(left, None)
            if number is None:
                connection.close()
                return
            time.sleep(max(0.0, begun + number / rate - time.monotonic()))
            try:
                reply = _asked(connection, "GET", path, headers)
            except (OSError, HTTPException) as problem:
                connection.close()
                with lock:
                    found.lost[_why(problem)] += 1
            else:
                with lock:
                    found.statuses[reply.status] += 1
                    found.times.append(reply.seconds)

    with ThreadPoolExecutor(clients) as pool:
        for done in [pool.submit(client) for _ in range(clients)]:
            done.result()
    found.seconds = time.monotonic() - begun
    return found
