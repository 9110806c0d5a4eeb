"""Environments run by twipc's verbs on a real engine: what comes of them, and what is left."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.cli import Ran, command, environ, execute, project, spec
from tests.conformance.docker import Engine
from tests.tools import tool

pytestmark = [pytest.mark.xdist_group("docker"), pytest.mark.timeout(600)]

SERVICES = """\
services:
  once: {kind: job, image: "shop/one:1", command: [/bin/busybox, "true"]}
  web:
    image: "shop/one:1"
    replicas: 2
    command: [/bin/busybox, sleep, "600"]
    health: {command: [/bin/busybox, "true"], interval: 1s, start_period: 1s}
    depends_on: [{service: once, condition: completed}]
    stop_signal: SIGKILL
  entry:
    image: "shop/one:1"
    command: [/bin/busybox, sleep, "600"]
    ports: {http: 8080}
    publish: [{port: http, host: 18080}]
    depends_on: [web]
    stop_signal: SIGKILL
"""
STACK = """\
services:
  web:
    image: "shop/one:1"
    replicas: 2
    command: [/bin/busybox, sleep, "600"]
    health: {command: [/bin/busybox, "true"], interval: 1s, start_period: 1s}
    rollout: {delay: 100ms, monitor: 10s}
    secrets: [key]
    stop_signal: SIGKILL
secrets: {key: {swarm: shop-key-1}}
"""


class Verbs:
    """Runs of twipc against the tests' own engine."""

    def __init__(self, docker: Engine, root: Path) -> None:
        self.docker = docker
        self.root = root
        self.environment = {
            "PATH": f"{tool('docker').parent}:{os.environ['PATH']}",
            "DOCKER_HOST": docker.host,
            "XDG_RUNTIME_DIR": str(root),
        }

    def compiled(self, body: str, target: str = "compose") -> None:
        project(self.root, prod=spec("prod", body, f"{{{target}: {{}}}}"))
        assert execute("compile", at=self.root).code == 0

    def run(self, verb: str, *arguments: str, code: int = 0) -> Ran:
        ran = execute(verb, "prod", *arguments, at=self.root, env=self.environment)
        assert ran.code == code, ran.out + ran.err
        return ran

    def containers(self) -> dict[str, str]:
        """Id by name."""
        rows = self.docker.docker("ps", "--all", "--no-trunc", "--format", "{{.Names}} {{.ID}}").splitlines()
        return dict(row.split() for row in rows)


@contextmanager
def taken_away(verbs: Verbs) -> Iterator[Verbs]:
    try:
        yield verbs
    finally:
        verbs.run("down")
        assert verbs.containers() == {}


@contextmanager
def heard(verbs: Verbs) -> Iterator[Callable[[], list[list[str]]]]:
    """The starts and ends of containers from now on; an engine itself remembers 256 events, checks of health among them."""
    which = ("type=container", "event=start", "event=die")
    filters = [word for one in which for word in ("--filter", one)]
    ask = [str(tool("docker")), "events", "--since", str(int(time.time())), *filters, "--format", "{{.Action}} {{.ID}}"]
    file = verbs.root / "events"
    with file.open("wb") as out, subprocess.Popen(ask, stdout=out, env=environ(**verbs.environment)) as listening:
        try:
            yield lambda: [line.split() for line in file.read_text().splitlines()]
        finally:
            listening.terminate()


@pytest.fixture
def shop(docker: Engine, tmp_path: Path) -> Iterator[Verbs]:
    docker.have_images(["shop/one:1", "shop/one:2"])
    with taken_away(Verbs(docker, tmp_path)) as verbs:
        verbs.compiled(SERVICES)
        yield verbs


def test_up_twice_changes_nothing_and_runs_no_job_again(shop: Verbs) -> None:
    shop.run("up")
    before = shop.containers()
    (job,) = shop.docker.inspect("container", ["shop-prod-once-1"])
    assert "nothing was to change" in shop.run("up").err
    assert shop.containers() == before
    (again,) = shop.docker.inspect("container", ["shop-prod-once-1"])
    assert again["State"]["StartedAt"] == job["State"]["StartedAt"]
    shop.run("status")


def test_a_new_version_is_there_before_the_old_one_goes(shop: Verbs) -> None:
    shop.run("up")
    before = shop.containers()
    shop.compiled(SERVICES.replace('web:\n    image: "shop/one:1"', 'web:\n    image: "shop/one:2"'))
    shop.run("status", code=1)
    with heard(shop) as told:
        shop.run("up")
        after = shop.containers()
        kept = {name for name in before if after.get(name) == before[name]}
        assert kept == {"shop-prod-once-1", "shop-prod-entry-1"}
        assert len(after) == 4
        old, new = set(before.values()) - set(after.values()), set(after.values()) - set(before.values())
        deadline = time.monotonic() + 30
        while not old <= {id for action, id in told() if action == "die"}:
            assert time.monotonic() < deadline, told()
            time.sleep(0.2)
        events = told()
    first_end = next(index for index, (action, id) in enumerate(events) if action == "die" and id in old)
    assert {id for action, id in events[:first_end] if action == "start"} >= new
    shop.run("status")


def test_a_version_that_fails_is_taken_back(shop: Verbs) -> None:
    shop.run("up")
    before = shop.containers()
    shop.compiled(SERVICES.replace('[/bin/busybox, "true"], interval', '[/bin/busybox, "false"], interval'))
    assert "is not ready: unhealthy" in shop.run("up", code=1).out
    assert shop.containers() == before


