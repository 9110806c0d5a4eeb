"""The load balancer that the template makes: its listeners, its security group, and whom that lets in and out."""

from __future__ import annotations

from collections.abc import Iterator

from twipc.diagnostics import Path
from twipc.formats.document import At, Value
from twipc.model import Model

from ..network.subnets import VPC, balancer_subnets
from ..options import LoadBalancer, Options
from ..tags import own, pairs
from ..template.logical import logical
from ..template.making import groups_of
from .ports import Listener, listeners, listeners_of, targets_of
from .target_groups import checked, target_group

BALANCER = "LoadBalancer"
GROUP = "GroupOfBalancer"
"""Not with the word for a group at its end, as those of services have it."""
_HERE: Path = ("targets", "ecs", "load_balancer")


def balancer(model: Model, options: Options) -> dict[str, Value]:
    """All of it, but what is of one service: its target groups."""
    led = listeners(model, options)
    if not led:
        return {}
    return {
        GROUP: _group(model, options, led),
        BALANCER: _load_balancer(model, options),
        **{one.id: listener(one) for one in led},
    }


def targets(model: Model, options: Options, name: str) -> dict[str, Value]:
    """The target groups of a service, and the rules by which the load balancer reaches it."""
    found = {one.id: target_group(model, options, one) for one in targets_of(model, options, name)}
    if not groups_of(options, name):
        for protocol, number in reached(model, options, name):
            rule = {"GroupId": group_id(), **_ports(protocol, number), "Description": f"to {name}"}
            rule["DestinationSecurityGroupId"] = {"Fn::GetAtt": [logical(name, "Group"), "GroupId"]}
            found[rule_id(name, protocol, number)] = At(
                ("services", name), {"Type": "AWS::EC2::SecurityGroupEgress", "Properties": rule}
            )
    return found


def waited_for(model: Model, options: Options, name: str) -> list[str]:
    """What tasks that are balanced wait for: ECS refuses a target group that no listener leads to."""
    led = [one.id for one in listeners_of(model, options, name)]
    apart = [] if groups_of(options, name) else [rule_id(name, *way) for way in reached(model, options, name)]
    return [*led, *apart]


def group_id() -> Value:
    return {"Fn::GetAtt": [GROUP, "GroupId"]}


def rule_id(name: str, protocol: str, number: int) -> str:
    return f"{logical(name, 'Balanced')}{number}{'' if protocol == 'tcp' else protocol}"


def reached(model: Model, options: Options, name: str) -> list[tuple[str, int]]:
    """Where the load balancer goes to a service: to what is published, and to what it asks for health."""
    found: set[tuple[str, int]] = set()
    for one in targets_of(model, options, name):
        found |= {(protocol, one.number) for protocol in one.protocols}
        asked = checked(model, one)
        found |= {("tcp", asked)} if asked else set()
    return sorted(found)


def told(model: Model, options: Options) -> dict[str, Value]:
    """What it is called, and whom groups that are said have to let in."""
    led = listeners(model, options)
    found: dict[str, Value] = {}
    if led:
        what = f"Where {model.name} is reached, on its published ports."
        found[BALANCER] = {"Description": what, "Value": {"Fn::GetAtt": [BALANCER, "DNSName"]}}
    if any(groups_of(options, one.targets.service) for one in led):
        what = "The security group of the load balancer: groups that the spec names have to let it in."
        found[GROUP] = {"Description": what, "Value": group_id()}
    return found


def _load_balancer(model: Model, options: Options) -> Value:
    said = options.load_balancer or LoadBalancer()
    properties: dict[str, Value] = {
        "Type": "network",
        "Scheme": At((*_HERE, "scheme"), said.scheme),
        "IpAddressType": "ipv4",
        "Subnets": At((*_HERE, "subnets"), [subnet.id for subnet in balancer_subnets(options)]),
        # With none it could never have one later (ELB guide, security groups of Network Load Balancers).
        "SecurityGroups": [group_id()],
        "LoadBalancerAttributes": pairs(
            {
                "deletion_protection.enabled": At(
                    (*_HERE, "deletion_protection"), "true" if said.deletion_protection else "false"
                ),
                "load_balancing.cross_zone.enabled": "true",
            }
        ),
        "Tags": own(model),
    }
    return At(_HERE, {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "Properties": properties})


def listener(one: Listener) -> Value:
    here: Path = ("services", one.targets.service, "publish", one.publications[0])
    properties: dict[str, Value] = {
        "LoadBalancerArn": {"Ref": BALANCER},
        "Port": At((*here, "host"), one.port),
        "Protocol": one.targets.protocol,
        "DefaultActions": [{"Type": "forward", "TargetGroupArn": {"Ref": one.targets.id}}],
    }
    return At(here, {"Type": "AWS::ElasticLoadBalancingV2::Listener", "Properties": properties})


def _group(model: Model, options: Options, led: list[Listener]) -> Value:
    """Anybody may come in, to what is published and nowhere else."""
    inward: list[Value] = [
        At(
            ("services", one.targets.service, "publish", index),
            {**_ports(protocol, one.port), "CidrIp": "0.0.0.0/0", "Description": f"published by {one.targets.service}"},
        )
        for one in led
        for protocol, index in zip(one.targets.protocols, one.publications, strict=True)
    ]
    # Where nothing is said of what goes out, all may: a rule that lets nothing out says something.
    nothing: Value = {**_ports("icmp", -1), "CidrIp": "127.0.0.1/32", "Description": "nothing else"}
    properties: dict[str, Value] = {
        "GroupDescription": f"{model.name}: its load balancer",
        "VpcId": {"Ref": VPC},
        "SecurityGroupIngress": inward,
        "SecurityGroupEgress": [*_to_said_groups(model, options)] or [nothing],
        "Tags": own(model),
    }
    return At((), {"Type": "AWS::EC2::SecurityGroup", "Properties": properties})


def _to_said_groups(model: Model, options: Options) -> Iterator[Value]:
    """Rules for groups that are made stand apart: these name the load balancer's too."""
    for name, _ in model.services:
        for protocol, number in reached(model, options, name):
            for group in groups_of(options, name):
                yield {**_ports(protocol, number), "DestinationSecurityGroupId": group, "Description": f"to {name}"}


def _ports(protocol: str, number: int) -> dict[str, Value]:
    return {"IpProtocol": protocol, "FromPort": number, "ToPort": number}
