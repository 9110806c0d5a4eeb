"""Laws of running: wherever it was cut off, `up` reaches the spec, `down` leaves nothing, and what is others' stays."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from targets.compose.runtime import RUNTIME
from tests.cli import stand_in_docker
from tests.cli.docker import PLAYED
from tests.compiling import compiled_text
from twipc.driver import Compiled
from twipc.target.runtime import Answer, Asking, Look, Plan, Status, Step, Told

SPEC = """\
twipc: 1
project: shop
environment: prod
targets: {compose: {}}
services:
  migrate: {kind: job, image: "shop/job:1"}
  web:
    image: "shop/web:VERSION"
    health: {command: [check]}
    replicas: 2
    ports: {http: 8080}
    depends_on: [{service: migrate, condition: completed}]
  store: {image: "shop/store:VERSION", mounts: {/data: news}}
  edge: {image: "shop/edge:1", ports: {http: 8080}, publish: [{port: http, host: 80}], depends_on: [web]}
volumes: {news: {access: single-writer}}
"""
THEIRS = [
    {
        "Id": number * 64,
        "Name": name,
        "Image": "x",
        "State": {"Status": "running"},
        "NetworkSettings": {},
        "Config": {"Image": "y", "Labels": {}},
    }
    for number, name in (("e", "/shop-prod-old-web-1"), ("f", "/shop-prod-web"))
]
SERVICES = ("migrate", "web", "store", "edge")
DEEDS = st.one_of(
    st.tuples(st.just("up"), st.sampled_from(["1", "2"]), st.integers(0, 30)),
    st.tuples(st.just("scale"), st.sampled_from(["web=0", "web=1", "web=4"]), st.integers(0, 30)),
    st.tuples(st.just("down"), st.just(""), st.integers(0, 30)),
    st.tuples(st.just("killed"), st.sampled_from(SERVICES), st.just(0)),
    st.tuples(st.just("removed"), st.sampled_from(SERVICES), st.just(0)),
)


@cache
def compiled(version: str) -> Sequence[Compiled]:
    outcome = compiled_text(SPEC.replace("VERSION", version))
    assert outcome.compiled, outcome.codes
    return outcome.compiled


class CutOff(Exception):
    """Somebody pressed Ctrl-C, or the machine went off."""


class Played:
    """An engine in this process, and the folder that environments are run from."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state: dict[str, Any] = {
            key: value.copy() if isinstance(value, dict | list) else value for key, value in PLAYED.items()
        }
        self.state |= {"becomes": {"migrate": {"Status": "exited", "ExitCode": 0, "Health": {}}}}
        self.state["containers"] = [*THEIRS]
        self.compiled = self.written("1")

    def written(self, version: str) -> Compiled:
        (one,) = compiled(version)
        (self.folder / "docker-compose.yml").write_text(one.bundle.texts["docker-compose.yml"])
        self.compiled = one
        return one

    def answer(self, step: Step) -> Answer:
        words = list(step.argv[1:])
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            doing = stand_in_docker.compose if words[0] == "compose" else stand_in_docker.plain
            code = doing(self.state, words[1:] if words[0] == "compose" else words)
        return Answer(code, out.getvalue(), err.getvalue())

    def ask(self, asking: Asking[Told]) -> Told:
        step = next(asking)
        while True:
            try:
                step = asking.send(self.answer(step))
            except StopIteration as ended:
                told: Told = ended.value
                return told

    def look(self) -> Status:
        return self.ask(RUNTIME.observe(self.compiled.model, str(self.folder), ""))

    def carry_out(self, plan: Plan, most: int = 1000) -> None:
        """As many steps as come before it is cut off; waiting is passed over."""
        left = iter(range(most))
        for part in plan:
            for step in part.then(self.look()) if isinstance(part, Look) else [part]:
                if next(left, None) is None:
                    raise CutOff
                if isinstance(step, Step):
                    assert self.answer(step).code == 0

    def up(self, most: int = 1000) -> Plan:
        plan = RUNTIME.up(self.compiled.model, str(self.folder), self.look(), "")
        self.carry_out(plan, most)
        return plan

    def down(self, most: int = 1000) -> None:
        self.carry_out(RUNTIME.down(self.compiled.model, self.look()), most)

    def scale(self, said: str, most: int) -> None:
        name, _, count = said.partition("=")
        self.carry_out(RUNTIME.scale(self.compiled.model, str(self.folder), self.look(), name, int(count)), most)

    def theirs(self) -> list[dict[str, Any]]:
        return [one for one in self.state["containers"] if not one["Config"]["Labels"]]

    def hit(self, deed: str, service: str) -> None:
        for one in list(self.state["containers"]):
            if one["Config"]["Labels"].get("com.docker.compose.service") == service:
                if deed == "killed":
                    one["State"] = {"Status": "exited", "ExitCode": 137}
                else:
                    self.state["containers"].remove(one)


@contextmanager
def played(folder: Path) -> Iterator[Played]:
    with patch.dict(os.environ, {"TWIPC_SITE": str(Path(yaml.__file__).parents[1])}):
        yield Played(folder)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("out")


@settings(deadline=None)
@given(deeds=st.lists(DEEDS, max_size=6))
@example(deeds=[("up", "1", 1), ("scale", "web=4", 1), ("up", "2", 7), ("up", "1", 0)])
def test_whatever_came_before_up_reaches_the_spec_and_down_leaves_nothing(
    folder: Path, deeds: list[tuple[str, str, int]]
) -> None:
    with played(folder) as engine:
        for deed, what, most in deeds:
            try:
                match deed:
                    case "up":
                        engine.written(what)
                        engine.up(most)
                    case "scale":
                        engine.scale(what, most)
                    case "down":
                        engine.down(most)
                    case _:
                        engine.hit(deed, what)
            except CutOff:
                pass
        engine.up()
        status = engine.look()
        assert {name: len(status.of(name)) for name in SERVICES} == {"migrate": 1, "web": 2, "store": 1, "edge": 1}
        assert all(one.ready and one.current for one in status.instances)
        assert engine.up() == ()
        assert engine.theirs() == THEIRS
        engine.down()
        assert engine.state["containers"] == THEIRS
        engine.down()
