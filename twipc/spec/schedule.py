"""When and where the instances of a service run."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from .noun import Noun
from .values import Name


class Dependency(Noun):
    """Another service that must be there before this one starts."""

    SHORT: ClassVar[str] = "service"
    service: Name = Field(description="The name of the other service.")
    condition: Literal["healthy", "started"] = Field(
        "healthy", description="healthy: it has passed its own check; started: it runs, whatever it answers."
    )
