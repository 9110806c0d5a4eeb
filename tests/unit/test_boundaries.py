"""Every limit at its ends, and one beyond: derived from the tables, so that one without an example fails here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.compiling import Outcome, compiled_text
from tests.limits import EXAMPLES, edge, on_ecs, whole
from twipc.boundaries import Boundary, boundaries
from twipc.diagnostics import Code, Severity
from twipc.registry import target
from twipc.schema import environment_schema
from twipc.spec.limits import RESERVED
from twipc.target import Held, OutOfReach
from twipc.target.limits import Pairs

EVERY = boundaries()
HELD = [one for one in EVERY if one.above]
LOWEST = [one for one in HELD if one.limit.least is not None]
FAR = [one.held for one in EVERY if isinstance(one.held, OutOfReach)]


def tried(boundary: Boundary, value: int) -> Outcome:
    example = EXAMPLES[boundary.limit.what](value)
    return compiled_text(example.text, example.files)


def holds(boundary: Boundary, value: int, code: Code | None) -> None:
    """A spec with this value is compiled, and the value is the one that the limit is for."""
    example = EXAMPLES[boundary.limit.what](value)
    outcome = tried(boundary, value)
    assert bool(outcome.compiled) is example.legal, [one.message for one in outcome.findings if one.severity is Severity.ERROR]
    assert code
    assert code.id not in outcome.codes
    if isinstance(boundary.held, Held):
        assert example.legal
        assert outcome.model
        options = outcome.compiled[0].options if boundary.whose == outcome.compiled[0].target.name else None
        measured = [*boundary.held.measure(outcome.model, options), *boundary.held.written(outcome.model, options)]
        assert value in [one.value for one in measured]


def test_every_limit_that_is_held_has_an_example_and_no_other_has() -> None:
    assert {one.limit.what for one in HELD} == set(EXAMPLES)


@pytest.mark.parametrize("boundary", HELD, ids=lambda one: one.limit.what)
def test_the_most_is_taken_and_one_more_is_found(boundary: Boundary) -> None:
    holds(boundary, boundary.limit.most, boundary.above)
    assert boundary.above
    assert boundary.above.id in tried(boundary, boundary.limit.most + 1).codes


@pytest.mark.parametrize("boundary", LOWEST, ids=lambda one: one.limit.what)
def test_the_least_is_taken_and_one_less_is_found(boundary: Boundary) -> None:
    assert boundary.limit.least is not None
    holds(boundary, boundary.limit.least, boundary.below)
    assert boundary.below
    assert boundary.below.id in tried(boundary, boundary.limit.least - 1).codes


def test_what_only_the_emitter_knows_is_not_asked_of_a_spec_with_mistakes() -> None:
    """It would be asked to write what rules refuse."""
    routes = [{"match": {"prefix": f"/a{number}"}, "files": "/srv"} for number in range(300)]
    outcome = compiled_text(whole({**edge("haproxy", routes=routes), "targets": {"swarm": {}}}).text)
    assert {one.code.id for one in outcome.findings if one.severity is Severity.ERROR} == {"TW403"}


@pytest.mark.parametrize("field", ["env", "labels", "command", "entrypoint", "mounts", "health"])
def test_a_task_definition_is_measured_whatever_makes_it_large(field: str) -> None:
    """Each of many things, none of them long."""
    words = [f"{number:04}{'x' * 196}" for number in range(340)]
    values: dict[str, object] = {
        "env": {f"A{word}": "" for word in words},
        "labels": {word[:120]: word for word in words},
        "mounts": {f"/{word}": "own" for word in words},
        "health": {"command": words},
    }
    spec = {**on_ecs(**{field: values.get(field, words)}), "volumes": {"own": {"access": "scratch"}}}
    if field == "mounts":
        spec["volumes"] = {f"own{number}": {"access": "scratch"} for number in range(340)}
        spec["services"]["web"]["mounts"] = {f"/{word}": f"own{number}" for number, word in enumerate(words)}
    assert "ECS106" in compiled_text(whole(spec).text).codes


@pytest.mark.parametrize("far", FAR, ids=lambda one: one.limit.what)
def test_no_legal_spec_comes_to_the_other_limits(far: OutOfReach) -> None:
    assert far.reach in far.limit


def ranges(node: Any) -> Iterator[tuple[str, Any, Any]]:
    """Every range of numbers, and every count and length that ends, in a schema."""
    if isinstance(node, dict):
        for least, most in (("minimum", "maximum"), ("minItems", "maxItems"), ("minLength", "maxLength")):
            if most in node or (least == "minimum" and least in node):
                yield most, node.get(least), node.get(most)
        for value in node.values():
            yield from ranges(value)
    elif isinstance(node, list):
        for value in node:
            yield from ranges(value)


def test_what_the_schema_holds_to_a_range_stands_in_the_table() -> None:
    """A range that is written into a field, and in no table, would be tried by nobody."""
    known = {(one.limit.least, one.limit.most) for one in EVERY}
    found = set(ranges(environment_schema()))
    assert len(found) > 5
    assert not [one for one in found if one[1:] not in known]


def test_reserved_words_are_no_names() -> None:
    for word in RESERVED.words:
        assert "TW202" in compiled_text(whole({"services": {word: {"image": "shop/web:1"}}}).text).codes, word


def test_each_pair_is_taken_as_it_is_and_what_lies_between_becomes_the_next() -> None:
    [pairs] = [one for one in target("ecs").limits if isinstance(one, Pairs)]
    fits = sorted((cpu, memory) for cpu, sizes in pairs.pairs.items() for memory in sizes)
    for cpu, memory in fits:
        assert sized(cpu, memory)[0] == (cpu, memory)
        assert pairs.code.id not in sized(cpu, memory)[1]
        larger, codes = sized(cpu, memory + 1)
        room = [pair for pair in fits if pair[0] >= cpu and pair[1] > memory]
        assert larger == min(room, default=None)
        assert (pairs.code.id if room else "ECS103") in codes


def sized(cpu: int, memory: int) -> tuple[tuple[int, int] | None, list[str]]:
    """The size of the task that is written for one of this size, and the codes that are found."""
    resources = {"cpu": cpu / 1024, "memory": f"{memory}MiB"}
    outcome = compiled_text(whole(on_ecs("fargate", resources=resources)).text)
    if not outcome.compiled:
        return None, outcome.codes
    task = json.loads(outcome.compiled[0].bundle.texts["web.taskdef.json"])
    return (int(task["cpu"]), int(task["memory"])), outcome.codes


@pytest.mark.parametrize("boundary", EVERY, ids=lambda one: one.limit.what)
def test_every_limit_says_who_says_so(boundary: Boundary) -> None:
    assert boundary.limit.source
    assert boundary.limit.least is None or boundary.limit.least <= boundary.limit.most
