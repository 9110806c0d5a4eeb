"""The sample environments by twipc's own verbs, on a real engine: up, test, scale, bench, status and down, and what is left."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock
from typing import Any

import pytest

from tests.e2e.lab import Lab
from tests.tools import ROOT, tool

pytestmark = [pytest.mark.xdist_group("lab"), pytest.mark.timeout(900)]


@dataclass
class Verbs:
    """Runs of twipc in a project, in the network of the lab."""

    lab: Lab
    project: Path
    environment: str

    def command(self, verb: str, *arguments: str) -> list[str]:
        path = f"PATH={tool('docker').parent}:{os.environ['PATH']}"
        there = ("env", path, f"PYTHONPATH={ROOT}", sys.executable, "-m", "twipc", verb)
        return self.lab.command(*there, self.environment, *arguments)

    def run(self, verb: str, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        done = self.start(verb, *arguments)
        out, err = done.communicate(timeout=280)
        assert done.returncode == code, out + err
        return subprocess.CompletedProcess(done.args, done.returncode, out, err)

    def start(self, verb: str, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(verb, *arguments),
            cwd=self.project,
            env=self.lab.engine.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def figures(self, started: subprocess.Popen[str]) -> dict[str, Any]:
        out, err = started.communicate(timeout=280)
        assert out, err
        found: dict[str, Any] = json.loads(out)["bench"]
        return found

    def left(self) -> dict[str, list[str]]:
        """What carries the environment's label on the engine, by kind."""
        of_it = ("--quiet", "--filter", f"label=com.docker.compose.project=twip-{self.environment}")
        kinds = {"containers": ("ps", "--all"), "networks": ("network", "ls"), "volumes": ("volume", "ls")}
        return {name: self.lab.engine.docker(*kind, *of_it).split() for name, kind in kinds.items()}


@contextmanager
def running(lab: Lab, project: Path, environment: str) -> Iterator[Verbs]:
    """Up by twipc, and down by it; then only volumes are left, which go by their names."""
    verbs = Verbs(lab, project, environment)
    assert not any(verbs.left().values())
    try:
        verbs.run("up")
        yield verbs
    finally:
        verbs.run("down")
        left = verbs.left()
        if left["volumes"]:
            lab.engine.docker("volume", "rm", *left["volumes"])
    assert left["containers"] == left["networks"] == []


def test_training_by_the_verbs(lab: Lab, project: Path) -> None:
    with running(lab, project, "train") as train:
        train.run("status")
        again = train.run("up")
        assert "nothing was to change" in again.stderr
        routes = train.run("test").stdout.splitlines()
        assert [line.split()[1] for line in routes[1:]] == ["/images/", "/"], routes
        assert "twip-train-web" in routes[2]
        assert "Upstream-Address: " in train.run("test", "/").stdout
        assert train.figures(train.start("bench", "-n", "200", "--format", "json"))["lost"] == 0
        refused = train.run("scale", "static=2", code=1)
        assert "COMPOSE101" in refused.stdout
        # Both webs gone, there is an error page; one back, on whatever address, there is an answer.
        train.run("scale", "web1=0", "web2=0")
        assert lab.ask("/").status in (502, 504)
        train.run("test", code=1)
        train.run("status", code=1)
        train.run("scale", "web1=1")
        assert answers(lab)
        train.run("scale", "static=0", "--yes")
        with pytest.raises(OSError, match="refused"):
            lab.ask("/")
        train.run("up")
        train.run("status")
    with pytest.raises(OSError, match="refused"):
        lab.ask("/")


def answers(lab: Lab) -> bool:
    """Whether there is an answer within a time in which every check has been made again."""
    end = time.monotonic() + 20
    while lab.ask("/").status != 200:
        if time.monotonic() > end:
            return False
        time.sleep(0.2)
    return True


def test_a_missing_secret_is_made_by_the_line_that_up_prints(lab: Lab, project: Path) -> None:
    prod = Verbs(lab, project, "prod")
    said = prod.run("up", code=1).stdout
    line = said.partition("help: make it: ")[2].splitlines()[0]
    subprocess.run(["sh", "-c", line], cwd=project, check=True)
    with running(lab, project, "prod"):
        routes = prod.run("test").stdout
        assert "twip-prod-static-" in routes
        assert "twip-prod-web-" in routes


@contextmanager
def asked_all_the_while(lab: Lab, path: str) -> Iterator[Counter[int | str]]:
    """Four clients that ask without a pause, each on new connections; how often they got which status, or what went wrong."""
    answers: Counter[int | str] = Counter()
    done = Event()

    def client() -> None:
        while not done.is_set():
            try:
                answer: int | str = lab.ask(path).status
            except OSError as problem:
                answer = str(problem)
            with lock:
                answers[answer] += 1

    lock = Lock()
    with ThreadPoolExecutor(4) as clients:
        running = [clients.submit(client) for _ in range(4)]
        try:
            yield answers
        finally:
            done.set()
    for one in running:
        one.result()


def test_a_redeploy_loses_nothing_of_what_has_no_state(lab: Lab, project: Path) -> None:
    """Plain `docker compose up` lost 1,197 of 3,792 requests."""
    secret = project / ".secrets/prod/haproxy-stats"
    secret.parent.mkdir(parents=True)
    secret.write_text("not a real one\n")
    with running(lab, project, "prod") as prod:
        before = set(prod.left()["containers"])
        spec = project / "specs" / "prod.yaml"
        pages = "      error_pages: [{status: [404], page: app/static/404.html}]\n"
        text = spec.read_text().replace(pages, f"{pages}      response_headers: {{X-Version: second}}\n")
        assert text != spec.read_text()
        spec.write_text(text)
        subprocess.run(
            [sys.executable, "-m", "twipc", "compile", "prod"],
            cwd=project,
            check=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
        )
        with asked_all_the_while(lab, "/images/logo.svg") as answers:
            assert "beside the old one" in prod.run("up").stderr
        assert set(answers) == {200}, answers
        assert answers.total() > 1000
        assert len(before - set(prod.left()["containers"])) >= 1
        prod.run("status")
