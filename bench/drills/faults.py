"""What is done to an environment while it is asked."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bench.drills.hosts import Host
from bench.drills.place import BAD, FIRST, NOWHERE, SECOND, WEB, Container, Place
from bench.drills.stacks import JOURNAL, Stack


@dataclass(frozen=True)
class Fault:
    """A name for the table, and what a person or the machine does; it returns when nothing more is done."""

    name: str
    act: Callable[[Any], None]
    environments: tuple[str, ...]
    off: str = ""
    """The server that is powered off: nobody comes in there."""


def crashed(there: Place, container: Container) -> None:
    """Who has not come back after 5 s is started by a person; a swarm has put another in its place."""
    there.crash(container)
    time.sleep(5)
    docker, name = container
    if isinstance(there, Host):
        docker.docker("start", name)


def web_killed(there: Place) -> None:
    crashed(there, there.active())


def web_hung(there: Place) -> None:
    there.hang(there.active(), 4)


def static_killed(there: Place) -> None:
    crashed(there, there.containers("static")[0])


def static_redeployed(there: Place) -> None:
    there.deploy("static", SECOND)


def web_redeployed(there: Place) -> None:
    there.deploy(WEB, SECOND)


def never_healthy(there: Place) -> None:
    """Where nobody goes back by itself, a person does so after 10 s."""
    if there.deploy("static", BAD):
        time.sleep(10)
    there.deploy("static", FIRST)


def not_there(there: Place) -> None:
    there.deploy("static", NOWHERE)
    there.deploy("static", FIRST)


def powered_off(name: str, seconds: float = 25) -> Callable[[Stack], None]:
    """For a while: the others miss it after some 12 s."""

    def act(there: Stack) -> None:
        there.off(name)
        time.sleep(seconds)
        there.on(name)

    return act


HOSTS, ALL = ("train", "prod"), ("train", "prod", "public")
FAULTS = (
    Fault("web killed (kill -9)", web_killed, ALL),
    Fault("web hung for 4 s", web_hung, HOSTS),
    Fault("static killed (kill -9)", static_killed, ALL),
    Fault("static redeployed", static_redeployed, ("prod", "public")),
    Fault("web redeployed", web_redeployed, ("prod", "public")),
    Fault("static's new version never healthy", never_healthy, ("prod", "public")),
    Fault("static's new image is missing", not_there, ("prod", "public")),
    Fault("a server powered off", powered_off("m3"), ("public",), "m3"),
    Fault("the journal's server powered off", powered_off(JOURNAL), ("public",), JOURNAL),
    Fault("the leader powered off", powered_off("m1"), ("public",), "m1"),
)
