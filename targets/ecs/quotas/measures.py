"""What the limits of ECS are measured by. Without options, who owns the machines is not known, nor what is there on AWS."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from twipc.diagnostics import Path
from twipc.formats.document import Value
from twipc.model import Model, image_of
from twipc.spec import Duration
from twipc.syntax import Node
from twipc.target import Measured
from twipc.target.limits import Measure

from .. import limits
from ..checking.accounts import partition_of
from ..checking.options import HERE
from ..images.pins import registry_of
from ..lower import task_definition
from ..network.groups import groups, makes_group
from ..nlb.balancer import reached
from ..nlb.ports import listeners, targets_of
from ..options import Options
from ..reading.resolving import Resolving
from ..task.file_systems import file_systems, mount_group, volumes_to_make
from ..task.roles import task_role
from ..task.wiring import secrets
from ..template.assembling import starting_role
from ..template.casing import said
from ..template.making import groups_of
from ..template.places import makes_execution_role, makes_task_role
from ..untemplated import obstacles, written

_BESIDE = 4_000
"""More characters than an execution role's policy has besides secrets."""
_OF_EFS = f"elasticfilesystem:<AWS::Region>:<AWS::AccountId>:access-point/fsap-{17 * '0'}"
"""The longer one of the ARNs that are known when the stack is made; ids have 17 digits (AWS's longer ids)."""


def documents(model: Model, options: Options | None) -> Iterator[Measured]:
    """What counts are the bytes that are written, so only the emitter can tell; it writes just this one document."""
    for name, service in model.services:
        if options and _may_be_too_large(model.tree.node(("services", name))) and limits.task_size(options.launch, service):
            document = json.loads(task_definition(model, options, name).text)
            size = len(json.dumps(document, separators=(",", ":")))
            yield Measured(("services", name), size, "its task definition")


def _may_be_too_large(node: Node | None) -> bool:
    """Whether it is worth measuring at all: what the spec says of a service, as JSON, and what ECS has of every one."""
    return written(node) + 10_000 > limits.TASK_DEFINITION.most


def target_groups(model: Model, options: Options | None) -> Iterator[Measured]:
    if options is None:
        return
    for name, _ in model.services:
        said = len(options.target_groups.get(name, ()))
        made = len(targets_of(model, options, name))
        path: Path = ("services", name, "publish") if made else (*HERE, "target_groups", name)
        yield Measured(path, said + made, f"`{name}`")


def balanced_ports(model: Model, options: Options | None) -> Iterator[Measured]:
    if options:
        yield Measured(HERE, len(listeners(model, options)), "that of the template")


def subnets(_model: Model, options: Options | None) -> Iterator[Measured]:
    if options:
        yield Measured((*HERE, "subnets"), len(options.subnets), "a task's network")


def security_groups(_model: Model, options: Options | None) -> Iterator[Measured]:
    if options:
        yield Measured((*HERE, "security_groups"), len(options.security_groups), "a task")
        for name, found in sorted(options.service_security_groups.items()):
            yield Measured((*HERE, "service_security_groups", name), len(found), f"`{name}`")


def images(model: Model, options: Options | None) -> Iterator[Measured]:
    """With the registry that is put before them: of images that are pushed, and of those that are made here."""
    for name, service in model.services:
        if options is None or options.registry is None:
            return
        path: Path = ("services", name)
        if service.http or service.configs:
            full = f"{options.registry}/{model.name}-{name}"
            yield Measured(path, len(full), f"the image of `{name}`", help="shorten `targets.ecs.registry`")
        if registry_of(options, service):
            name_ = image_of(service).partition("@")[0]
            full = f"{options.registry}/{name_.rpartition(':')[0] or name_}"
            yield Measured((*path, "image"), len(full), f"`{full}`", key=False)


def policies(model: Model, options: Options | None) -> Iterator[Measured]:
    """Those of roles that the template makes; only where there are secrets or volumes enough are they written for it."""
    if options is None or any(obstacles(model)):
        return
    for name, _ in model.services:
        arns = [said(one, ("valueFrom",)) for one in secrets(model, name)]
        many = sum(2 * (len(arn) + 10) for arn in arns) + _BESIDE > limits.ROLE_POLICIES.most
        if makes_execution_role(options, name) and many and limits.task_size(options.launch, model.environment.services[name]):
            role = starting_role(model, name, json.loads(task_definition(model, options, name).text))
            help = f"say a role of your own: `execution_roles: {{{name}: …}}`"
            yield Measured(("services", name), _policies(role, options, {}), f"the execution role of `{name}`", help=help)
        if makes_task_role(model, options, name):
            role, made = task_role(model, options, name), said(file_systems(model, options), ())
            help = f"say a role of your own: `task_roles: {{{name}: …}}`"
            yield Measured(("services", name), _policies(role, options, made), f"the task role of `{name}`", help=help)


