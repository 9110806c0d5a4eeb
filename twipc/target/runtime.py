"""How a target is run: commands as data, and what its engine has now; nothing here is ever started."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from typing import TypeVar

from msgspec import Struct, field

from twipc.model import Model


class Step(Struct, frozen=True):
    """One command. What only `reads` changes nothing; of one that `tells`, standard output too is of interest."""

    argv: tuple[str, ...]
    why: str
    reads: bool = False
    tells: bool = False


class Need(Struct, frozen=True):
    """A command that must succeed before a target can be run; else what is missing, and how to get it."""

    step: Step
    missing: str
    help: str
    optional: bool = False
    """Whether a machine that runs environments can well be without it."""


class Wait(Struct, frozen=True):
    """Until each of these services has so many ready instances of the wanted version, for `seconds` at most.

    `updated`: of what its group is now, once it is not being updated any more; whether that is what we want is not known yet.
    """

    services: Mapping[str, int]
    seconds: float
    why: str
    updated: bool = False

    def counts(self, one: Instance) -> bool:
        """Whether an instance is one of those that are waited for."""
        return one.updated if self.updated else one.current

    def is_in_vain(self, one: Instance) -> bool:
        """Whether it will not come to what is waited for."""
        return (one.failed and self.counts(one)) or (self.updated and one.undone)


class Pause(Struct, frozen=True):
    """Time that others need, such as proxies that look for members by DNS."""

    seconds: float
    why: str


class Look(Struct, frozen=True):
    """Steps that depend on what is there by then."""

    then: Callable[[Status], tuple[Step, ...]]
    why: str


class Gone(Struct, frozen=True):
    """Until nothing of the environment is left that its end takes along, for `seconds` at most."""

    seconds: float
    why: str


class Ended(Struct, frozen=True):
    """Until nothing of these services runs, for `seconds` at most: what was told to end may still write."""

    services: tuple[str, ...]
    seconds: float
    why: str


Part = Step | Wait | Pause | Look | Gone | Ended
Plan = tuple[Part, ...]


class Answer(Struct, frozen=True):
    """What a command that reads came to."""

    code: int
    out: str
    err: str


Told = TypeVar("Told")
Asking = Generator[Step, Answer, Told]
"""Questions to an engine, each after the answer to the one before."""


class Unanswered(Exception):
    """An engine's answer is none that we know; says which question it was and what came."""

    def __init__(self, step: Step, said: str) -> None:
        super().__init__(said)
        self.step = step


class Instance(Struct, frozen=True):
    """One container of ours. `current` is who has the wanted configuration and image."""

    id: str
    name: str
    service: str
    number: int
    state: str
    health: str
    exit_code: int
    restarts: int
    current: bool
    ports: tuple[tuple[str, str, int], ...] = ()
    """(port in the container as Docker writes it, address of the host, port of the host)"""
    addresses: tuple[str, ...] = ()
    folder: str = ""
    """Whence it was started."""
    job: bool = False
    updated: bool = False
    """Whether it is of what its group is now, which is not being updated."""
    undone: bool = False
    """Whether the last update of its group failed: it has gone back, or stands still."""
    guard: tuple[str, ...] = ()
    """The lock that it runs under, and what it mounts where; of one without a lock nothing."""
    writes: tuple[str, ...] = ()
    """What it may write: volumes by their names on the engine, folders of the host."""

    @property
    def ready(self) -> bool:
        """Whether it runs and passes its check, if it has one; a job, whether it has ended well."""
        if self.job:
            return self.state == "exited" and not self.exit_code
        return self.state == "running" and self.health in ("", "healthy")

    @property
    def failed(self) -> bool:
        """Whether waiting for it is of no use."""
        if self.state in ("exited", "dead"):
            return not self.ready
        return self.health == "unhealthy" or (not self.ready and self.restarts >= _TRIES)

    @property
    def condition(self) -> str:
        """Its state in one word or two."""
        if self.state in ("exited", "dead"):
            return f"{self.state} ({self.exit_code})"
        if self.state == "restarting" or (self.restarts and not self.ready):
            return f"{self.state}, restarted {self.restarts}×"
        return self.health or self.state


_TRIES = 3


class Stranger(Struct, frozen=True):
    """What somebody else made under a name that is ours."""

    id: str
    name: str
    image: str
    created: str


class Status(Struct, frozen=True):
    """What an engine has of one environment.

    `images` is the id of each service's image, empty where there is none. `groups` are the ids of what holds a service's
    instances together, where there is such a thing; `ending` counts of each service what was told to end and has not, where
    it is no instance any more; `secrets` are those that the engine should hold and does not, by name.
    """

    instances: tuple[Instance, ...] = ()
    strangers: tuple[Stranger, ...] = ()
    networks: tuple[str, ...] = ()
    images: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    ending: Mapping[str, int] = field(default_factory=dict)
    """Of each service, how many were told to end, are no instances any more, and still run."""

    def of(self, service: str) -> tuple[Instance, ...]:
        return tuple(one for one in self.instances if one.service == service)


class Runtime(Struct, frozen=True, kw_only=True):
    """What a target answers to the verbs that run it. All are pure.

    The `str`s are the folder of the target's artifacts and, after it, the digest of what is in them.
    """

    needs: tuple[Need, ...]
    secret_files: Callable[[Model], Mapping[str, str]]
    """The files of the project that hold secrets, by the secret's name."""
    observe: Callable[[Model, str, str], Asking[Status]]
    up: Callable[[Model, str, Status, str], Plan]
    scale: Callable[[Model, str, Status, str, int], Plan]
    recover: Callable[[Model, Status, Status, frozenset[str]], Plan]
    """After instances of these services failed: from what was there before, and what is there now."""
    down: Callable[[Model, Status], Plan]
    logs: Callable[[Status, str, int, bool], Plan]
    log: Callable[[Instance, int], Step]
    """So many last lines of one instance."""