def test_a_port_that_is_taken_is_told_and_all_else_runs(shop: Verbs) -> None:
    network = shop.docker.docker("network", "create", "theirs").strip()
    run = ("run", "--detach", "--network", network, "--publish", "18080:80", "shop/one:1")
    theirs = shop.docker.docker(*run).strip()
    try:
        assert "port is already allocated" in shop.run("up", code=3).out
        assert theirs in shop.containers().values()
    finally:
        shop.docker.docker("rm", "--force", theirs)
        shop.docker.docker("network", "rm", network)
    shop.run("up")


def test_clean_takes_the_networks_that_somebody_else_left_when_ending_us(shop: Verbs) -> None:
    shop.compiled(SERVICES.replace("    replicas: 2", "    networks: [back]\n    replicas: 2") + "networks: {back: {}}\n")
    shop.run("up")
    theirs = shop.docker.docker("network", "create", "theirs").strip()
    ours = shop.docker.docker("network", "ls", "--quiet", "--no-trunc", "--filter", "label=io.twipc.project=shop").split()
    assert len(ours) == 1
    shop.docker.docker("rm", "--force", *shop.containers().values())
    assert "remove 1 network\n" in shop.run("clean", "--yes").out
    there = shop.docker.docker("network", "ls", "--quiet", "--no-trunc").split()
    shop.docker.docker("network", "rm", theirs)
    assert (theirs in there, ours[0] in there) == (True, False)


def test_what_has_our_name_and_not_our_labels_is_left_alone(shop: Verbs) -> None:
    theirs = shop.docker.docker("run", "--detach", "--name", "shop-prod-web-1", "shop/one:1").strip()
    near = shop.docker.docker("run", "--detach", "--name", "shop-prod-web-old-1", "shop/one:1").strip()
    try:
        for verb in ("up", "down"):
            assert "TW620" in shop.run(verb, code=1).out
        assert set(shop.containers().values()) == {theirs, near}
    finally:
        shop.docker.docker("rm", "--force", theirs, near)


def test_ctrl_c_leaves_what_runs_and_up_goes_on_from_there(shop: Verbs) -> None:
    shop.compiled(SERVICES.replace('[/bin/busybox, "true"], interval', '[/bin/busybox, sleep, "60"], timeout: 1m, interval'))
    heeding = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # which a background job of a shell does not
    there: dict[str, Any] = {
        "cwd": shop.root,
        "env": environ(**shop.environment),
        "stderr": subprocess.PIPE,
        "preexec_fn": heeding,
    }
    with subprocess.Popen(command("up", "prod"), **there) as running:
        deadline = time.monotonic() + 60
        while "running" not in _states(shop) and time.monotonic() < deadline:
            time.sleep(0.2)
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=60)
    assert running.returncode == 130, err
    assert "running" in _states(shop)
    shop.compiled(SERVICES)
    shop.run("up")
    shop.run("status")


def _states(shop: Verbs) -> str:
    return shop.docker.docker("ps", "--all", "--filter", "name=shop-prod-web", "--format", "{{.State}}")


@pytest.fixture
def stack(docker: Engine, tmp_path: Path) -> Iterator[Verbs]:
    docker.have_images(["shop/one:1", "shop/one:2"])
    docker.available(True)
    verbs = Verbs(docker, tmp_path)
    verbs.compiled(STACK, "swarm")
    try:
        yield verbs
    finally:
        verbs.run("down")
        docker.available(False)
        docker.gone("label=com.docker.swarm.service.id")
        assert docker.docker("service", "ls", "--quiet") == ""
        assert docker.docker("network", "ls", "--quiet", "--filter", "label=com.docker.stack.namespace=shop-prod") == ""
        for secret in docker.docker("secret", "ls", "--quiet").split():
            docker.docker("secret", "rm", secret)


def up_with_its_secret(stack: Verbs) -> None:
    said = stack.run("up", code=1).out
    line = re.search(r"help: make it: (.*)", said)
    assert line
    subprocess.run(["sh", "-c", line[1]], env={**os.environ, **stack.environment}, check=True, capture_output=True)
    stack.run("up")


def test_a_version_that_fails_on_a_swarm_goes_back_to_the_one_before(stack: Verbs) -> None:
    up_with_its_secret(stack)
    failing = STACK.replace("one:1", "one:2").replace('[/bin/busybox, "true"], interval', '[/bin/busybox, "false"], interval')
    stack.compiled(failing, "swarm")
    assert "`web` could not be updated" in stack.run("up", code=1).out
    (service,) = stack.docker.inspect("service", ["shop-prod_web"])
    assert service["Spec"]["TaskTemplate"]["ContainerSpec"]["Image"] == "shop/one:1"
    assert service["UpdateStatus"]["State"] == "rollback_completed"
    stack.run("status", code=1)
    stack.compiled(STACK, "swarm")
    stack.run("up")
    stack.run("status")


def test_a_stack_by_the_verbs(stack: Verbs) -> None:
    up_with_its_secret(stack)
    stack.run("status")
    assert "nothing was to change" in stack.run("up").err
    stack.compiled(STACK.replace("one:1", "one:2"), "swarm")
    stack.run("status", code=1)
    stack.run("up")
    stack.run("status")
    stack.run("scale", "web=3")
    assert "has 3 instances, and should have 2" in stack.run("status", code=1).out
    theirs = stack.docker.docker(
        "service", "create", "--detach", "--label", "com.docker.stack.namespace=shop-prod", "shop/one:1"
    ).strip()
    try:
        for verb in ("up", "down"):
            assert "TW620" in stack.run(verb, code=1).out
        assert len(stack.docker.docker("service", "ls", "--quiet").split()) == 2
    finally:
        stack.docker.docker("service", "rm", theirs)
