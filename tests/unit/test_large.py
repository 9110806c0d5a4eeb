"""What an environment of a thousand services takes: nothing is held longer than it is needed, and nothing twice."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from tests.compiling import committed, compiled_spec, compiled_text
from twipc import registry
from twipc.diagnostics import Report
from twipc.model import Model
from twipc.spec.desugar import desugar
from twipc.syntax import NodeSequence, parse
from twipc.target import DOCKER, Artifact, Bundle, Discovery, FactKey, facts_of

SPEC = """\
twipc: 1
project: shop
environment: prod
targets: [compose, compose-2.4, swarm]
services:
  web: {image: "shop/web:1", ports: {http: 8080}, health: {command: [check]}}
  db: {image: "shop/db:1", ports: {sql: {number: 5432}}, health: {command: [check]}}
"""
TOLD = '  app: {image: "shop/app:1", health: {command: [check]}, env: {DB: {address: db.sql}, LEVEL: info}}\n'


def test_a_target_is_let_go_but_for_its_texts_when_the_next_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    there: list[int] = []

    def counting(compile: Callable[[Model, Any], Bundle]) -> Callable[[Model, Any], Bundle]:
        def compiled(model: Model, options: Any) -> Bundle:
            there.append(_artifacts())
            return compile(model, options)

        return compiled

    real, before = registry.target, _artifacts()
    monkeypatch.setattr(registry, "target", lambda name: replace(real(name), compile=counting(real(name).compile)))
    outcome = compiled_text(SPEC)
    assert there == [before] * 3
    assert [one.bundle.texts for one in outcome.compiled] == [one.texts for one in outcome.compiled]


def _artifacts() -> int:
    gc.collect()
    return sum(isinstance(one, Artifact) for one in gc.get_objects())


def test_facts_are_made_again_only_where_a_program_is_told_a_name() -> None:
    tasks = Discovery(resolver="127.0.0.11", prefix="tasks.")
    model, told = compiled_text(SPEC).model, compiled_text(SPEC + TOLD).model
    assert model
    assert told
    assert facts_of(model, tasks) is facts_of(model, DOCKER)
    env = FactKey("service.env", ("app",))
    assert facts_of(told, DOCKER)[env] == {"DB": ("value", "db:5432"), "LEVEL": ("value", "info")}
    assert dict(facts_of(told, tasks)) == {
        **facts_of(told, DOCKER),
        env: {"DB": ("value", "tasks.db:5432"), "LEVEL": ("value", "info")},
    }


@pytest.mark.parametrize("name", committed())
def test_what_is_answered_for_all_facts_of_a_field_is_answered_for_each(name: str) -> None:
    outcome = compiled_spec(name)
    assert outcome.model
    servers = {server for server, _ in outcome.model.servers}
    for one in outcome.compiled:
        support = one.target.support
        for key in facts_of(outcome.model, one.target.discovery(one.options)):
            answer = support.answer(key, outcome.model)
            assert support.for_all(key.field) in (None, answer)
            assert set(key.owner[:1]) & servers or support.for_programs(key.field) in (None, answer)


def test_what_has_no_short_form_stands_in_both_trees_and_the_one_that_was_read_stays_as_it_is() -> None:
    read = parse(SPEC.encode(), "specs/prod.yaml", Report())
    long = desugar(read)
    assert long.node(("services", "db")) is read.node(("services", "db"))
    assert long.node(("services", "web")) is not read.node(("services", "web"))
    assert long.node(("services", "web", "health")) is read.node(("services", "web", "health"))
    assert isinstance(read.node(("targets",)), NodeSequence)
    assert long.node(("targets", "swarm"))
    assert desugar(long).root is long.root
