"""A network that the template makes when asked: two zones, tasks without public addresses, and the ways that they need."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Network

from twipc.diagnostics import Path
from twipc.formats.document import At, Value
from twipc.model import Model, image_of

from ..images.pins import is_pushed
from ..options import MadeNetwork, Options
from ..tags import own
from ..task.wiring import secrets
from ..template.casing import said
from .groups import is_open
from .subnets import PRIVATE, PUBLIC, VPC

ZONES = ("A", "B")
_HERE: Path = ("targets", "ecs", "network")
_ANYWHERE = "0.0.0.0/0"
_PULL = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetAuthorizationToken", "ecr:GetDownloadUrlForLayer"]
_ENDPOINTS: dict[str, tuple[str, list[str]]] = {
    "EcrApi": ("ecr.api", _PULL),
    "EcrImages": ("ecr.dkr", _PULL),
    "Logs": ("logs", ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]),
    "Secrets": ("secretsmanager", ["secretsmanager:GetSecretValue"]),
    "Parameters": ("ssm", ["ssm:GetParameters"]),
}
"""By logical name: the service of AWS, and what is asked of it (ECS guide, "interface VPC endpoints")."""


def network(model: Model, options: Options, wanted: set[str]) -> dict[str, Value]:
    """The network, if it is asked for; public subnets where somebody wants them, or a way out leads through them."""
    if options.network is None:
        return {}
    out = has_way_out(model, options)
    found = dict(_vpc(model, options.network))
    if out or wanted & set(PUBLIC):
        found |= _public(model, options.network)
    for nth, zone in enumerate(ZONES):
        found |= _private(model, options.network, nth, zone)
        found |= _translated(model, zone) if out else {}
    found |= _endpoints(model, options, options.network)
    return {id_: At(_HERE, one) for id_, one in found.items()}


def awaited(model: Model, options: Options) -> list[str]:
    """What tasks wait for: without its ways none starts."""
    if options.network is None:
        return []
    ways = [f"PrivateWay{zone}" for zone in ZONES] if has_way_out(model, options) else []
    ways += [one for one in _endpoints(model, options, options.network) if one.endswith("Endpoint")]
    return [*ways, *(f"PrivateSubnet{zone}Routes" for zone in ZONES)]


def has_way_out(model: Model, options: Options) -> bool:
    """Whether something of the environment is to reach more than AWS's own endpoints of its region.

    So is what a network of the spec leads to, and images, logs and secrets of elsewhere. Hosts of one's own ask for more than a
    task does, such as updates.
    """
    return options.launch == "ec2" or any(_goes_out(model, options, name) for name, _ in model.services)


def _goes_out(model: Model, options: Options, name: str) -> bool:
    service = model.environment.services[name]
    made_here = service.http or service.configs or is_pushed(service)
    image = f"{options.registry}/" if made_here else image_of(service)
    here = re.match(rf"[0-9]{{12}}\.dkr\.ecr\.{re.escape(options.region)}\.amazonaws\.com/", image)
    regions = [arn.split(":")[3] for arn in _arns(model, name)]
    logging = service.logging
    regions += [logging.told["awslogs-region"]] if "awslogs-region" in logging.told else []
    return is_open(model, name) or not here or any(region != options.region for region in regions)


def _arns(model: Model, name: str) -> list[str]:
    return [str(said(one, ("valueFrom",))) for one in secrets(model, name)]


def ranges(made: MadeNetwork) -> dict[str, str]:
    """The first two quarters are of tasks; of the last one the first two quarters are public."""
    quarters = [*IPv4Network(made.cidr).subnets(2)]
    public = [*quarters[3].subnets(2)]
    return {name: str(range_) for name, range_ in zip((*PRIVATE, *PUBLIC), (*quarters[:2], *public[:2]), strict=True)}


def _vpc(model: Model, made: MadeNetwork) -> Iterator[tuple[str, Value]]:
    """With names: a private namespace, file systems and endpoints are found by them."""
    properties: Value = {
        "CidrBlock": At((*_HERE, "cidr"), made.cidr),
        "EnableDnsSupport": True,
        "EnableDnsHostnames": True,
        "Tags": _tags(model, ""),
    }
    yield VPC, {"Type": "AWS::EC2::VPC", "Properties": properties}


def _public(model: Model, made: MadeNetwork) -> dict[str, Value]:
    """Subnets with a route to the internet, in which nothing gets a public address by itself."""
    vpc: Value = {"Ref": VPC}
    attached: Value = {"VpcId": vpc, "InternetGatewayId": {"Ref": "InternetGateway"}}
    way: dict[str, Value] = {"RouteTableId": {"Ref": "PublicRoutes"}, "DestinationCidrBlock": _ANYWHERE}
    found: dict[str, Value] = {
        "InternetGateway": {"Type": "AWS::EC2::InternetGateway", "Properties": {"Tags": _tags(model, "")}},
        "InternetGatewayAttachment": {"Type": "AWS::EC2::VPCGatewayAttachment", "Properties": attached},
        "PublicRoutes": {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": vpc, "Tags": _tags(model, "public")}},
        "PublicWay": {
            "Type": "AWS::EC2::Route",
            "DependsOn": ["InternetGatewayAttachment"],
            "Properties": {**way, "GatewayId": {"Ref": "InternetGateway"}},
        },
    }
    for nth, zone in enumerate(ZONES):
        # What has its address there, as a load balancer, has to find the way out.
        found[f"PublicSubnet{zone}"] = _subnet(model, made, f"PublicSubnet{zone}", nth, ["PublicWay"])
        found[f"PublicSubnet{zone}Routes"] = _routed(f"PublicSubnet{zone}", "PublicRoutes")
    return found


def _private(model: Model, made: MadeNetwork, nth: int, zone: str) -> dict[str, Value]:
    routes = f"PrivateRoutes{zone}"
    properties: Value = {"VpcId": {"Ref": VPC}, "Tags": _tags(model, f"private {zone.lower()}")}
    return {
        f"PrivateSubnet{zone}": _subnet(model, made, f"PrivateSubnet{zone}", nth, []),
        routes: {"Type": "AWS::EC2::RouteTable", "Properties": properties},
        f"PrivateSubnet{zone}Routes": _routed(f"PrivateSubnet{zone}", routes),
    }


def _translated(model: Model, zone: str) -> dict[str, Value]:
    """A way out of each zone, so that none goes with another one: from outside nobody comes by it."""
    address: Value = {"Domain": "vpc", "Tags": _tags(model, f"nat {zone.lower()}")}
    gateway: Value = {
        "AllocationId": {"Fn::GetAtt": [f"Address{zone}", "AllocationId"]},
        "SubnetId": {"Ref": f"PublicSubnet{zone}"},
        "Tags": _tags(model, f"nat {zone.lower()}"),
    }
    way: Value = {
        "RouteTableId": {"Ref": f"PrivateRoutes{zone}"},
        "DestinationCidrBlock": _ANYWHERE,
        "NatGatewayId": {"Ref": f"Nat{zone}"},
    }
    before: Value = ["InternetGatewayAttachment"]
    return {
        f"Address{zone}": {"Type": "AWS::EC2::EIP", "DependsOn": before, "Properties": address},
        f"Nat{zone}": {
            "Type": "AWS::EC2::NatGateway",
            "DependsOn": [f"PublicSubnet{zone}Routes", "PublicWay"],
            "Properties": gateway,
        },
        f"PrivateWay{zone}": {"Type": "AWS::EC2::Route", "Properties": way},
    }


def _subnet(model: Model, made: MadeNetwork, name: str, nth: int, before: list[str]) -> Value:
    what = f"{'public' if name in PUBLIC else 'private'} {name[-1].lower()}"
    properties: Value = {
        "VpcId": {"Ref": VPC},
        "CidrBlock": At((*_HERE, "cidr"), ranges(made)[name]),
        "AvailabilityZone": {"Fn::Select": [nth, {"Fn::GetAZs": ""}]},
        "MapPublicIpOnLaunch": False,
        "Tags": _tags(model, what),
    }
    after: dict[str, Value] = {"DependsOn": list(before)} if before else {}
    return {"Type": "AWS::EC2::Subnet", **after, "Properties": properties}


def _routed(subnet: str, routes: str) -> Value:
    properties: Value = {"SubnetId": {"Ref": subnet}, "RouteTableId": {"Ref": routes}}
    return {"Type": "AWS::EC2::SubnetRouteTableAssociation", "Properties": properties}


def _endpoints(model: Model, options: Options, made: MadeNetwork) -> dict[str, Value]:
    """S3's costs nothing, and layers of images come by it. The others, by the hour, only where no way leads out.

    Then they let through what starting a task asks for, by roles of this account, and nothing else.
    """
    out = has_way_out(model, options)
    gateway: dict[str, Value] = {
        "VpcId": {"Ref": VPC},
        "VpcEndpointType": "Gateway",
        "ServiceName": {"Fn::Sub": "com.amazonaws.${AWS::Region}.s3"},
        "RouteTableIds": [{"Ref": f"PrivateRoutes{zone}"} for zone in ZONES],
    }
    if not out:
        gateway["PolicyDocument"] = _layers()
    found: dict[str, Value] = {"S3Endpoint": {"Type": "AWS::EC2::VPCEndpoint", "Properties": gateway}}
    for name in [] if out else _asked(model):
        found[f"{name}Endpoint"] = _interface(*_ENDPOINTS[name])
    if not out:
        found["EndpointsNetwork"] = _group(model, made)
    return found


def _asked(model: Model) -> list[str]:
    kinds = {arn.split(":")[2] for name, _ in model.services for arn in _arns(model, name)}
    needless = {name for name, (service, _) in _ENDPOINTS.items() if service in {"secretsmanager", "ssm"} - kinds}
    return [name for name in _ENDPOINTS if name not in needless]


def _interface(service: str, actions: list[str]) -> Value:
    """Whom and what it is of the asking role's policy says; `*` is everybody of this account."""
    allowed: Value = {
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": list(actions),
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalAccount": {"Ref": "AWS::AccountId"}}},
    }
    properties: Value = {
        "VpcId": {"Ref": VPC},
        "VpcEndpointType": "Interface",
        "ServiceName": {"Fn::Sub": f"com.amazonaws.${{AWS::Region}}.{service}"},
        "PrivateDnsEnabled": True,
        "SubnetIds": [{"Ref": name} for name in PRIVATE],
        "SecurityGroupIds": [{"Fn::GetAtt": ["EndpointsNetwork", "GroupId"]}],
        "PolicyDocument": {"Version": "2012-10-17", "Statement": [allowed]},
    }
    return {"Type": "AWS::EC2::VPCEndpoint", "Properties": properties}