def _policies(role: Value, options: Options, made: Mapping[str, Any]) -> int:
    """The characters of its inline policies when all that only a deployment knows stands in them."""
    found = said(role, ("Properties", "Policies")) or []
    resolving = Resolving(made)
    text = "".join(json.dumps(resolving.value(one["PolicyDocument"]), separators=(",", ":")) for one in found)
    text = re.sub("[A-Za-z0-9]+ of the template", f"arn:<AWS::Partition>:{_OF_EFS}", text)
    text = text.replace("<AWS::AccountId>", 12 * "0").replace("<AWS::Region>", options.region)
    return len(text.replace("<AWS::Partition>", partition_of(options)))


def group_rules(model: Model, options: Options | None) -> Iterator[Measured]:
    """Of groups that the template makes, in each direction."""
    if options is None or any(obstacles(model)):
        return
    led = listeners(model, options)
    ways = sum(len(reached(model, options, name)) * max(1, len(groups_of(options, name))) for name, _ in model.services)
    for rules, what in ((sum(len(one.publications) for one in led), "who reaches it"), (ways, "whom it reaches")):
        yield Measured(HERE, rules, f"{what}: the security group of the load balancer", help="publish fewer ports")
    for name, service in model.services:
        if makes_group(model, options, name):
            help = f"say groups of its own: `service_security_groups: {{{name}: [sg-…]}}`"
            if service.kind == "job":  # which has none of its own
                help = "say `security_groups` for all, or give it a network that is not internal"
            made = [said(one, ()) for one in groups(model, options, name).values()]
            inside = next(one["Properties"] for one in made if one["Type"] == "AWS::EC2::SecurityGroup")
            for way, what in (("Ingress", f"who reaches `{name}`"), ("Egress", f"whom `{name}` reaches")):
                apart = sum(one["Type"] == f"AWS::EC2::SecurityGroup{way}" for one in made)
                rules = len(inside.get(f"SecurityGroup{way}", ())) + apart
                yield Measured(("services", name), rules, f"{what}: its security group", help=help)

    for volume in volumes_to_make(model, options):
        rules = len(said(mount_group(model, options, volume), ("Properties", "SecurityGroupIngress")))
        help = "let fewer services mount it, or say where it is: `targets.ecs.volumes`"
        yield Measured(("volumes", volume), rules, f"who mounts `{volume}`: the security group of its mount targets", help=help)


def seconds(leaf: str, fargate: bool = False) -> Measure:
    """A measure of a time of each service, in whole seconds."""

    def measure(model: Model, options: Options | None) -> Iterator[Measured]:
        for name, service in model.services:
            value: object = service
            for step in leaf.split("."):
                value = getattr(value, step, None)
            if isinstance(value, Duration) and (not fargate or (options and options.launch == "fargate")):
                yield Measured(("services", name, *leaf.split(".")), -(-int(value) // 1000), f"`{leaf}` of `{name}`", key=False)

    return measure


def task_cpu(model: Model, options: Options | None) -> Iterator[Measured]:
    yield from _cpu_on("fargate", model, options)


def ec2_cpu(model: Model, options: Options | None) -> Iterator[Measured]:
    yield from _cpu_on("ec2", model, options)


def _cpu_on(launch: str, model: Model, options: Options | None) -> Iterator[Measured]:
    for name, service in model.services:
        units = limits.cpu_units(service)
        if options and options.launch == launch and units is not None:
            yield Measured(("services", name, "resources"), units, f"`{name}`")


def task_memory(model: Model, options: Options | None) -> Iterator[Measured]:
    for name, service in model.services:
        memory = limits.container_memory(service)
        if options and options.launch == "fargate" and memory is not None:
            yield Measured(("services", name, "resources"), memory, f"`{name}`")


def ulimits(model: Model, _options: Options | None) -> Iterator[Measured]:
    for name, service in model.services:
        for limit, noun in sorted(service.ulimits.items()):
            yield Measured(("services", name, "ulimits", limit), max(noun.pair), f"`{limit}` of `{name}`")
