"""Carries a plan out, waits as long as it says, and tells what it does."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Protocol

from twipc.target.runtime import Asking, Ended, Gone, Look, Pause, Plan, Status, Step, Wait

from .runner import Failed, Runner

_BETWEEN_S = 0.5
_SETTLED_S = 1.0
"""Who has no check is ready when it still runs after so long."""


class Voice(Protocol):
    """Tells somebody how a plan goes on."""

    def begins(self, why: str) -> None: ...

    def waits(self, wait: Wait, status: Status, seconds: float) -> None: ...


class NotReady(Exception):
    """Services failed, or took longer than the plan gives them; `late` are those that only took too long."""

    def __init__(self, wait: Wait, status: Status, services: Iterable[str], *, late: bool) -> None:
        self.wait = wait
        self.status = status
        self.services = tuple(services)
        self.late = late
        super().__init__(", ".join(self.services))


def carry_out(plan: Plan, runner: Runner, observe: Callable[[], Asking[Status]], voice: Voice) -> None:
    """Every part of a plan in its order; raises `Failed` or `NotReady` at the first that does not come about."""
    for part in plan:
        voice.begins(part.why)
        match part:
            case Step():
                runner.do(part)
            case Wait():
                _wait(part, lambda: runner.ask(observe()), voice)
            case Pause():
                time.sleep(part.seconds)
            case Gone():
                _gone(part, lambda: runner.ask(observe()))
            case Ended():
                _ended(part, lambda: runner.ask(observe()))
            case Look():
                for step in part.then(runner.ask(observe())):
                    runner.do(step)


def _wait(wait: Wait, look: Callable[[], Status], voice: Voice) -> None:
    begun = time.monotonic()
    settled = False
    while True:
        status = look()
        voice.waits(wait, status, time.monotonic() - begun)
        failed = [name for name in wait.services if any(map(wait.is_in_vain, status.of(name)))]
        if failed:
            raise NotReady(wait, status, failed, late=False)
        late = [name for name, count in wait.services.items() if ready(status, name, wait) < count]
        if not late:
            if settled or all(one.health for name in wait.services for one in status.of(name)):
                return
            settled = True
            time.sleep(_SETTLED_S)
            continue
        if time.monotonic() - begun > wait.seconds:
            raise NotReady(wait, status, late, late=True)
        time.sleep(_BETWEEN_S)


def _gone(gone: Gone, look: Callable[[], Status]) -> None:
    end = time.monotonic() + gone.seconds
    while (status := look()).instances or status.groups or status.networks:
        if time.monotonic() > end:
            left = [*(one.name for one in status.instances), *status.groups, *status.networks]
            raise Failed(Step((), f"wait {gone.why}"), None, f"still there after {gone.seconds:g} s: {', '.join(left)}")
        time.sleep(_BETWEEN_S)


def _ended(ended: Ended, look: Callable[[], Status]) -> None:
    end = time.monotonic() + ended.seconds
    while left := _running(look(), ended.services):
        if time.monotonic() > end:
            raise Failed(Step((), f"wait {ended.why}"), None, f"still there after {ended.seconds:g} s: {', '.join(left)}")
        time.sleep(_BETWEEN_S)


def _running(status: Status, services: Iterable[str]) -> list[str]:
    running = (name for name in services if any(one.state not in ("exited", "dead") for one in status.of(name)))
    return sorted({*running, *(name for name in services if status.ending.get(name))})


def ready(status: Status, name: str, wait: Wait) -> int:
    """How many instances that are waited for are ready."""
    return sum(one.ready for one in status.of(name) if wait.counts(one))
