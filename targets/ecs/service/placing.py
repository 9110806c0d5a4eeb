"""Where the tasks of a service run: on EC2 the spec chooses among hosts, by their attributes; Fargate has none to choose."""

from __future__ import annotations

from twipc.diagnostics import Path
from twipc.formats.document import At, Value, without_nothing
from twipc.spec import Service


def placement(launch: str, name: str, service: Service) -> dict[str, Value]:
    """Zones come first: rebalancing them is refused where others do (ECS guide, "Availability Zone rebalancing")."""
    if launch == "fargate":
        return {}
    here: Path = ("services", name, "placement")
    constraints: list[Value] = [
        At((*here, "constraints", label), {"type": "memberOf", "expression": f"attribute:{label} == {value}"})
        for label, value in sorted(service.placement.constraints.items())
    ]
    if service.placement.max_per_host == 1:
        constraints.append(At((*here, "max_per_host"), {"type": "distinctInstance"}))
    spread: list[Value] = [
        At((*here, "spread", index), {"type": "spread", "field": f"attribute:{label}"})
        for index, label in enumerate(service.placement.spread)
    ]
    zones: Value = {"type": "spread", "field": "attribute:ecs.availability-zone"}
    hosts: Value = {"type": "spread", "field": "instanceId"}
    return without_nothing({"placementConstraints": constraints, "placementStrategy": [zones, *spread, hosts]})
