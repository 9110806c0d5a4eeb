"""Strings stay strings in the real engines: a few hundred here, many by `python -m tests.conformance.strings`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.docker import Engine
from tests.conformance.edge import TOOLS
from tests.conformance.strings.containers import try_containers, try_programs
from tests.conformance.strings.ecs import try_ecs
from tests.conformance.strings.proxies import try_proxy
from tests.conformance.strings.tally import Tally
from tests.conformance.strings.words import corpus

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
    carried(tally, 100)


def test_a_string_that_is_changed_or_missing_or_too_many_is_counted() -> None:
    tally = Tally()
    tally.compare("engine", "place", {"0": "a", "1": "b", "2": "c"}, {"0": "a", "1": "B", "3": "d"})
    (count,) = tally.counts.values()
    assert (count.carried, len(count.changed), tally.tried) == (1, 3, 4)
    assert tally.changed[0] == "engine, place, 1: 'b' became 'B'"
