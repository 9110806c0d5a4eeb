"""One works and one waits, on a real engine with flock of util-linux: never two, and never none for long."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from tests.compiling import compiled_text
from tests.conformance.docker import Engine
from tests.conformance.docker.images import with_programs

from .test_compose import placed

pytestmark = [pytest.mark.xdist_group("docker"), pytest.mark.timeout(300)]

IMAGE = "shop/writer:1"
WRITER = """\
#!/bin/sh
read -r me </proc/sys/kernel/hostname
touch /alive
while echo "$me" >>/data/journal; do sleep 0.05; done
"""
SPEC = f"""\
twipc: 1
project: shop
environment: prod
targets: {{TARGET: {{}}}}
services:
  web:
    image: {IMAGE}
    command: [/writer]
    mounts: {{/data: news}}
    stop_grace: 20s
    health: {{command: [test, -e, /alive], interval: 300ms, timeout: 5s, start_period: 1s}}
    mode: {{active-standby: {{lock: "/data/a $lock"}}}}
volumes: {{news: {{access: single-writer}}}}
"""


class Pair:
    """The two containers of a service, by what they write."""

    def __init__(self, docker: Engine, containers: list[dict[str, Any]]) -> None:
        self.docker = docker
        self.names: list[str] = [one["Id"][:12] for one in containers]

    def written(self) -> list[str]:
        """Who wrote, in turns: each once for all that it wrote before another did."""
        there = next(name for name in self.names if self.state(name)["Running"])
        journal = self.docker.docker("exec", there, "/bin/busybox", "cat", "/data/journal")
        return [name for name, _ in groupby(journal.split())]

    def state(self, name: str) -> dict[str, Any]:
        (found,) = self.docker.inspect("container", [name])
        state: dict[str, Any] = found["State"]
        return state

    def health(self, name: str) -> str:
        return str(self.state(name)["Health"]["Status"])

    def other(self, name: str) -> str:
        (found,) = (one for one in self.names if one != name)
        return found

    def active(self) -> str:
        """Who writes."""
        within(10, lambda: self._journal_is_there() and bool(self.written()))
        return self.written()[-1]

    def _journal_is_there(self) -> bool:
        return any("journal" in self.docker.docker("exec", name, "/bin/busybox", "ls", "/data") for name in self.names)


def within(seconds: float, test: Callable[[], bool]) -> float:
    """How long it took until a test held."""
    began = time.monotonic()
    while not test():
        assert time.monotonic() < began + seconds, "it does not come to be so"
        time.sleep(0.05)
    return time.monotonic() - began


@contextmanager
def running(docker: Engine, tmp_path: Path) -> Iterator[Pair]:
    _, folder = placed(compiled_text(SPEC.replace("TARGET", "compose")), tmp_path)
    docker.have_image(IMAGE, with_programs("flock") | {"writer": (WRITER.encode(), 0o755)})
    with docker.composed(folder, start=True) as containers:
        yield Pair(docker, containers)


def test_one_writes_and_both_are_alive(docker: Engine, tmp_path: Path) -> None:
    with running(docker, tmp_path) as pair:
        active = pair.active()
        within(10, lambda: all(pair.health(name) == "healthy" for name in pair.names))
        docker.docker("exec", active, "/bin/busybox", "rm", "/alive")
        within(15, lambda: pair.health(active) == "unhealthy")
        assert pair.health(pair.other(active)) == "healthy"
        assert pair.written() == [active]


@pytest.mark.parametrize("signal", ["TERM", "KILL"])
def test_who_waits_takes_over_when_who_works_ends(docker: Engine, tmp_path: Path, signal: str) -> None:
    with running(docker, tmp_path) as pair:
        active = pair.active()
        began = time.monotonic()
        docker.docker("stop" if signal == "TERM" else "kill", active)
        within(5, lambda: pair.written() == [active, pair.other(active)])
        assert time.monotonic() - began < 5
        docker.docker("start", active)
        within(10, lambda: pair.health(active) == "healthy")
        assert pair.written() == [active, pair.other(active)]
        docker.docker("kill", pair.other(active))
        within(5, lambda: pair.written() == [active, pair.other(active), active])


def test_who_waits_ends_as_soon_as_it_is_asked(docker: Engine, tmp_path: Path) -> None:
    with running(docker, tmp_path) as pair:
        waiting = pair.other(pair.active())
        began = time.monotonic()
        docker.docker("stop", waiting)
        # Asked by a signal, and not killed after the 20s that it has.
        assert time.monotonic() - began < 10
        assert pair.state(waiting)["ExitCode"] == 143
        assert waiting not in pair.written()


def test_an_update_of_a_swarm_hands_the_lock_on(docker: Engine, tmp_path: Path) -> None:
    rollout = "    rollout: {delay: 1s, monitor: 8s}\n    mode:"
    outcome = compiled_text(SPEC.replace("TARGET", "swarm").replace("    mode:", rollout))
    _, folder = placed(outcome, tmp_path)
    docker.have_image(IMAGE, with_programs("flock") | {"writer": (WRITER.encode(), 0o755)})
    node = docker.docker("node", "ls", "--quiet").strip()
    docker.docker("node", "update", "--label-add", "shop-prod.news=true", node)
    with docker.deployed(folder, "shop-prod", (), start=True):
        before = within_swarm(docker)
        first = before.active()
        docker.docker("service", "update", "--detach", "--force", "shop-prod_web")
        within(60, lambda: update_of(docker) == "completed")
        after = within_swarm(docker)
        assert set(after.names).isdisjoint(before.names)
        turns = after.written()
        assert turns[0] == first
        assert turns[-1] in after.names
        # Each that wrote did so in one go: nobody wrote between the lines of another.
        assert len(turns) == len(set(turns))
        assert all(after.health(name) == "healthy" for name in after.names)


def update_of(docker: Engine) -> str:
    (service,) = docker.inspect("service", ["shop-prod_web"])
    return str(service.get("UpdateStatus", {}).get("State"))


def within_swarm(docker: Engine) -> Pair:
    """Both tasks, once they run and are healthy."""

    def there() -> list[str]:
        return docker.docker("ps", "--quiet", "--filter", "health=healthy").split()

    within(30, lambda: len(there()) == 2)
    return Pair(docker, docker.inspect("container", there()))
