"""A service of ECS: how many tasks, where, and who leads to them."""

from __future__ import annotations

from twipc.diagnostics import Path
from twipc.formats.document import At, Value, without_nothing
from twipc.model import Model
from twipc.spec import Service

from .. import limits
from ..alb.targets import groups_to
from ..network.groups import group_of
from ..network.names import registry_of_name
from ..network.subnets import task_subnets
from ..nlb.ports import targets_of
from ..options import Options
from ..tags import tags
from ..task.wiring import https_of
from ..template.making import groups_of, target_group_of
from ..template.places import cluster
from ..untemplated import obstacles
from .deployment import deployment
from .placing import placement

_HERE: Path = ("targets", "ecs")


def service_input(model: Model, options: Options, name: str) -> dict[str, Value]:
    service = model.environment.services[name]
    here: Path = ("services", name)
    family = At(("project",), f"{model.name}-{name}")
    balancers = _load_balancers(model, options, name)
    registry = registry_of_name(model, options, name)
    fargate = options.launch == "fargate"
    return without_nothing(
        {
            "cluster": cluster(options),
            "serviceName": family,
            "taskDefinition": family,
            "desiredCount": _count(model, name, service),
            "schedulingStrategy": At((*here, "restart"), "REPLICA"),
            "launchType": At((*_HERE, "launch"), options.launch.upper()),
            "platformVersion": "1.4.0" if fargate else None,
            "deploymentController": {"type": "ECS"},
            **deployment(model, name, service),
            **placement(options.launch, name, service),
            "networkConfiguration": {"awsvpcConfiguration": _network(options, name)},
            "loadBalancers": balancers,
            "healthCheckGracePeriodSeconds": _grace(service) if balancers else None,
            "serviceRegistries": [At((*_HERE, "cloud_map_services", name), {"registryArn": registry})] if registry else [],
            "enableExecuteCommand": False,
            "enableECSManagedTags": True,
            "propagateTags": "SERVICE",
            "tags": tags(model, options, name),
        }
    )


def _count(model: Model, name: str, service: Service) -> Value:
    """None where it is a range, or each deployment would go back to it, whatever the load (AWS::ECS::Service, DesiredCount).

    The first begins with one task, and the range brings it to its least (botocore's text of RegisterScalableTarget).
    """
    if service.autoscaling and not any(obstacles(model)):
        return None
    return At(("services", name, "replicas"), 1 if service.standby else service.replicas)


def _network(options: Options, name: str) -> dict[str, Value]:
    groups = "service_security_groups" if name in options.service_security_groups else "security_groups"
    return without_nothing(
        {
            "subnets": At((*_HERE, "subnets"), [subnet.id for subnet in task_subnets(options)]),
            "securityGroups": At((*_HERE, groups), list(groups_of(options, name)) or [group_of(name)]),
            "assignPublicIp": "DISABLED",
        }
    )


def _load_balancers(model: Model, options: Options, name: str) -> list[Value]:
    """One target group for each published port; a port on one address of a host is never balanced.

    A number that is TCP and UDP may have one group for both.
    """
    found: dict[tuple[str, int], Value] = {}
    for group, port in groups_to(model, name):
        found[group, port] = {"targetGroupArn": {"Ref": group}, "containerName": name, "containerPort": port}
    for index, publish in enumerate(model.environment.services[name].publish):
        arn = target_group_of(options, name, publish.port)
        number = model.number(name, publish.port)
        https = https_of(model.environment.services[name])
        if arn and publish.address is None and publish.port != https and (arn, number) not in found:
            found[arn, number] = At(
                ("services", name, "publish", index),
                {
                    "targetGroupArn": At((*_HERE, "target_groups", name, publish.port), arn),
                    "containerName": name,
                    "containerPort": number,
                },
            )
    for targets in targets_of(model, options, name):
        made: Value = {"targetGroupArn": {"Ref": targets.id}, "containerName": name, "containerPort": targets.number}
        found[targets.id, targets.number] = At(("services", name, "publish"), made)
    return list(found.values())


def _grace(service: Service) -> int:
    """Time before the load balancer's opinion counts: until the container's own check would have given up."""
    health = service.health
    if health is None:
        return 60
    return limits.START_PERIOD.fit(health.start_period) + health.failures * limits.INTERVAL.fit(health.interval)
