"""What an engine has of an environment, without what it makes up for each new object."""

from __future__ import annotations

from collections.abc import Mapping
from operator import itemgetter
from typing import Any

from tests.e2e.environment import KINDS, Twip

OF_ONE_CONTAINER = ("Hostname",)
"""What an engine makes up for each new container."""


def state(twip: Twip) -> Mapping[str, Any]:
    """All that the engine was told, and what is true of it."""
    containers = {
        one["Name"]: (
            one["Image"],
            {name: value for name, value in one["Config"].items() if name not in OF_ONE_CONTAINER},
            {**one["HostConfig"], "Mounts": sorted(one["HostConfig"].get("Mounts") or (), key=itemgetter("Target"))},
            sorted(one["NetworkSettings"]["Networks"]),
            one["State"]["Health"]["Status"],
        )
        for one in twip.containers()
    }
    engine, left = twip.lab.engine, twip.left()
    networks = {
        one["Name"]: (one["Driver"], one["Internal"], one["Labels"]) for one in engine.inspect("network", left["networks"])
    }
    volumes = {one["Name"]: (one["Driver"], one["Options"], one["Labels"]) for one in engine.inspect("volume", left["volumes"])}
    return {**dict(zip(KINDS, (containers, networks, volumes), strict=True)), "verify": twip.run("verify").stdout}
