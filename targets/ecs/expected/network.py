"""What the deployment of a template is asked for, or the network that it makes: a second statement of it."""

from __future__ import annotations

import ipaddress
import re
from typing import Any

from twipc.model import Model

from ..options import Options
from . import logs, making
from .groups import way_out
from .names import makes_names
from .nlb import PUBLIC, balancer_subnets, ways
from .roles import image, secret_arns

_SAID = {
    "Vpc": ("VPC", "The VPC of the subnets."),
    "PrivateSubnetA": ("Subnet", "For tasks, in one zone: with a way to ECR, S3, CloudWatch Logs and Secrets Manager."),
    "PrivateSubnetB": ("Subnet", "For tasks, in another zone, with the same ways."),
    "PublicSubnetA": ("Subnet", "For the load balancer, in one zone: with a route to an internet gateway."),
    "PublicSubnetB": ("Subnet", "For the load balancer, in another zone, with the same route."),
}
_AWS = "com.amazonaws.<AWS::Region>."
_EVERYWHERE = "0.0.0.0/0"
_PULLING = ("BatchCheckLayerAvailability", "BatchGetImage", "GetAuthorizationToken", "GetDownloadUrlForLayer")
_LOGGING = ("CreateLogGroup", "CreateLogStream", "PutLogEvents")
_ALLOWED = {
    "EcrApiEndpoint": ("ecr.api", [f"ecr:{one}" for one in _PULLING]),
    "EcrImagesEndpoint": ("ecr.dkr", [f"ecr:{one}" for one in _PULLING]),
    "LogsEndpoint": ("logs", [f"logs:{one}" for one in _LOGGING]),
    "SecretsEndpoint": ("secretsmanager", ["secretsmanager:GetSecretValue"]),
    "ParametersEndpoint": ("ssm", ["ssm:GetParameters"]),
}


def asked(model: Model, options: Options) -> dict[str, object]:
    """Only for what is made: groups and names want a VPC; tasks and what they mount want subnets, where none is said."""
    if options.network is not None:
        return {}
    files = len(making.volumes_made(model, options)) > 0
    led = bool(making.balanced(model)) or any(ways(model, options, name) for name, _ in model.services)
    wanted = ["Vpc"] if files or led or making.makes_groups(model, options) or makes_names(model, options) else []
    lasting = any(service.kind == "service" for _, service in model.services)
    wanted += ["PrivateSubnetA", "PrivateSubnetB"] if not options.subnets and (lasting or files) else []
    if _led(model, options):
        wanted += ["PublicSubnetA", "PublicSubnetB"]
    return {
        name: {"Type": f"AWS::EC2::{kind}::Id", "Description": what} for name, (kind, what) in _SAID.items() if name in wanted
    }


def _led(model: Model, options: Options) -> bool:
    """Whether a load balancer stands where the internet is."""
    led = any(ways(model, options, name) for name, _ in model.services) or bool(making.balanced(model))
    return led and balancer_subnets(options) == PUBLIC


def told(options: Options) -> dict[str, object]:
    """The outputs: where jobs, and hosts of one's own, are to be."""
    names = ("PrivateSubnetA", "PrivateSubnetB") if options.network else ()
    return {name: {"Description": f"A subnet of tasks, in zone {name[-1:]}.", "Value": {"Ref": name}} for name in names}


def leads_out(model: Model, options: Options) -> bool:
    """Whether anything needs more than the endpoints of AWS in this region."""
    own = f".dkr.ecr.{options.region}.amazonaws.com/"
    for name, service in model.services:
        elsewhere = {arn.split(":")[3] for arn in secret_arns(model, service)} | {
            logs.log_options(model, options, name).get("awslogs-region", options.region),
            service.logging.told.get("awslogs-region", options.region),
        }
        host, slash, _ = image(model, options, name).partition("/")
        if (
            way_out(model, name)
            or elsewhere != {options.region}
            or not re.fullmatch("[0-9]{12}" + re.escape(own), host + slash)
        ):
            return True
    return options.launch != "fargate"


def waits(model: Model, options: Options) -> list[str]:
    """What tasks cannot be without."""
    if options.network is None:
        return []
    ways = ["PrivateWayA", "PrivateWayB"] if leads_out(model, options) else []
    return [*ways, "PrivateSubnetARoutes", "PrivateSubnetBRoutes", *_endpoints(model, options)]


def network_facts(model: Model, options: Options, tags: Any) -> dict[tuple[str, str], object]:
    if options.network is None:
        return {}
    called = f"{model.environment.project}-{model.environment.environment}"

    def named(what: str) -> list[dict[str, str]]:
        return [{"Key": "Name", "Value": f"{called} {what}".strip()}, *tags]

    dns = {"EnableDnsSupport": True, "EnableDnsHostnames": True}
    parts: dict[str, tuple[str, dict[str, object]]] = {
        "Vpc": ("VPC", {"CidrBlock": options.network.cidr, **dns, "Tags": named("")})
    }
    out = leads_out(model, options)
    public = out or _led(model, options)
    for zone, other in (("A", "a"), ("B", "b")):
        parts |= _private(options.network.cidr, zone, named(f"private {other}"))
        parts |= _translated(zone, named(f"nat {other}")) if out else {}
        parts |= _public(options.network.cidr, zone, named(f"public {other}")) if public else {}
    parts |= _gateway(named("public"), named("")) if public else {}
    facts: dict[tuple[str, str], object] = {}
    for id_, (kind, said) in {**parts, **_endpoints(model, options)}.items():
        facts["template", f"{id_}: Type"] = f"AWS::EC2::{kind}"
        before = said.pop("DependsOn", None)
        facts |= {("template", f"{id_}: DependsOn"): before} if before else {}
        facts |= {("template", key if ":" in key else f"{id_}.{key}"): value for key, value in said.items()}
    if not out:
        group = {
            "in the template: group": "EndpointsNetwork",
            "EndpointsNetwork.GroupDescription": f"{called}: endpoints of AWS",
            "EndpointsNetwork.VpcId": "<Vpc>",
            "EndpointsNetwork.Tags": named("endpoints"),
            "who reaches it": ((options.network.cidr, "tcp", 443, 443, "from the network"),),
            "whom it reaches": (("127.0.0.1/32", "icmp", -1, -1, "nothing else"),),
        }
        facts |= {("EndpointsNetwork", place): value for place, value in group.items()}
    return facts


