"""State: an environment that rises from nothing to the same one each time, and news, whatever becomes of who keeps them.

A killed web, an update, a new beginning; and never two writers.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from tests.e2e.environment import Twip, add
from tests.e2e.lab import Lab
from tests.e2e.state import state
from tests.e2e.writers import Writers, watched

pytestmark = [pytest.mark.xdist_group("lab"), pytest.mark.timeout(900)]


@dataclass(frozen=True)
class Risen:
    """Production, and what the engine had of it each time that it had risen from nothing."""

    prod: Twip
    states: tuple[Mapping[str, Any], ...]


@pytest.fixture(scope="module")
def risen(lab: Lab, project: Path) -> Iterator[Risen]:
    """Twice, each time by one command on an engine without anything of ours; then it stays up for all scenarios below."""
    twip = Twip(lab, project, "prod")
    twip.made_secret()
    with lab.unbuilt():
        with twip.up("--build"):
            before = state(twip)
        twip.run("clean", "--images", "--yes")
        with twip.up("--build"):
            yield Risen(twip, (before, state(twip)))
        twip.run("clean", "--images", "--yes")


@pytest.fixture
def prod(risen: Risen) -> Twip:
    return risen.prod


def test_production_rises_from_nothing_to_the_same_state_each_time(lab: Lab, risen: Risen) -> None:
    once, again = risen.states
    assert once == again
    assert len(once["containers"]) == 5
    risen.prod.run("status")
    assert lab.ask("/news").text == ""


@contextmanager
def added_all_the_while(lab: Lab) -> Iterator[list[str]]:
    """Somebody who adds news without a pause, and remembers what was acknowledged."""
    acknowledged: list[str] = []
    done = Event()

    def adding() -> None:
        number = 0
        while not done.wait(0.02):
            number += 1
            text = f"{id(acknowledged)} {number}{'!' * (number % 7)}"
            try:
                if add(lab, text).status == 201:
                    acknowledged.append(text)
            except OSError:  # the entry itself is away: nothing was acknowledged
                continue

    thread = Thread(target=adding)
    thread.start()
    try:
        yield acknowledged
    finally:
        done.set()
        thread.join()


def until_it_serves(lab: Lab) -> str:
    """Who answers, as soon as somebody does."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        answer = lab.ask("/news")
        if answer.status == 200:
            return answer.headers["served-by"]
    raise TimeoutError("nobody answers")


def one_after_the_other(writers: Writers, at_least: int) -> bool:
    """Whether nobody wrote while another was there, and so many did in all."""
    turns = writers.turns
    assert len(turns) == len(set(turns)), f"two at once: {turns}"
    return len(turns) >= at_least


def kept(lab: Lab, acknowledged: list[str]) -> bool:
    """Whether all of it is there, each once, in its order."""
    there = [text for text in lab.ask("/news").text.splitlines() if text in set(acknowledged)]
    assert there == acknowledged
    return bool(there)


def test_the_standby_takes_over_with_all_news_from_a_killed_web(lab: Lab, prod: Twip) -> None:
    with watched(prod, "web") as writers, added_all_the_while(lab) as acknowledged:
        active = until_it_serves(lab)
        while len(acknowledged) < 20:
            time.sleep(0.05)
        lab.engine.docker("kill", active)
        assert until_it_serves(lab) != active
        acknowledged_before = len(acknowledged)
        # Who was killed comes back, and waits.
        prod.run("up")
    assert kept(lab, acknowledged)
    assert len(acknowledged) > acknowledged_before
    assert one_after_the_other(writers, 2)
    prod.run("status")


def test_an_update_of_the_web_keeps_all_news_and_never_has_two_writers(lab: Lab, prod: Twip) -> None:
    before = prod.ids("web")
    mode = "    mode: {active-standby: "
    prod.changed(mode, f"    env: {{RELEASE: second}}\n{mode}")
    with watched(prod, "web") as writers, added_all_the_while(lab) as acknowledged:
        time.sleep(1)
        prod.run("up")
        until_it_serves(lab)
        time.sleep(0.5)
    assert set(before).isdisjoint(prod.ids("web"))
    assert kept(lab, acknowledged)
    assert one_after_the_other(writers, 2)
    assert {name[:12] for name in before}.isdisjoint({writers.turns[-1][0]})


def test_news_survive_down_and_up(lab: Lab, prod: Twip) -> None:
    assert add(lab, "before").status == 201
    before = lab.ask("/news").text
    with watched(prod, "web") as writers:
        prod.run("down")
        left = prod.left()
        assert left["containers"] == left["networks"] == []
        prod.run("up")
        assert until_it_serves(lab)
    assert lab.ask("/news").text == before
    assert one_after_the_other(writers, 2)
