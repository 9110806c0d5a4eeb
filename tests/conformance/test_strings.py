"""Strings stay strings in the real engines: a few hundred here, many by `python -m tests.conformance.strings`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.docker import Engine
from tests.conformance.edge import TOOLS
from tests.conformance.strings.containers import try_containers, try_programs
from tests.conformance.strings.ecs import try_ecs
from tests.conformance.strings.leaves import NOT_TRIED, free_strings
from tests.conformance.strings.places import PLACES
from tests.conformance.strings.proxies import LEAVES, try_proxy
from tests.conformance.strings.tally import Tally
from tests.conformance.strings.words import corpus
from twipc.schema import environment_schema

WORDS = [word for word in corpus(2, 160) if word][::4]
"""Each fourth: of those that some format reads as something else, and of random ones."""


def carried(tally: Tally, least: int) -> None:
    assert not tally.changed, "\n".join(tally.changed)
    assert all(count.carried for count in tally.counts.values()), tally.counts
    assert tally.carried >= least


@pytest.mark.xdist_group("docker")
def test_containers_and_services_have_them(docker: Engine, tmp_path: Path) -> None:
    tally = Tally()
    try_containers(docker, tally, WORDS, ["registry.example:5000/a/b_c:1"], tmp_path)
    assert {place for _, place in tally.counts} == {place.field for place in PLACES}
    carried(tally, 500)


@pytest.mark.xdist_group("docker")
def test_programs_get_them(docker: Engine, tmp_path: Path) -> None:
    tally = Tally()
    try_programs(docker, tally, WORDS, tmp_path)
    carried(tally, 150)


def test_task_definitions_have_them() -> None:
    tally = Tally()
    try_ecs(tally, WORDS)
    carried(tally, 150)


@pytest.mark.parametrize("tool", TOOLS)
def test_proxies_have_them(tool: str) -> None:
    tally = Tally()
    try_proxy(tool, tally, WORDS)
    assert {place for _, place in tally.counts} == LEAVES.keys() - ({"route: files"} if tool != "nginx" else set())
    carried(tally, 100)


TRIED = {leaf for place in PLACES for leaf in place.leaves} | {leaf for leaves in LEAVES.values() for leaf in leaves}


def test_every_free_string_of_the_language_has_its_place_or_a_reason_for_none() -> None:
    free = set(free_strings(environment_schema()))
    assert free - TRIED - NOT_TRIED.keys() == set(), "give each a place in the run, or a reviewed reason"
    assert NOT_TRIED.keys() - free == set(), "these are no free strings, or no longer there"
    assert NOT_TRIED.keys() & TRIED == set()


def test_a_string_that_no_pattern_narrows_is_seen_wherever_the_schema_has_one() -> None:
    name, text = {"type": "string", "pattern": "^[a-z]+$"}, {"type": ["string", "null"]}
    schema = {
        "$defs": {"Noun": {"properties": {"name": name, "kind": {"enum": ["a"], "type": "string"}, "text": text}}},
        "properties": {
            "nouns": {"additionalProperties": {"anyOf": [{"$ref": "#/$defs/Noun"}, {"type": "null"}]}},
            "named": {"patternProperties": {"^[a-z]+$": {"type": "array", "items": text}}, "additionalProperties": False},
        },
    }
    assert free_strings(schema) == ["named.*.#", "nouns.*.text", "nouns.<key>"]


def test_a_string_that_is_changed_or_missing_or_too_many_is_counted() -> None:
    tally = Tally()
    tally.compare("engine", "place", {"0": "a", "1": "b", "2": "c"}, {"0": "a", "1": "B", "3": "d"})
    (count,) = tally.counts.values()
    assert (count.carried, len(count.changed), tally.tried) == (1, 3, 4)
    assert tally.changed[0] == "engine, place, 1: 'b' became 'B'"
