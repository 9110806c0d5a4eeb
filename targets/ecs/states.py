"""What stands behind the single-writer volumes of a model on ECS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twipc.diagnostics import Path
from twipc.model import Model
from twipc.target import option

from .options import Options


def states(model: Model, options_: Any) -> Mapping[str, Path]:
    """The access point of each mounted single-writer volume, and where the spec says it."""
    options: Options = option(options_, Options)
    mounted = {mount.volume for _, service in model.services for mount in service.mounts.values()}
    return {
        place.access_point: ("targets", "ecs", "volumes", name, "access_point")
        for name, place in sorted(options.volumes.items())
        if name in mounted and model.environment.volumes[name].access == "single-writer"
    }
