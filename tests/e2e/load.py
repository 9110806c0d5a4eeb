"""Clients that ask without an end while something happens."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Lock

from tests.e2e.lab import Lab

CLIENTS = 4


@contextmanager
def asked_all_the_while(lab: Lab, path: str, between: float = 0.0) -> Iterator[Counter[int | str]]:
    """Several clients, each request on a connection of its own; how often they got which status, or what went wrong."""
    answers: Counter[int | str] = Counter()
    done, lock = Event(), Lock()

    def client() -> None:
        while not done.is_set():
            try:
                answer: int | str = lab.ask(path).status
            except OSError as problem:
                answer = str(problem)
            with lock:
                answers[answer] += 1
            time.sleep(between)

    with ThreadPoolExecutor(CLIENTS) as clients:
        running = [clients.submit(client) for _ in range(CLIENTS)]
        try:
            yield answers
        finally:
            done.set()
    for one in running:
        one.result()
