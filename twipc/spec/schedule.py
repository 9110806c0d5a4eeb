"""When and where the instances of a service run."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from .limits import MAX_PER_HOST, PARALLELISM
from .noun import Noun
from .values import Constraints, HostLabels, Name, Time, Whole


class Dependency(Noun):
    """Another service that must be there before this one starts."""

    SHORT: ClassVar[str] = "service"
    service: Name = Field(description="The name of the other service.")
    condition: Literal["healthy", "started", "completed"] = Field(
        "healthy",
        description="healthy: it has passed its own check; started: it runs, whatever it answers; completed: it is a job, and "
        "has ended well.",
    )


class Placement(Noun):
    """Which hosts the instances run on, by their labels: of a swarm's nodes, or the attributes of ECS's container instances."""

    constraints: Constraints = Field({}, description="Only hosts that have all of these labels, each with this value.")
    spread: HostLabels = Field(
        (), description="Evenly over the values of these labels, the first counting most; then over hosts."
    )
    max_per_host: Annotated[int, Whole(MAX_PER_HOST)] | None = Field(
        None,
        description="So many instances on one host at most; an update that starts the new first needs room.",
    )


class Rollout(Noun):
    """How the instances of a service are replaced by those of its next version."""

    order: Literal["start-first", "stop-first"] | None = Field(
        None,
        description="Whether the new instance starts before the old one ends; by default it does, but where both would write "
        "one single-writer volume, or hold one port of a host.",
    )
    parallelism: Annotated[int, Whole(PARALLELISM)] | None = Field(
        None, description="So many instances are replaced at once; by default one."
    )
    delay: Time | None = Field(None, description="Time between one replacement and the next; by default 5s.")
    monitor: Time | None = Field(
        None,
        description="So long a new instance is watched; by default until it is sure whether it becomes healthy.",
    )
    on_failure: Literal["rollback", "pause", "continue"] | None = Field(
        None, description="What is done when a new instance fails; by default all go back to the version before."
    )
