"""What is said of what a service needs, and what the template makes because nothing is."""

from __future__ import annotations

from twipc.model import Model
from twipc.spec import OWN

from ..options import Options
from ..untemplated import obstacles


def is_made(model: Model, options: Options) -> bool:
    """Whether the template makes something that others are told of: what it is called is known then only when it is there."""
    return options.cluster is None or any(
        options.execution_roles.get(name, options.execution_role) is None
        or (mounts_efs(model, name) and name not in options.task_roles)
        or (service.kind == "service" and not (groups_of(options, name) and options.subnets))
        or made_volumes(model, options, name)
        or (service.autoscaling is not None and not any(obstacles(model)))
        for name, service in model.services
    )


def groups_of(options: Options, service: str) -> tuple[str, ...]:
    return options.service_security_groups.get(service, options.security_groups)


def target_group_of(options: Options, service: str, port: str) -> str | None:
    return options.target_groups.get(service, {}).get(port)


def log_group_of(model: Model, options: Options, service: str) -> str:
    environment = model.environment
    return f"{options.log_group or f'/{environment.project}/{environment.environment}'}/{service}"


def is_on_efs(model: Model, volume: str) -> bool:
    """Whether tasks have a volume in common; each one's own is a volume of the task."""
    return model.environment.volumes[volume].access not in OWN


def makes_volume(model: Model, options: Options, volume: str) -> bool:
    """Whether the template makes the file system of a volume, where somebody mounts it."""
    return is_on_efs(model, volume) and volume not in options.volumes


def made_volumes(model: Model, options: Options, service: str) -> list[str]:
    """Those that a service mounts."""
    mounted = {mount.volume for mount in model.environment.services[service].mounts.values()}
    return sorted(volume for volume in mounted if makes_volume(model, options, volume))


def mounts_efs(model: Model, service: str) -> bool:
    """Whether a service mounts what tasks have in common, and so needs a role that may."""
    return any(is_on_efs(model, mount.volume) for mount in model.environment.services[service].mounts.values())
