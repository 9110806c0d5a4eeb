"""The network that a template makes: who has a way where, and what it is asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest
import yaml

from targets.ecs.network.vpc import network, ranges
from targets.ecs.options import MadeNetwork
from targets.ecs.template.casing import said
from tests.compiling import Outcome
from tests.conformance.moto import Moto, server
from tests.conformance.stacks import Stack
from tests.conformance.test_ecs import compiled_text
from tests.conformance.test_ecs_template import INWARD, NETWORK, SUBNETS, talking, text_of, unnoticed

IMAGE = "image: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/web:1"
KEY = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/key"
FARGATE_NEEDS = {"EcrApiEndpoint", "EcrImagesEndpoint", "LogsEndpoint"}


def resources(outcome: Outcome) -> Any:
    return json.loads(text_of(outcome))["Resources"]


def of(outcome: Outcome, kind: str) -> dict[str, Any]:
    return {name: one["Properties"] for name, one in resources(outcome).items() if one["Type"] == f"AWS::EC2::{kind}"}


@pytest.mark.parametrize("cidr", ["10.0.0.0/16", "172.16.4.0/22", "192.168.128.0/17", "10.255.252.0/22"])
def test_its_subnets_lie_in_it_and_not_in_each_other(cidr: str) -> None:
    found = [IPv4Network(one) for one in ranges(MadeNetwork(cidr=cidr)).values()]
    assert all(one.subnet_of(IPv4Network(cidr)) for one in found)
    assert not [1 for one in found for other in found if one is not other and one.overlaps(other)]
    # ELB guide: at least a /27 for a load balancer.
    assert all(one.prefixlen <= 27 for one in found)


@pytest.mark.parametrize(
    "cidr",
    [
        *("10.0.0.0/15", "10.0.0.0/23", "10.0.0.1/16", "11.0.0.0/16", "172.32.0.0/16", "10.0.0.0", "fd00::/16", "10.0.0.0/016"),
        *("10.0.0.0/255.255.0.0", "", "a", " 10.0.0.0/16", "10.0.0.0/16\\n", "١0.0.0.0/16"),
    ],
)
def test_what_is_no_range_for_it_is_refused(cidr: str) -> None:
    outcome = talking(*NETWORK[:2], (SUBNETS, f'    network: {{cidr: "{cidr}"}}\n'), *NETWORK[3:])
    assert [one.at for one in outcome.findings if one.code.id.startswith("TW")] == ["targets.ecs.network.cidr"]


def test_its_range_is_that_of_the_spec() -> None:
    out = talking(*NETWORK[:2], (SUBNETS, "    network: {cidr: 10.7.0.0/20}\n"), *NETWORK[3:])
    assert of(out, "VPC")["Vpc"]["CidrBlock"] == "10.7.0.0/20"


def test_the_deployment_is_asked_for_nothing_and_tells_where_jobs_are_run() -> None:
    template = json.loads(text_of(talking(*NETWORK)))
    assert "Parameters" not in template
    assert {"PrivateSubnetA", "PrivateSubnetB"} <= template["Outputs"].keys()
    assert "PrivateSubnetA" not in json.loads(text_of(talking())).get("Outputs", {})


def test_each_zone_has_a_way_out_of_its_own_and_nothing_a_public_address() -> None:
    out = talking(*NETWORK)
    routes = of(out, "Route")
    assert {name: one.get("NatGatewayId", one.get("GatewayId")) for name, one in routes.items()} == {
        "PrivateWayA": {"Ref": "NatA"},
        "PrivateWayB": {"Ref": "NatB"},
        "PublicWay": {"Ref": "InternetGateway"},
    }
    gateways = of(out, "NatGateway")
    subnets = of(out, "Subnet")
    for zone in "AB":
        assert gateways[f"Nat{zone}"]["SubnetId"] == {"Ref": f"PublicSubnet{zone}"}
        assert routes[f"PrivateWay{zone}"]["RouteTableId"] == {"Ref": f"PrivateRoutes{zone}"}
        both = (subnets[f"PublicSubnet{zone}"], subnets[f"PrivateSubnet{zone}"])
        assert both[0]["AvailabilityZone"] == both[1]["AvailabilityZone"]
    tables = {one["SubnetId"]["Ref"]: one["RouteTableId"]["Ref"] for one in of(out, "SubnetRouteTableAssociation").values()}
    assert tables == {
        **{f"PrivateSubnet{zone}": f"PrivateRoutes{zone}" for zone in "AB"},
        **{f"PublicSubnet{zone}": "PublicRoutes" for zone in "AB"},
    }
    assert not [name for name, one in subnets.items() if one["MapPublicIpOnLaunch"]]
    assert subnets["PrivateSubnetA"]["AvailabilityZone"] != subnets["PrivateSubnetB"]["AvailabilityZone"]
    assert [*of(out, "VPCEndpoint")] == ["S3Endpoint"]


def test_where_nothing_is_to_get_out_there_are_endpoints_alone() -> None:
    out = talking(*NETWORK, *INWARD)
    assert of(out, "Route") == of(out, "InternetGateway") == of(out, "NatGateway") == {}
    endpoints = of(out, "VPCEndpoint")
    assert endpoints.keys() == {"S3Endpoint", "SecretsEndpoint", *FARGATE_NEEDS}
    assert [name for name in of(out, "Subnet") if name.startswith("Public")] == []
    [inward] = of(out, "SecurityGroup")["EndpointsNetwork"]["SecurityGroupIngress"]
    assert (inward["CidrIp"], inward["FromPort"], inward["ToPort"]) == ("10.0.0.0/16", 443, 443)


def test_a_load_balancer_stands_in_the_public_subnets() -> None:
    published = [change for change in NETWORK if "publish:" not in change[0]]
    out = talking(*published)
    assert resources(out)["LoadBalancer"]["Properties"]["Subnets"] == [{"Ref": "PublicSubnetA"}, {"Ref": "PublicSubnetB"}]
    assert "Parameters" not in json.loads(text_of(out))
    assert {"PublicSubnetA", "PublicSubnetB"} <= of(out, "Subnet").keys()


def test_public_subnets_give_tasks_no_way_out() -> None:
    """Who wants them is reached from there, and need not get out."""
    [one] = talking(*NETWORK, *INWARD).compiled
    made: Any = {name: said(part, ()) for name, part in network(one.model, one.options, {"PublicSubnetA"}).items()}
    assert {"PublicSubnetA", "PublicSubnetB", "InternetGateway"} <= made.keys()
    assert [name for name, part in made.items() if part["Type"] == "AWS::EC2::Route"] == ["PublicWay"]
    assert "PublicSubnetA" not in network(one.model, one.options, {"PrivateSubnetA"})


def test_only_what_holds_secrets_here_is_asked_for_them() -> None:
    ssm = (KEY, "arn:aws:ssm:eu-west-1:111122223333:parameter/shop/key")
    assert of(talking(*NETWORK, *INWARD, ssm), "VPCEndpoint").keys() == {"S3Endpoint", "ParametersEndpoint", *FARGATE_NEEDS}
    none = talking(*NETWORK, *INWARD, (", KEY: {secret: key}", ""), (f'secrets: {{key: {{ecs: "{KEY}"}}}}\n', ""))
    assert of(none, "VPCEndpoint").keys() == {"S3Endpoint", *FARGATE_NEEDS}


@pytest.mark.parametrize(
    "change",
    [
        ("back: {internal: true}", "back: {}"),
        (IMAGE, "image: shop/web:1"),
        (IMAGE, IMAGE.replace("eu-west-1", "eu-west-2")),
        (IMAGE, IMAGE.replace("amazonaws.com", "amazonaws.com.example.com")),
        (IMAGE, IMAGE.replace("dkr.ecr.eu-west-1.amazonaws.com", "dkr-ecr.eu-west-1.on.aws")),
        (KEY, KEY.replace("eu-west-1", "eu-west-2")),
        (IMAGE, f"logging: {{driver: awslogs, options: {{awslogs-group: /shop, awslogs-region: eu-west-2}}}}\n    {IMAGE}"),
        ("launch: fargate", "launch: ec2"),
    ],
    ids=["a network", "Docker Hub", "a region", "a name like ECR's", "dual-stack", "a secret", "a log", "hosts"],
)
def test_what_comes_from_elsewhere_wants_a_way_out(change: tuple[str, str]) -> None:
    more = (
        []
        if change[1] != "back: {}"
        else [
            ("  - {code: TW513, at: networks.back.internal, target: ecs, because: AWS has its endpoints anywhere}\n", ""),
            ("accept:\n", ""),
        ]
    )
    out = talking(*NETWORK, *INWARD, change, *more)
    assert of(out, "NatGateway").keys() == {"NatA", "NatB"}
    assert [*of(out, "VPCEndpoint")] == ["S3Endpoint"]
    assert not of(talking(*NETWORK, *INWARD), "NatGateway")


SMALL = """\
twipc: 1
project: shop
environment: prod
targets:
  ecs:
    launch: fargate
    region: eu-west-1
    cluster: shop
    execution_role: "arn:aws:iam::111122223333:role/shop"
    network: {cidr: 10.4.0.0/18}
