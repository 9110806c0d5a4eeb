"""Drills in short, with what must come of them: whoever ends, nobody who asks is lost, and nothing of ours is left."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.drills.drill import Row, drill
from bench.drills.faults import Fault, powered_off, static_killed, web_killed
from bench.drills.hosts import Ours, prepared
from bench.drills.load import DURING, FILES, NEWS, WRITES
from bench.drills.place import Place
from bench.drills.stacks import Ours as Stack
from bench.drills.stacks import have_swarm
from tests.dockerd import Docker
from tests.e2e.lab import Lab
from tests.e2e.lab.servers import CARD, Servers, servers

pytestmark = [pytest.mark.xdist_group("lab"), pytest.mark.timeout(900)]

AROUND_S = 1.0
MINE = "com.docker.stack.namespace=twip-public"
KINDS = (("ps", "--all"), ("network", "ls"), ("volume", "ls"), ("image", "ls"))


@contextmanager
def running(there: Place) -> Iterator[None]:
    try:
        there.up()
        yield
    finally:
        there.down()


def everything(docker: Docker) -> list[set[str]]:
    """All objects of an engine, by their ids."""
    return [set(docker.docker(*kind, "--quiet", *(() if kind[0] == "volume" else ("--no-trunc",))).split()) for kind in KINDS]


def no_get_is_lost(rows: list[Row]) -> None:
    for row in rows:
        assert row.recovered, row
        assert row.figures.requests > 20, row
        if row.what == WRITES:
            # The one that was on its way, which must not be sent twice.
            assert row.figures.lost <= 1, row
            assert row.forgotten == 0, row
        else:
            assert row.figures.lost == 0, row
        if row.what == FILES:
            assert row.figures.p99_ms[DURING] < 1000, row


@pytest.fixture(scope="module", autouse=True)
def _prepared(lab: Lab) -> Iterator[None]:
    with prepared(lab):
        yield


@pytest.fixture
def prod(lab: Lab, tmp_path: Path) -> Iterator[Ours]:
    """Production, up; afterwards the engine has what it had before."""
    before = everything(lab.engine)
    there = Ours(lab, "prod", tmp_path)
    with running(there):
        yield there
    assert everything(lab.engine) == before


def test_no_get_is_lost_in_production_whoever_is_killed(prod: Ours) -> None:
    no_get_is_lost(drill(prod, Fault("static killed", static_killed, ("prod",)), AROUND_S))
    no_get_is_lost(drill(prod, Fault("web killed", web_killed, ("prod",)), AROUND_S))


def test_no_get_is_lost_when_a_server_of_three_is_powered_off(tmp_path: Path) -> None:
    with servers() as three:
        have_swarm(three)
        there = Stack(three, tmp_path)
        with running(there):
            off = Fault("a server powered off", powered_off("m3", 15), ("public",), "m3")
            rows = drill(there, off, AROUND_S)
            assert {row.entry for row in rows} == {"m1", "m2"}
            no_get_is_lost(rows)
            # Its journal lies there: an outage until it is back, and nothing is forgotten; files are served as if nothing was.
            off = Fault("the journal's server powered off", powered_off("m2", 8), ("public",), "m2")
            rows = drill(there, off, AROUND_S)
            assert {row.entry for row in rows} == {"m1", "m3"}
            for row in rows:
                assert row.recovered, row
                assert not row.forgotten, row
            no_get_is_lost([row for row in rows if row.what == FILES])
            assert sum(row.figures.lost for row in rows if row.what == NEWS) > 0, rows
        for one in three.several:
            left = [one.docker.docker(*kind, "--quiet", "--filter", f"label={MINE}").split() for kind in KINDS]
            assert left == [[]] * len(KINDS)
    nothing_is_left(three)


def nothing_is_left(of: Servers) -> None:
    """Neither a process, nor a mount, nor a folder, nor a control group; networks end with their last process."""
    assert [process for process in of.processes if Path(f"/proc/{process}").exists()] == []
    assert not of.folder.exists()
    assert of.folder.name not in Path("/proc/mounts").read_text()
    assert [path for path in Path("/sys/fs/cgroup").rglob(f"{of.folder.name}*") if path.is_dir()] == []


def in_the_room(of: Servers, *command: str) -> str:
    """What a command says in the network that all servers are on."""
    inside = ("nsenter", f"--net=/proc/{of.room}/ns/net")
    return subprocess.run([*inside, *command], check=True, capture_output=True, text=True).stdout


class Broken(Exception):
    """A scenario that fails."""


def test_servers_of_a_scenario_that_fails_leave_nothing() -> None:
    seen: list[Servers] = []

    def fails() -> None:
        with servers() as three:
            seen.append(three)
            three.form_a_swarm()
            three["m2"].off()
            assert CARD.format(254) in in_the_room(three, "ip", "link", "show", "between")
            raise Broken

    with pytest.raises(Broken):
        fails()
    nothing_is_left(seen[0])


def fails_with_a_web_that_hangs(there: Ours) -> None:
    with running(there):
        there.lab.engine.docker("pause", there.active()[1])
        raise Broken


def test_a_scenario_that_fails_leaves_nothing_of_ours_and_all_that_is_others(lab: Lab, tmp_path: Path) -> None:
    docker = lab.engine.docker
    network, volume = docker("network", "create", "somebodys").strip(), docker("volume", "create").strip()
    label = ("--label", "com.docker.compose.project=somebody", "--network", "somebodys", "--volume", f"{volume}:/kept")
    container = docker("run", "--detach", *label, "twip/static:1.0.0", "sleep", "600").strip()
    try:
        before = everything(lab.engine)
        with pytest.raises(Broken):
            fails_with_a_web_that_hangs(Ours(lab, "train", tmp_path))
        assert everything(lab.engine) == before
        assert lab.engine.inspect("container", [container])[0]["State"]["Running"]
    finally:
        docker("rm", "--force", "--volumes", container)
        docker("network", "rm", network)
        docker("volume", "rm", volume)