def _layers() -> Value:
    """Of S3 just the bucket that ECR keeps layers in; who asks for them is ECR itself (ECR guide, "Amazon S3 gateway")."""
    bucket: Value = {"Fn::Sub": "arn:${AWS::Partition}:s3:::prod-${AWS::Region}-starport-layer-bucket/*"}
    allowed: Value = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "s3:GetObject", "Resource": bucket}
    return {"Version": "2012-10-17", "Statement": [allowed]}


def _group(model: Model, made: MadeNetwork) -> Value:
    """Of the endpoints: who is in the network may ask, and they ask nobody."""
    https: dict[str, Value] = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    nothing: dict[str, Value] = {"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1, "CidrIp": "127.0.0.1/32"}
    properties: Value = {
        "GroupDescription": f"{model.name}: endpoints of AWS",
        "VpcId": {"Ref": VPC},
        "SecurityGroupIngress": [{**https, "CidrIp": At((*_HERE, "cidr"), made.cidr), "Description": "from the network"}],
        "SecurityGroupEgress": [{**nothing, "Description": "nothing else"}],
        "Tags": _tags(model, "endpoints"),
    }
    return {"Type": "AWS::EC2::SecurityGroup", "Properties": properties}


def _tags(model: Model, what: str) -> list[Value]:
    return own(model, f"{model.name} {what}".rstrip())
