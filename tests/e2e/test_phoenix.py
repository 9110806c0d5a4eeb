"""From an engine without anything of ours to the same state, each time."""

from __future__ import annotations

from collections.abc import Mapping
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.environment import KINDS, Twip
from tests.e2e.lab import Lab

pytestmark = [pytest.mark.xdist_group("lab"), pytest.mark.timeout(900)]

OF_ONE_CONTAINER = ("Hostname",)
"""What an engine makes up for each new container."""


def state(prod: Twip) -> Mapping[str, Any]:
    """All that the engine was told, and what is true of it."""
    containers = {
        one["Name"]: (
            one["Image"],
            {name: value for name, value in one["Config"].items() if name not in OF_ONE_CONTAINER},
            {**one["HostConfig"], "Mounts": sorted(one["HostConfig"].get("Mounts") or (), key=itemgetter("Target"))},
            sorted(one["NetworkSettings"]["Networks"]),
            one["State"]["Health"]["Status"],
        )
        for one in prod.containers()
    }
    engine, left = prod.lab.engine, prod.left()
    networks = {
        one["Name"]: (one["Driver"], one["Internal"], one["Labels"]) for one in engine.inspect("network", left["networks"])
    }
    volumes = {one["Name"]: (one["Driver"], one["Options"], one["Labels"]) for one in engine.inspect("volume", left["volumes"])}
    return {**dict(zip(KINDS, (containers, networks, volumes), strict=True)), "verify": prod.run("verify").stdout}


def test_production_rises_from_nothing_to_the_same_state_each_time(lab: Lab, project: Path) -> None:
    prod = Twip(lab, project, "prod")
    prod.made_secret()
    with lab.unbuilt():
        found = []
        for _ in range(2):
            prod.run("build")
            with prod.up():
                prod.run("status")
                assert lab.ask("/news").text == ""
                found.append(state(prod))
            prod.run("clean", "--images", "--yes")
    first, second = found
    assert first == second
    assert len(first["containers"]) == 5
