"""What an environment has on ECS where others are too: what stands behind its single-writer volumes, its names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twipc.diagnostics import Path
from twipc.model import Model
from twipc.target import option

from .edges import running
from .images.repositories import of_builds
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


def names(model: Model, options_: Any) -> Mapping[str, Path]:
    """The task family of each service: a region of an account has it once, whatever the cluster."""
    options: Options = option(options_, Options)
    model = running(model, options)
    account = options.execution_role.split(":")[4] if options.execution_role else ""
    where = f"{options.region}{f' of {account}' if account else ''}"
    return {f"the task family `{model.name}-{name}` in {where}": ("services", name) for name, _ in model.services}


def makes(model: Model, options_: Any) -> Mapping[str, tuple[Path, str]]:
    """The repositories of what is built, which two environments may run; baked images are called after their environment."""
    options: Options = option(options_, Options)
    account = options.registry.partition(".")[0] if options.registry else ""
    return {
        f"the repository `{name}` of {account} in {options.region}": (path, f"`repositories: [{name}]`")
        for name, path in sorted(of_builds(model, options).items())
        if name not in options.repositories
    }
