"""Where tasks and load balancers have their addresses: in subnets that the spec says, or that a deployment names."""

from __future__ import annotations

from typing import NamedTuple

from twipc.diagnostics import Path
from twipc.formats.document import At, Value

from ..options import Options

VPC = "Vpc"
"""A group is of a VPC, and a subnet does not tell of which it is."""
PRIVATE, PUBLIC = ("PrivateSubnetA", "PrivateSubnetB"), ("PublicSubnetA", "PublicSubnetB")
"""Parameters, or what the template makes: whoever refers to them need not know."""
PARAMETERS: dict[str, tuple[str, str]] = {
    VPC: ("AWS::EC2::VPC::Id", "The VPC of the subnets."),
    "PrivateSubnetA": (
        "AWS::EC2::Subnet::Id",
        "For tasks, in one zone: with a way to ECR, S3, CloudWatch Logs and Secrets Manager.",
    ),
    "PrivateSubnetB": ("AWS::EC2::Subnet::Id", "For tasks, in another zone, with the same ways."),
    "PublicSubnetA": ("AWS::EC2::Subnet::Id", "For the load balancer, in one zone: with a route to an internet gateway."),
    "PublicSubnetB": ("AWS::EC2::Subnet::Id", "For the load balancer, in another zone, with the same route."),
}
"""What a deployment is asked for if the template refers to it: its type, and what it is."""


class Subnet(NamedTuple):
    """`label` is of letters and digits, and the same whatever other subnets there are."""

    label: str
    id: Value


def task_subnets(options: Options) -> tuple[Subnet, ...]:
    """Of tasks, and of what they mount."""
    here: Path = ("targets", "ecs", "subnets")
    if options.subnets:
        return tuple(Subnet(said.removeprefix("subnet-"), At(here, said)) for said in options.subnets)
    return tuple(Subnet(name, {"Ref": name}) for name in PRIVATE)


def balancer_subnets(options: Options) -> tuple[Subnet, ...]:
    """Of a load balancer: an internal one is where tasks are, if nothing else is said."""
    here: Path = ("targets", "ecs", "load_balancer", "subnets")
    said = options.load_balancer
    if said and said.subnets:
        return tuple(Subnet(one.removeprefix("subnet-"), At(here, one)) for one in said.subnets)
    if said and said.scheme == "internal":
        return task_subnets(options)
    return tuple(Subnet(name, {"Ref": name}) for name in PUBLIC)


def parameters(options: Options, wanted: set[str]) -> dict[str, Value]:
    """What a deployment has to say: what the template refers to, and does not make."""
    if options.network:
        return {}
    return {name: {"Type": kind, "Description": what} for name, (kind, what) in PARAMETERS.items() if name in wanted}
