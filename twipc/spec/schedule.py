"""When and where the instances of a service run."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from .noun import Noun
from .values import Constraints, HostLabels, Name


class Dependency(Noun):
    """Another service that must be there before this one starts."""

    SHORT: ClassVar[str] = "service"
    service: Name = Field(description="The name of the other service.")
    condition: Literal["healthy", "started"] = Field(
        "healthy", description="healthy: it has passed its own check; started: it runs, whatever it answers."
    )


class Placement(Noun):
    """Which hosts the instances run on, by their labels: of a swarm's nodes, or the attributes of ECS's container instances."""

    constraints: Constraints = Field({}, description="Only hosts that have all of these labels, each with this value.")
    spread: HostLabels = Field(
        (), description="Evenly over the values of these labels, the first counting most; then over hosts."
    )
    max_per_host: int | None = Field(
        None,
        ge=1,
        le=1000,
        description="So many instances on one host at most; an update that starts the new first needs room.",
    )