Parts = dict[str, tuple[str, dict[str, object]]]


def _range(cidr: str, part: int, of: int) -> str:
    """The `part`th of so many equal ones."""
    network = ipaddress.ip_network(cidr)
    size = network.num_addresses // of
    return f"{network.network_address + part * size}/{network.prefixlen + of.bit_length() - 1}"


def _private(cidr: str, zone: str, tags: Any) -> Parts:
    nth = "AB".index(zone)
    subnet = {"VpcId": "<Vpc>", "CidrBlock": _range(cidr, nth, 4), "AvailabilityZone": f"<zone {nth}>"}
    routes = {"SubnetId": f"<PrivateSubnet{zone}>", "RouteTableId": f"<PrivateRoutes{zone}>"}
    return {
        f"PrivateSubnet{zone}": ("Subnet", {**subnet, "MapPublicIpOnLaunch": False, "Tags": tags}),
        f"PrivateRoutes{zone}": ("RouteTable", {"VpcId": "<Vpc>", "Tags": tags}),
        f"PrivateSubnet{zone}Routes": ("SubnetRouteTableAssociation", dict(routes)),
    }


def _translated(zone: str, tags: Any) -> Parts:
    way = {"RouteTableId": f"<PrivateRoutes{zone}>", "DestinationCidrBlock": _EVERYWHERE, "NatGatewayId": f"<Nat{zone}>"}
    gateway = {"AllocationId": f"Address{zone} of the template", "SubnetId": f"<PublicSubnet{zone}>", "Tags": tags}
    before = [f"PublicSubnet{zone}Routes", "PublicWay"]
    return {
        f"Address{zone}": ("EIP", {"DependsOn": ["InternetGatewayAttachment"], "Domain": "vpc", "Tags": tags}),
        f"Nat{zone}": ("NatGateway", {"DependsOn": before, **gateway}),
        f"PrivateWay{zone}": ("Route", dict(way)),
    }


def _public(cidr: str, zone: str, tags: Any) -> Parts:
    nth = "AB".index(zone)
    subnet = {"VpcId": "<Vpc>", "CidrBlock": _range(cidr, 12 + nth, 16), "AvailabilityZone": f"<zone {nth}>"}
    routes = {"SubnetId": f"<PublicSubnet{zone}>", "RouteTableId": "<PublicRoutes>"}
    more = {"DependsOn": ["PublicWay"], "MapPublicIpOnLaunch": False, "Tags": tags}
    return {
        f"PublicSubnet{zone}": ("Subnet", {**subnet, **more}),
        f"PublicSubnet{zone}Routes": ("SubnetRouteTableAssociation", dict(routes)),
    }


def _gateway(tags: Any, own: Any) -> Parts:
    way = {"RouteTableId": "<PublicRoutes>", "DestinationCidrBlock": _EVERYWHERE, "GatewayId": "<InternetGateway>"}
    return {
        "InternetGateway": ("InternetGateway", {"Tags": own}),
        "InternetGatewayAttachment": ("VPCGatewayAttachment", {"VpcId": "<Vpc>", "InternetGatewayId": "<InternetGateway>"}),
        "PublicRoutes": ("RouteTable", {"VpcId": "<Vpc>", "Tags": tags}),
        "PublicWay": ("Route", {"DependsOn": ["InternetGatewayAttachment"], **way}),
    }


def _endpoints(model: Model, options: Options) -> Parts:
    out = leads_out(model, options)
    s3: dict[str, object] = {
        "VpcId": "<Vpc>",
        "VpcEndpointType": "Gateway",
        "ServiceName": f"{_AWS}s3",
        "RouteTableIds": ["<PrivateRoutesA>", "<PrivateRoutesB>"],
    }
    if out:
        return {"S3Endpoint": ("VPCEndpoint", s3)}
    layers = "arn:<AWS::Partition>:s3:::prod-<AWS::Region>-starport-layer-bucket/*"
    s3["S3Endpoint: what comes by it"] = (("{'AWS': '*'}", "s3:GetObject", layers),)
    found: Parts = {"S3Endpoint": ("VPCEndpoint", s3)}
    wanted = {arn.split(":")[2] for _, service in model.services for arn in secret_arns(model, service)}
    ours = "StringEquals aws:PrincipalAccount <AWS::AccountId>"
    for name, (service, actions) in _ALLOWED.items():
        if service in {"ecr.api", "ecr.dkr", "logs", *wanted}:
            said: dict[str, object] = {
                "VpcId": "<Vpc>",
                "VpcEndpointType": "Interface",
                "ServiceName": f"{_AWS}{service}",
                "PrivateDnsEnabled": True,
                "SubnetIds": ["<PrivateSubnetA>", "<PrivateSubnetB>"],
                "SecurityGroupIds": ["EndpointsNetwork of the template"],
                f"{name}: what comes by it": tuple(sorted(("{'AWS': '*'}", action, "*", ours) for action in actions)),
            }
            found[name] = ("VPCEndpoint", said)
    return found
