"""Why a journal has one writer: two instances on one lose what they acknowledged. So twipc refuses to compile that."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.cases.test_marked import CASES
from tests.compiling import compiled_text
from tests.dockerd import Docker, Failed
from tests.e2e.environment import add
from tests.e2e.lab import Lab

pytestmark = [pytest.mark.xdist_group("lab"), pytest.mark.timeout(900)]

FOLDER = "/Users/dcameron/persistence"


class Web:
    """One instance of the sample application."""

    def __init__(self, lab: Lab, volume: str) -> None:
        self._lab = lab
        self._docker = lab.engine.docker
        hardened = ("--read-only", "--cap-drop", "ALL", "--tmpfs", "/tmp")
        places = ("--mount", f"type=volume,source={volume},target={FOLDER}", "--publish", "127.0.0.1::8080")
        self.id = self._docker("run", "--detach", "--init", *hardened, *places, "twip/web:1.0.0").strip()

    def _port(self) -> int:
        return int(self._docker("port", self.id, "8080/tcp").rpartition(":")[2])

    def serves(self) -> bool:
        """Whether it becomes ready; it does not if it ends before."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            (there,) = self._lab.engine.inspect("container", [self.id])
            if not there["State"]["Running"]:
                return False
            try:
                return self._lab.ask("/health/ready", self._port(), to="127.0.0.1").status == 200
            except (OSError, Failed):  # it does not listen yet, or has ended meanwhile
                time.sleep(0.1)
        raise TimeoutError(self._docker("logs", self.id))

    def add(self, text: str) -> None:
        """Adds news, which must be acknowledged."""
        assert add(self._lab, text, self._port(), to="127.0.0.1").status == 201

    def news(self) -> list[str]:
        return self._lab.ask("/news", self._port(), to="127.0.0.1").text.splitlines()

    def killed(self) -> None:
        self._docker("kill", self.id)
        self._docker("wait", self.id)

    def started_again(self) -> bool:
        self._docker("start", self.id)
        return self.serves()


@contextmanager
def webs(lab: Lab, count: int) -> Iterator[list[Web]]:
    """So many instances on one journal, ready."""
    docker = lab.engine.docker
    volume = docker("volume", "create").strip()
    started: list[Web] = []
    try:
        for _ in range(count):
            started.append(Web(lab, volume))
        assert all(web.serves() for web in started)
        yield started
    finally:
        _remove(lab.engine, [web.id for web in started], volume)


def _remove(engine: Docker, containers: list[str], volume: str) -> None:
    engine.docker("rm", "--force", *containers)
    engine.docker("volume", "rm", volume)


def test_one_writer_loses_nothing_that_it_acknowledged(lab: Lab) -> None:
    texts = [f"news{'s' * number}" for number in range(20)]
    with webs(lab, 1) as (web,):
        for text in texts:
            web.add(text)
        web.killed()
        assert web.started_again()
        assert web.news() == texts


def test_two_writers_lose_half_of_what_they_acknowledged(lab: Lab) -> None:
    with webs(lab, 2) as (one, other):
        for number in range(10):
            one.add(f"of one, {number}")
            other.add(f"of two, {number}")
        # They do not even show the same.
        assert not set(one.news()) & set(other.news())
        one.killed()
        other.killed()
        assert one.started_again()
        assert len(one.news()) == 10


def test_two_writers_of_news_unlike_in_length_leave_a_journal_that_does_not_open(lab: Lab) -> None:
    with webs(lab, 2) as (one, other):
        for number in range(5):
            one.add(f"short {number}")
            other.add(f"much longer news than those of the other one, {number}")
        one.killed()
        other.killed()
        assert not one.started_again()
        (ended,) = lab.engine.inspect("container", [one.id])
        assert ended["State"]["ExitCode"] == 1


def test_twipc_refuses_both_forms_of_it() -> None:
    cases = {path.stem: path for path in CASES}
    for name in ("original-shared-journal", "original-scaled-writer"):
        refused = compiled_text(cases[name].read_text())
        assert {finding.code.id for finding in refused.findings} >= {"TW401"}
        assert not refused.compiled
