"""What the harness tells a test: one outcome for each step, and how the engine ended."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from tests.conformance.live.messages import value
from tests.conformance.live.scenario import Pairs

ANSWERED_BY = "x-answered-by"


@dataclass(frozen=True)
class Echo:
    """The request as it arrived at a stand-in backend."""

    line: str
    headers: Pairs

    def header(self, name: str) -> str | None:
        """Returns a header's value, several of them joined by ` | `, or None."""
        return value(self.headers, name)


@dataclass(frozen=True)
class Answer:
    """What came back for one request; without an HTTP answer `status` is 0 and `error` says why."""

    status: int = 0
    headers: Pairs = ()
    body: str = ""
    seconds: float = 0.0
    error: str = ""
    tls: str = ""
    """What was agreed on: the version, the cipher and the protocol."""

    def header(self, name: str) -> str | None:
        """Returns a header's value, several of them joined by ` | `, or None."""
        return value(self.headers, name)

    @property
    def answered_by(self) -> str | None:
        """The stand-in backend that answered, as `web@10.0.1.1`."""
        return self.header(ANSWERED_BY)

    @property
    def echo(self) -> Echo:
        """The request as the stand-in backend saw it."""
        seen = json.loads(self.body)
        return Echo(seen["line"], tuple((name, value) for name, value in seen["headers"]))


@dataclass(frozen=True)
class Waited:
    """How a wait ended: whether in time, who answered meanwhile, and the last answer."""

    ok: bool
    seconds: float
    attempts: int
    answered_by: tuple[str, ...]
    last: Answer


@dataclass(frozen=True)
class Loaded:
    """What came back from a load: how often each status (0 for none), each member, each error."""

    statuses: Mapping[str, int]
    answered_by: Mapping[str, int]
    errors: Mapping[str, int]
    longest: float
    seconds: float


@dataclass(frozen=True)
class Talked:
    """The answer to a request for an upgrade, what came back on it, and how long it lay idle before it ended."""

    answer: Answer
    heard: tuple[str, ...] = ()
    idle: float = 0.0


Outcome = Answer | Waited | Loaded | Talked | None


@dataclass(frozen=True)
class Report:
    """The outcome of each step in order, what the backends received, and what the engine said.

    `exit_code` is None for an engine that ran until the harness stopped it; `received` leaves probes out; `inner` is what a
    second engine wrote to its standard output.
    """

    outcomes: tuple[Outcome, ...] = ()
    received: tuple[str, ...] = ()
    exit_code: int | None = None
    stdout: str = ""
    stderr: str = ""
    inner: str = ""

    @property
    def answers(self) -> tuple[Answer, ...]:
        """The answers to the single requests, in order."""
        return tuple(outcome for outcome in self.outcomes if isinstance(outcome, Answer))

    @property
    def waits(self) -> tuple[Waited, ...]:
        """The outcomes of the waits, in order."""
        return tuple(outcome for outcome in self.outcomes if isinstance(outcome, Waited))

    @property
    def talks(self) -> tuple[Talked, ...]:
        """The outcomes of the requests for upgrades, in order."""
        return tuple(outcome for outcome in self.outcomes if isinstance(outcome, Talked))

    @property
    def loads(self) -> tuple[Loaded, ...]:
        """The outcomes of the loads, in order."""
        return tuple(outcome for outcome in self.outcomes if isinstance(outcome, Loaded))