services:
  web:
    image: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/web:1
    networks: [back]
    resources: {cpu: 0.25, memory: 512MiB}
networks: {back: {internal: true}}
accept: [{code: TW513, at: networks.back.internal, target: ecs, because: nothing leads out}]
"""


@pytest.mark.parametrize("image", ["111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/web:1", "shop/web:1"], ids=["in", "out"])
def test_each_fault_in_a_line_of_it_is_noticed(image: str) -> None:
    out = compiled_text(SMALL.replace("111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/web:1", image))
    assert bool(of(out, "NatGateway")) == (image == "shop/web:1")
    assert unnoticed(out) == []


@pytest.mark.parametrize("changes", [NETWORK, (*NETWORK, *INWARD)], ids=["out", "in"])
def test_tasks_wait_for_their_ways(changes: Any) -> None:
    out = talking(*changes)
    waited = {*resources(out)["WebService"]["DependsOn"]}
    assert waited >= {"PrivateSubnetARoutes", "PrivateSubnetBRoutes", *of(out, "VPCEndpoint")}
    assert waited >= {name for name in of(out, "Route") if name.startswith("Private")}


@pytest.mark.parametrize(
    "option",
    [
        "subnets: [subnet-0a1b2c3d]",
        "security_groups: [sg-0a1b2c3d]",
        "service_security_groups: {web: [sg-0a1b2c3d]}",
        "volumes: {news: {file_system: fs-0a1b2c3d, access_point: fsap-0a1b2c3d}}",
    ],
)
def test_what_is_in_another_network_is_told(option: str) -> None:
    owner = [] if not option.startswith("volumes") else [('    volume_owners: {news: "70:71"}\n', "")]
    out = talking(*NETWORK, ("    region:", f"    {option}\n    region:"), *owner)
    assert [(one.code.id, one.at) for one in out.findings] == [("ECS115", f"targets.ecs.{option.partition(':')[0]}")]


def test_without_a_template_there_is_no_network() -> None:
    out = talking(
        *NETWORK,
        (
            "    env: {DB: {address: db.sql}}\n    networks: [back]\n    resources: {cpu: 0.25, memory: 512MiB}\n    health",
            '    command: ["{{resolve:ssm:x}}"]\n    networks: [back]\n    resources: {cpu: 0.25, memory: 512MiB}\n    health',
        ),
    )
    assert ("ECS102", "targets.ecs.network") in [(one.code.id, one.at) for one in out.findings]
    assert ("ECS101", "targets.ecs.subnets") not in [(one.code.id, one.at) for one in out.findings]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with server() as found:
        yield found


@pytest.mark.xdist_group("moto")
@pytest.mark.parametrize("changes", [NETWORK, (*NETWORK, *INWARD)], ids=["out", "in"])
def test_what_moto_makes_of_it_leads_where_it_is_meant_to(url: str, changes: Any) -> None:
    """Not by the template, but by what EC2's API tells."""
    moto = Moto(url)
    made = Stack(moto, "twip", yaml.safe_load((Path(__file__).parent / "moto.yaml").read_text()))
    made.create(text_of(talking(*changes)))
    assert made.status() == "CREATE_COMPLETE"
    ids = made.ids()
    # An association has the id of its table here, and a route one that is made of it.
    linked = {"AWS::EC2::SubnetRouteTableAssociation", "AWS::EC2::Route"}
    names = {id_: name for name, id_ in ids.items() if made.resources[name]["Type"] not in linked}
    ec2 = moto.client("ec2")
    tables = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [ids["Vpc"]]}])["RouteTables"]
    ways = {
        names[table["RouteTableId"]]: {names.get(route.get("NatGatewayId") or route["GatewayId"]) for route in table["Routes"]}
        for table in tables
        if table["RouteTableId"] in names  # the VPC's own has no subnet
    }
    behind = {names[one["NatGatewayId"]]: names[one["SubnetId"]] for one in ec2.describe_nat_gateways()["NatGateways"]}
    asked = {names[one["VpcEndpointId"]]: one["ServiceName"] for one in ec2.describe_vpc_endpoints()["VpcEndpoints"]}
    zones = {
        names[one["SubnetId"]]: one["AvailabilityZone"] for one in ec2.describe_subnets()["Subnets"] if one["SubnetId"] in names
    }
    assert zones["PrivateSubnetA"] != zones["PrivateSubnetB"]
    local = {None, "S3Endpoint"}
    if changes is NETWORK:
        assert ways == {
            **{f"PrivateRoutes{zone}": {*local, f"Nat{zone}"} for zone in "AB"},
            "PublicRoutes": {None, "InternetGateway"},
        }
        assert behind == {"NatA": "PublicSubnetA", "NatB": "PublicSubnetB"}
        assert all(zones[f"PublicSubnet{zone}"] == zones[f"PrivateSubnet{zone}"] for zone in "AB")
        assert asked.keys() == {"S3Endpoint"}
    else:
        assert ways == {f"PrivateRoutes{zone}": local for zone in "AB"}
        assert behind == {}
        services = {service.removeprefix("com.amazonaws.eu-west-1.") for service in asked.values()}
        assert services == {"ecr.api", "ecr.dkr", "logs", "s3", "secretsmanager"}
