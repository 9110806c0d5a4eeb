"""When and where the instances of a service run."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from .limits import MAX_PER_HOST, PARALLELISM, REPLICAS, UTILIZATION
from .noun import Clash, Noun
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


class Autoscaling(Noun):
    """More instances while there is more to do: never fewer than `replicas`, which makes the two a range."""

    max: Annotated[int, Whole(REPLICAS)] = Field(description="So many instances run at most.")
    cpu: Annotated[int, Whole(UTILIZATION)] | None = Field(
        None, description="As many run as use this percentage of `resources.cpu` on average."
    )
    memory: Annotated[int, Whole(UTILIZATION)] | None = Field(
        None, description="As many run as use this percentage of `resources.memory` on average; of both, what asks for more."
    )

    def clashes(self) -> Iterator[Clash]:
        if self.cpu is None and self.memory is None:
            yield Clash(
                "nothing says when there are more", "such as `cpu: 60`, the percentage of `resources.cpu`", certain=False
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
