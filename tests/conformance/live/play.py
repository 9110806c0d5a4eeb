"""Takes the steps of a scenario, one after the other."""

import asyncio
import time
from collections import Counter

from tests.conformance.live.backends import Backends
from tests.conformance.live.client import Client
from tests.conformance.live.names import Names
from tests.conformance.live.report import Answer, Loaded, Outcome, Waited
from tests.conformance.live.scenario import Load, Pause, Request, SetBehaviour, SetNames, Step, Talk, Wait

MAX_REQUESTS = 10_000
MAX_CLIENTS = 64
POLL_SECONDS = 0.05


class Player:
    """Knows the world that the steps act on."""

    def __init__(self, client: Client, names: Names, backends: Backends) -> None:
        self._client = client
        self._names = names
        self._backends = backends

    async def take(self, step: Step) -> Outcome:
        """Takes one step; what changes the world has no outcome."""
        match step:
            case Request():
                return await self._client.ask(step)
            case Wait():
                return await self._wait(step)
            case Talk():
                return await self._client.talk(step)
            case Load():
                return await self._load(step)
            case Pause():
                await asyncio.sleep(step.seconds)
            case SetNames():
                self._names.change(step.names)
            case SetBehaviour():
                await self._backends.behave(step.service, step.address, step.behaviour)
        return None

    async def _wait(self, wait: Wait) -> Waited:
        began = time.monotonic()
        seen: set[str] = set()
        attempts = 0
        while True:
            answer = await self._client.ask(wait.request)
            attempts += 1
            if answer.answered_by:
                seen.add(answer.answered_by)
            passed = time.monotonic() - began
            ok = answer.status == wait.status and seen.issuperset(wait.seen)
            if ok or passed > wait.seconds:
                return Waited(ok, passed, attempts, tuple(sorted(seen)), answer)
            await asyncio.sleep(POLL_SECONDS)

    async def _load(self, load: Load) -> Loaded:
        if load.count > MAX_REQUESTS or load.concurrency > MAX_CLIENTS:
            raise ValueError(f"a load is at most {MAX_REQUESTS} requests of {MAX_CLIENTS} clients")
        began = time.monotonic()
        answers: list[Answer] = []
        shares = [len(range(first, load.count, load.concurrency)) for first in range(load.concurrency)]
        async with asyncio.TaskGroup() as clients:
            for seconds, change in load.meanwhile:
                clients.create_task(self._later(seconds, change))
            for share in shares:
                clients.create_task(self._repeat(load.request, share, answers))
        return Loaded(
            Counter(str(answer.status) for answer in answers),
            Counter(answer.answered_by for answer in answers if answer.answered_by),
            Counter(answer.error for answer in answers if answer.error),
            max((answer.seconds for answer in answers), default=0.0),
            time.monotonic() - began,
        )

    async def _later(self, seconds: float, change: SetBehaviour) -> None:
        await asyncio.sleep(seconds)
        await self.take(change)

    async def _repeat(self, request: Request, count: int, answers: list[Answer]) -> None:
        for _ in range(count):
            answers.append(await self._client.ask(request))
