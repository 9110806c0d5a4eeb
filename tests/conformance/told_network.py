"""What EC2 tells of a network that a stack has made, with all that told.py knows."""

from __future__ import annotations

from functools import partial
from typing import Any

from tests.conformance.moto import Moto
from tests.conformance.told import TOLD, Properties, teller

__all__ = ["TOLD"]
DESCRIBED = {
    "EIP": ("addresses", "PublicIps", "Addresses"),
    "InternetGateway": ("internet_gateways", "InternetGatewayIds", "InternetGateways"),
    "NatGateway": ("nat_gateways", "NatGatewayIds", "NatGateways"),
    "RouteTable": ("route_tables", "RouteTableIds", "RouteTables"),
    "Subnet": ("subnets", "SubnetIds", "Subnets"),
    "VPC": ("vpcs", "VpcIds", "Vpcs"),
    "VPCEndpoint": ("vpc_endpoints", "VpcEndpointIds", "VpcEndpoints"),
}
"""What is asked of each kind, by which ids, and where the answer has it."""


def described(kind: str, moto: Moto, id_: str) -> dict[str, Any]:
    what, ids, member = DESCRIBED[kind]
    [found] = getattr(moto.client("ec2"), f"describe_{what}")(**{ids: [id_]})[member]
    return {**found, "Tags": [tag for tag in found.get("Tags", []) if not tag["Key"].startswith("aws:")]}


for _kind in DESCRIBED:
    TOLD[f"AWS::EC2::{_kind}"] = partial(described, _kind)


@teller("AWS::EC2::NatGateway")
def _nat(moto: Moto, id_: str) -> Properties:
    found = described("NatGateway", moto, id_)
    return {**found, "AllocationId": found["NatGatewayAddresses"][0]["PublicIp"]}  # by which an address is known here


@teller("AWS::EC2::VPC")
def _vpc(moto: Moto, id_: str) -> Properties:
    found = described("VPC", moto, id_)
    for name in ("EnableDnsSupport", "EnableDnsHostnames"):
        word = name[0].lower() + name[1:]
        found[name] = moto.client("ec2").describe_vpc_attribute(VpcId=id_, Attribute=word)[name]["Value"]
    return found


@teller("AWS::EC2::Route")
def _route(moto: Moto, id_: str) -> Properties:
    table, _, destination = id_.partition("~")
    [found] = (one for one in described("RouteTable", moto, table)["Routes"] if one.get("DestinationCidrBlock") == destination)
    return {**found, "RouteTableId": table}


@teller("AWS::EC2::SubnetRouteTableAssociation")
def _association(moto: Moto, id_: str) -> Properties:
    """It is called like its table, of which there may be several."""
    found = described("RouteTable", moto, id_)["Associations"]
    return {"RouteTableId": id_, "SubnetId": found[0]["SubnetId"] if found else None}


@teller("AWS::EC2::VPCGatewayAttachment")
def _attachment(moto: Moto, id_: str) -> Properties:
    asked = [{"Name": "attachment.vpc-id", "Values": [id_]}]
    [found] = moto.client("ec2").describe_internet_gateways(Filters=asked)["InternetGateways"]
    return {**found, "VpcId": id_}
