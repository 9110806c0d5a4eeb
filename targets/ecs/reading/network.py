"""What the network of a template is: its ranges, and which way leads where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .files import read_kinds
from .fitting import Shape
from .groups import Note

_TAGS: Shape = [{"Key": str, "Value": str}]
_KINDS: dict[str, Shape] = {
    "AWS::EC2::VPC": {"CidrBlock": str, "EnableDnsSupport": bool, "EnableDnsHostnames": bool, "Tags": _TAGS},
    "AWS::EC2::Subnet": {
        "VpcId": str,
        "CidrBlock": str,
        "AvailabilityZone": str,
        "MapPublicIpOnLaunch": bool,
        "Tags": _TAGS,
    },
    "AWS::EC2::InternetGateway": {"Tags": _TAGS},
    "AWS::EC2::VPCGatewayAttachment": {"VpcId": str, "InternetGatewayId": str},
    "AWS::EC2::RouteTable": {"VpcId": str, "Tags": _TAGS},
    "AWS::EC2::Route": {"RouteTableId": str, "DestinationCidrBlock": str, "GatewayId": str, "NatGatewayId": str},
    "AWS::EC2::SubnetRouteTableAssociation": {"SubnetId": str, "RouteTableId": str},
    "AWS::EC2::EIP": {"Domain": str, "Tags": _TAGS},
    "AWS::EC2::NatGateway": {"AllocationId": str, "SubnetId": str, "Tags": _TAGS},
    "AWS::EC2::VPCEndpoint": {
        "VpcId": str,
        "VpcEndpointType": str,
        "ServiceName": str,
        "RouteTableIds": [str],
        "PrivateDnsEnabled": bool,
        "SubnetIds": [str],
        "SecurityGroupIds": [str],
        "PolicyDocument": {"Statement": [dict]},
    },
}


def read_network(resources: Mapping[str, Mapping[str, Any]], parameters: Mapping[str, object]) -> tuple[list[Note], set[str]]:
    """What is said of each part, and the ids that were read."""
    return read_kinds(_KINDS, {"PolicyDocument": "what comes by it"}, resources, parameters)
