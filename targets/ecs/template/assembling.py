"""The environment as one template of CloudFormation: what each service needs, from the documents that `aws ecs` takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from twipc.diagnostics import Path
from twipc.formats.document import At, Value
from twipc.model import Model
from twipc.spec import Http
from twipc.target import Artifact

from ..alb.targets import groups_to, leading
from ..edges import edges, listeners, running
from ..network import groups
from ..network.names import names
from ..network.subnets import PRIVATE, parameters
from ..network.vpc import awaited, network
from ..nlb import balancer
from ..options import Options
from ..render import document
from ..service.scaling import scaling
from ..tags import own
from ..task.file_systems import file_systems, mount_targets, volumes_to_make
from ..task.roles import execution_role, task_role
from . import places
from .casing import cased, said
from .logical import logical
from .making import log_group_of, made_volumes

NAME = "template.json"
_HERE: Path = ("targets", "ecs")
_LOG_GROUP = ("containerDefinitions", 0, "logConfiguration", "options", "awslogs-group")


def template(model: Model, options: Options, inputs: Mapping[str, tuple[Value, Value]]) -> Artifact:
    """Of each service its task definition and its service, which a job has not; of a server that gives way its balancer."""
    resources: dict[str, Value] = {}
    tasks = running(model, options)
    balancers = {id_: one for name, http in edges(model, options).items() for id_, one in _balancer(model, options, name, http)}
    if options.cluster is None:
        resources[places.CLUSTER] = _cluster(model)
    resources |= names(tasks, options)
    resources |= file_systems(tasks, options)
    resources |= balancer.balancer(tasks, options)
    for name, (task, service) in sorted(inputs.items()):
        resources |= _resources(tasks, options, name, task, service, balancers)
    resources |= balancers
    wanted = set(_referred(said(resources, ())))
    resources |= network(tasks, options, wanted)
    return document(
        NAME,
        (),
        {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Description": At(("project",), f"{model.name}: written by twipc; edit the spec, not this file."),
            # ARNs and ids below are of one region; elsewhere the stack would fail halfway.
            "Rules": {"Region": At((*_HERE, "region"), _only_in(options.region))},
            **_asked(options, wanted),
            "Resources": resources,
            **_told(model, options),
        },
    )


def _balancer(model: Model, options: Options, name: str, http: Http) -> Iterator[tuple[str, Value]]:
    """A load balancer with all that it needs, its group among it."""
    from ..alb.balancer import load_balancer

    ports = sorted(publish.host for _, publish in listeners(options, name, model.environment.services[name]))
    yield from load_balancer(model, options, name, http).items()
    yield from groups.balancers_group(running(model, options), options, name, ports).items()


def _asked(options: Options, wanted: set[str]) -> dict[str, Value]:
    """What a deployment has to say, if the template makes something for which it is wanted."""
    asked = parameters(options, wanted)
    return {"Parameters": asked} if asked else {}


def _referred(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from [name for name in [value.get("Ref")] if isinstance(name, str)]
        for child in value.values():
            yield from _referred(child)
    elif isinstance(value, list):
        for item in value:
            yield from _referred(item)


def _told(model: Model, options: Options) -> dict[str, Value]:
    """Where it is reached, the groups that jobs are run with or that others have to let in, and what outlives the stack."""
    told: dict[str, Value] = {}
    for name in edges(model, options):
        address: Value = {"Fn::GetAtt": [logical(name, "LoadBalancer"), "DNSName"]}
        told[logical(name, "Address")] = _output(f"The name by which {name} is asked.", address)
        what = f"The security group of {name}: groups of its members that the spec names let it in."
        told[logical(name, "Group")] = _output(what, groups.group_of(name))
    model = running(model, options)
    told |= balancer.told(model, options)
    for name, service in model.services:
        if groups.makes_group(model, options, name):
            if service.kind == "job":
                told[logical(name, "Group")] = _output(f"The security group that {name} is run with.", groups.group_of(name))
            elif groups.mounts_said(model, options, name):
                what = f"The security group of {name}: the mount targets of its volumes have to let it in, on port 2049."
                told[logical(name, "Group")] = _output(what, groups.group_of(name))
    for name in PRIVATE if options.network else ():
        told[name] = _output(f"A subnet of tasks, in zone {name[-1]}.", {"Ref": name})
    for volume in volumes_to_make(model, options):
        if model.environment.volumes[volume].retention == "keep":
            what = f"The file system of the volume {volume}, which outlives this stack."
            told[logical(volume, "Files")] = _output(what, {"Ref": logical(volume, "Files")})
    return {"Outputs": told} if told else {}


def _output(what: str, value: Value) -> Value:
    return {"Description": what, "Value": value}


def _only_in(region: str) -> Value:
    asserted: Value = {
        "Assert": {"Fn::Equals": [{"Ref": "AWS::Region"}, region]},
        "AssertDescription": f"This environment is of {region}.",
    }
    return {"Assertions": [asserted]}


def _resources(
    model: Model, options: Options, name: str, task: Value, service: Value, balancers: Mapping[str, Value]
) -> dict[str, Value]:
    here: Path = ("services", name)
    found: dict[str, Value] = {}
    instead: dict[tuple[str | int, ...], Value] = {}
    group = log_group_of(model, options, name)
    if said(task, _LOG_GROUP) == group:
        found[logical(name, "Logs")] = At((*_HERE, "log_group"), _log_group(model, options, name, group))
        instead[_LOG_GROUP] = {"Ref": logical(name, "Logs")}
    if places.makes_execution_role(options, name):
        found[logical(name, "ExecutionRole")] = At(here, starting_role(model, name, task))
    if places.makes_task_role(model, options, name):
        found[logical(name, "TaskRole")] = At((*here, "mounts"), task_role(model, options, name))
    found[logical(name, "Task")] = At(here, {"Type": "AWS::ECS::TaskDefinition", "Properties": cased(task, instead)})
    if service is not None:
        runs: dict[tuple[str | int, ...], Value] = {("taskDefinition",): {"Ref": logical(name, "Task")}}
        before = {*groups.rules_apart(model, options, name), *balancer.waited_for(model, options, name)}
        before |= {id_ for volume in made_volumes(model, options, name) for id_ in mount_targets(options, volume)}
        before |= {*leading(balancers, {group for group, _ in groups_to(model, name)}), *awaited(model, options)}
        after: dict[str, Value] = {"DependsOn": sorted(before)} if before else {}
        made: Value = {"Type": "AWS::ECS::Service", **after, "Properties": cased(service, runs)}
        found[logical(name, "Service")] = At(here, made)
        found |= scaling(model, options, name)
    if groups.makes_group(model, options, name):
        found |= groups.groups(model, options, name)
    return found | balancer.targets(model, options, name)


def _cluster(model: Model) -> Value:
    """Called like the environment, so that `aws ecs run-task` finds it."""
    properties: Value = {
        "ClusterName": model.name,
        "ClusterSettings": [{"Name": "containerInsights", "Value": "enabled"}],
        "Tags": own(model),
    }
    return At((), {"Type": "AWS::ECS::Cluster", "Properties": properties})


def starting_role(model: Model, name: str, task: Value) -> Value:
    """The role with which ECS starts a task, for what its definition asks for."""
    container = ("containerDefinitions", 0)
    log = said(task, (*container, "logConfiguration"))
    secrets = said(task, (*container, "secrets")) or []
    options = log["options"] if log["logDriver"] == "awslogs" else {}
    arns = [one["valueFrom"] for one in secrets]
    return execution_role(model, name, said(task, (*container, "image")), options, arns)


def _log_group(model: Model, options: Options, name: str, group: str) -> Value:
    """What was logged outlives the stack, and not its days: CloudWatch alone keeps it for ever, and for money."""
    tagged: Value = own(model, service=name)
    return {
        "Type": "AWS::Logs::LogGroup",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": {
            "LogGroupName": group,
            "RetentionInDays": At((*_HERE, "log_retention"), options.log_retention),
            "Tags": tagged,
        },
    }
