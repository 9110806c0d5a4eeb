"""What the template makes of a service that the spec names nothing for, decided a second time: roles, groups, file systems."""

from __future__ import annotations

import re

from twipc.model import Model
from twipc.spec import Service
from twipc.syntax import NodeMapping

from ..options import Options

NOTHING_ELSE = ("127.0.0.1/32", "icmp", -1, -1, "nothing else")
"""A rule of a group that lets nothing out."""


def mounts_efs(model: Model, name: str) -> bool:
    """Whether a service mounts what is on EFS: all but what is each task's own."""
    volumes = (model.environment.volumes[mount.volume] for mount in model.environment.services[name].mounts.values())
    return any(volume.access in ("single-writer", "shared", "read-only") for volume in volumes)


def makes_volume(model: Model, options: Options, volume: str) -> bool:
    """Whether a volume that is mounted is a new file system: tasks have it in common, and no place of it is said."""
    shared = model.environment.volumes[volume].access in ("single-writer", "shared", "read-only")
    return shared and volume not in options.volumes


def volumes_made(model: Model, options: Options) -> list[str]:
    """Those that somebody mounts."""
    everywhere = {volume for name, _ in model.services for volume in mounted(model, name)}
    return [volume for volume in sorted(everywhere) if makes_volume(model, options, volume)]


def mounted(model: Model, name: str) -> set[str]:
    return {mount.volume for mount in model.environment.services[name].mounts.values()}


def mounts_made(model: Model, options: Options, name: str) -> list[str]:
    """The new file systems that a service mounts."""
    return [volume for volume in sorted(mounted(model, name)) if makes_volume(model, options, volume)]


def subnets(options: Options) -> tuple[str, ...]:
    """Those of tasks, and of what they mount: as they are said, or as the deployment is asked for them."""
    return options.subnets or ("<PrivateSubnetA>", "<PrivateSubnetB>")


def roles(model: Model, options: Options, name: str) -> tuple[str | None, str | None]:
    """Those that start a service's tasks and that its program has, where they are said; the names of those that are made."""
    starting = options.execution_roles.get(name, options.execution_role)
    mounting = options.task_roles.get(name)
    made = f"{logical_name(name, 'TaskRole')} of the template" if mounts_efs(model, name) else None
    return starting or f"{logical_name(name, 'ExecutionRole')} of the template", mounting or made


def said_groups(options: Options, name: str) -> list[str]:
    """A service's security groups, where they are said."""
    return [*options.service_security_groups.get(name, options.security_groups)]


def makes_groups(model: Model, options: Options) -> bool:
    """Whether some service has none that is said: a job alone is run with any."""
    lasting = [name for name, service in model.services if service.kind != "job"]
    return any(said_groups(options, name) == [] for name in lasting)


def makes_group(model: Model, options: Options, name: str) -> bool:
    if said_groups(options, name):
        return False
    return makes_groups(model, options) or len(mounts_made(model, options, name)) > 0


def stands_alone(model: Model, options: Options) -> bool:
    """Whether the template makes what the inputs would have to name."""
    named = [role or "" for name, _ in model.services for role in roles(model, options, name)]
    if options.cluster is None or makes_groups(model, options):
        return True
    if any(service.autoscaling for service in model.environment.services.values()):
        return True
    for name, service in model.services:
        if mounts_made(model, options, name) or (service.kind == "service" and len(options.subnets) == 0):
            return True
    return any(role.endswith(" of the template") for role in named)


def balanced(model: Model) -> list[str]:
    """Of what runs as tasks: the servers whose place load balancers took, which the spec has and this model has not."""
    node = model.tree.node(("services",))
    return sorted(set(node.entries) - set(model.environment.services)) if isinstance(node, NodeMapping) else []


def logical_name(service: str, kind: str) -> str:
    """As `logical` says it, one letter at a time."""

    def large(found: re.Match[str]) -> str:
        hyphen, letter = found.groups()
        return f"{'Q' if hyphen and (letter == 'q' or letter.isdigit()) else ''}{letter.upper()}"

    return re.sub("(^|-)([a-z0-9])", large, service) + kind


def lost_port(service: Service) -> str | None:
    """The port that nobody listens on: the one for https, whose certificate does not come here."""
    return service.http.tls.listen.port if service.http and service.http.tls else None
