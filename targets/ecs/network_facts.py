"""What the deployment of a template is asked for: a second statement of it."""

from __future__ import annotations

from twipc.model import Model

from . import expected
from .balancer_facts import PUBLIC, balancer_subnets, ways
from .name_facts import makes_names
from .options import Options

_SAID = {
    "Vpc": ("VPC", "The VPC of the subnets."),
    "PrivateSubnetA": ("Subnet", "For tasks, in one zone: with a way to ECR, S3, CloudWatch Logs and Secrets Manager."),
    "PrivateSubnetB": ("Subnet", "For tasks, in another zone, with the same ways."),
    "PublicSubnetA": ("Subnet", "For the load balancer, in one zone: with a route to an internet gateway."),
    "PublicSubnetB": ("Subnet", "For the load balancer, in another zone, with the same route."),
}


def asked(model: Model, options: Options) -> dict[str, object]:
    """Only for what is made: groups and names want a VPC; tasks and what they mount want subnets, where none is said."""
    files = any(expected.makes_volume(model, options, volume) for volume in model.environment.volumes)
    led = any(ways(model, options, name) for name, _ in model.services)
    wanted = ["Vpc"] if files or led or expected.makes_groups(model, options) or makes_names(model, options) else []
    lasting = any(service.kind == "service" for _, service in model.services)
    wanted += ["PrivateSubnetA", "PrivateSubnetB"] if not options.subnets and (lasting or files) else []
    if led and balancer_subnets(options) == PUBLIC:
        wanted += ["PublicSubnetA", "PublicSubnetB"]
    return {
        name: {"Type": f"AWS::EC2::{kind}::Id", "Description": what} for name, (kind, what) in _SAID.items() if name in wanted
    }
