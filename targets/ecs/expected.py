"""Sizes and times as ECS should have them, stated a second time: what the artifacts are held to.

Nothing here knows `limits`, which the emitter goes by: other units, other formulas, a table of its own. Conformance tests hold
both against AWS's own tools.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from twipc.model import Model
from twipc.spec import Cpu, Duration, Service, Size
from twipc.syntax import NodeMapping
from twipc.target import Asked

from .options import Options

_GIB = {
    "0.25": "0.5 1 2",
    "0.5": "1 2 3 4",
    "1": "2 3 4 5 6 7 8",
    "2": "4 5 6 7 8 9 10 11 12 13 14 15 16",
    "4": "8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30",
    "8": "16 20 24 28 32 36 40 44 48 52 56 60",
    "16": "32 40 48 56 64 72 80 88 96 104 112 120",
    "32": "60 120 244",
}
"""Fargate's sizes as AWS's page prints them: GiB of memory by vCPU."""
FARGATE = frozenset(
    (Cpu(float(vcpu) * 1000), Size(float(memory) * 1024**3)) for vcpu, sizes in _GIB.items() for memory in sizes.split()
)
NOTHING_ELSE = ("127.0.0.1/32", "icmp", -1, -1, "nothing else")
"""A rule of a group that lets nothing out."""
_MIB = 1024**2
_LEAST_EC2 = Cpu(125)


def container_memory(service: Service) -> Size | None:
    """What the spec allows, in whole MiB; a part of one counts as one."""
    wanted = service.resources.memory
    return None if wanted is None else _whole(wanted)


def _whole(size: int) -> Size:
    return Size(size if size % _MIB == 0 else size + _MIB - size % _MIB)


def tmpfs(asked: Asked) -> dict[str, Size]:
    """Each place with its size in whole MiB."""
    return {path: _whole(size) for path, size in asked.value.items()}


def shared_memory(asked: Asked) -> Size | None:
    """Its size in whole MiB."""
    return None if asked.value is None else _whole(asked.value)


def task_size(launch: str, service: Service) -> tuple[Cpu | None, Size | None]:
    """On Fargate the least vCPU, and with it the least memory, with room for both; on EC2 what the spec says.

    Where Fargate has no room, nothing is rounded: `check` refuses it.
    """
    cpu, memory = service.resources.cpu, container_memory(service)
    if launch == "ec2":
        return (None if cpu is None else max(cpu, _LEAST_EC2), memory)
    room = [size for size in FARGATE if cpu is not None and memory is not None and size[0] >= cpu and size[1] >= memory]
    return min(room, default=(cpu, memory))


def capabilities(asked: Asked) -> tuple[str, ...]:
    """What Fargate leaves of those that are asked for."""
    return tuple(name for name in asked.value if name == "SYS_PTRACE")


def ulimits(asked: Asked) -> dict[str, tuple[int, int]]:
    """What fits in the API's numbers."""
    return {name: pair for name, pair in asked.value.items() if not any(number >= 1 << 31 for number in pair)}


def ulimits_of_fargate(asked: Asked) -> dict[str, tuple[int, int]]:
    """What Fargate takes of that."""
    return {name: pair for name, pair in ulimits(asked).items() if name == "nofile"}


def seconds(least: int, most: int | None = None) -> Callable[[Asked], Duration]:
    """The time in whole seconds, not shorter than asked for, unless that is over `most`."""

    def expected(asked: Asked) -> Duration:
        part = asked.value % 1000
        whole = asked.value + 1000 - part if part else asked.value
        if most is not None and whole > most * 1000:
            return Duration(most * 1000)
        return Duration(whole if whole > least * 1000 else least * 1000)

    return expected


def over(most: int) -> Callable[[Asked], bool]:
    return lambda asked: asked.value > most * 1000


def log_driver_is_kept(launch: str, service: Service, *, written: bool) -> bool:
    """Whether it is asked for, and ECS has it: Fargate one, a host of one's own most."""
    driver = service.logging.driver
    return written and (driver == "awslogs" or (launch == "ec2" and driver not in ("local", "none")))


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


def log_group(model: Model, options: Options, name: str) -> str:
    """Where a service logs to that says nothing else."""
    here = f"/{model.environment.project}/{model.environment.environment}" if options.log_group is None else options.log_group
    return f"{here}/{name}"


def log_options(model: Model, options: Options, name: str) -> dict[str, str]:
    """What the log driver is told: by the spec, and of awslogs what it leaves open."""
    asked = model.environment.services[name].logging
    kept = log_driver_is_kept(
        options.launch, model.environment.services[name], written=model.written(("services", name, "logging"))
    )
    if kept and asked.driver != "awslogs":
        return asked.told
    told = {"awslogs-group": log_group(model, options, name), "awslogs-region": options.region}
    if not kept or "mode" not in asked.options:
        told |= {"mode": "non-blocking", "max-buffer-size": "4m"}
    heard = ("group", "region", "create-group", "datetime-format")
    if kept:
        told |= {
            key: text for key, text in asked.told.items() if key.removeprefix("awslogs-") in (*heard, "mode", "max-buffer-size")
        }
    return told


def lost_port(service: Service) -> str | None:
    """The port that nobody listens on: the one for https, whose certificate does not come here."""
    return service.http.tls.listen.port if service.http and service.http.tls else None
