"""Who writes a journal, as it is seen while something happens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import groupby
from threading import Event, Thread

from tests.dockerd import Failed
from tests.e2e.environment import Twip

PROGRAM = "java"
BETWEEN_S = 0.1


class Writers:
    """Each sight of a process that may write, in the order of the sights: its container, its number, when it began."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, str]] = []

    @property
    def turns(self) -> list[tuple[str, str, str]]:
        """Each once for all its sights before another's. One that comes twice was there while another was: two at once."""
        return [one for one, _ in groupby(self.seen)]

    def look(self, environment: Twip, service: str) -> None:
        docker = environment.lab.engine
        of_it = (f"label=com.docker.compose.project={environment.name}", f"label=com.docker.compose.service={service}")
        filters = [word for one in of_it for word in ("--filter", one)]
        for container in docker.docker("ps", "--quiet", *filters).split():
            with suppress(Failed):  # it has ended meanwhile
                self.seen += [(container, *process) for process in environment.processes(container, PROGRAM)]


@contextmanager
def watched(environment: Twip, service: str) -> Iterator[Writers]:
    """The writers of a service meanwhile. Who only waits for the lock is no `java` yet."""
    writers, done = Writers(), Event()

    def watch() -> None:
        while not done.wait(BETWEEN_S):
            writers.look(environment, service)

    watching = Thread(target=watch)
    watching.start()
    try:
        yield writers
    finally:
        done.set()
        watching.join()
