"""Security groups that the template makes: who reaches a service, and whom it reaches."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from twipc.diagnostics import Path
from twipc.formats.document import At, Value
from twipc.model import Model, image_of

from ..images.pins import is_pushed
from ..nlb.balancer import group_id, reached
from ..options import Options
from ..tags import own
from ..task.file_systems import NFS, ways_out
from ..task.wiring import https_of
from ..template.logical import logical
from ..template.making import groups_of, is_on_efs, made_volumes, target_group_of
from .subnets import VPC

_ANYWHERE: dict[str, Value] = {"CidrIp": "0.0.0.0/0"}
_RULES = {"Ingress": "AWS::EC2::SecurityGroupIngress", "Egress": "AWS::EC2::SecurityGroupEgress"}
Talk = tuple[str, str, str, int]


def makes_group(model: Model, options: Options, name: str) -> bool:
    """Where the spec names none. A job, which is run with any, has one where services or its volumes have theirs from here.

    A load balancer in the place of a server, which is none of the services that run, always has one.
    """
    if name not in model.environment.services:
        return True
    lasting = (other for other, service in model.services if service.kind == "service")
    wanted = made_volumes(model, options, name) or any(not groups_of(options, other) for other in lasting)
    return not groups_of(options, name) and bool(wanted)


def group_of(name: str) -> Value:
    return {"Fn::GetAtt": [logical(name, "Group"), "GroupId"]}


def groups(model: Model, options: Options, name: str) -> dict[str, Value]:
    """The group of a service, and the rules that name another one, which stand apart: two groups may name each other."""
    here: Path = ("services", name)
    inward, outward = [*_published(model, options, name)], [*_out(model, options, name)]
    apart: dict[str, Value] = {}
    for talk in talks(model):
        client, server, protocol, number = talk
        if server == name:
            rule = {**_ports(protocol, number), "Description": f"from {client}"}
            if makes_group(model, options, client):
                apart[_name(talk, "From")] = _rule("Ingress", name, {**rule, "SourceSecurityGroupId": group_of(client)})
            else:
                inward += [{**rule, "SourceSecurityGroupId": group} for group in groups_of(options, client)]
        if client == name and not is_open(model, name):
            rule = {**_ports(protocol, number), "Description": f"to {server}"}
            if makes_group(model, options, server):
                apart[_name(talk, "To")] = _rule("Egress", name, {**rule, "DestinationSecurityGroupId": group_of(server)})
            else:
                outward += [{**rule, "DestinationSecurityGroupId": group} for group in groups_of(options, server)]
    if not is_open(model, name):
        apart |= {id_: _rule("Egress", name, rule) for id_, rule in ways_out(model, options, name).items()}
    # Where nothing is said of what goes out, all may: a rule that lets nothing out says something.
    nothing: Value = {**_ports("icmp", -1), "CidrIp": "127.0.0.1/32", "Description": "nothing else"}
    properties: dict[str, Value] = {
        "GroupDescription": f"{model.name}, {name}: its tasks",
        "VpcId": {"Ref": VPC},
        **({"SecurityGroupIngress": inward} if inward else {}),
        "SecurityGroupEgress": outward or [nothing],
        "Tags": own(model, service=name),
    }
    made: Value = At(here, {"Type": "AWS::EC2::SecurityGroup", "Properties": properties})
    return {logical(name, "Group"): made, **{id_: At(here, rule) for id_, rule in sorted(apart.items())}}


def balancers_group(model: Model, options: Options, name: str, ports: list[int]) -> dict[str, Value]:
    """The group of a load balancer in the place of a server: it lets in anybody, and out to the members alone."""
    here: Path = ("services", name)
    outward: list[Value] = []
    apart: dict[str, Value] = {}
    for talk in talks(model):
        client, server, protocol, number = talk
        if client == name:
            rule = {**_ports(protocol, number), "Description": f"to {server}"}
            if makes_group(model, options, server):
                apart[_name(talk, "To")] = _rule("Egress", name, {**rule, "DestinationSecurityGroupId": group_of(server)})
            else:
                outward += [{**rule, "DestinationSecurityGroupId": group} for group in groups_of(options, server)]
    nothing: Value = {**_ports("icmp", -1), "CidrIp": "127.0.0.1/32", "Description": "nothing else"}
    properties: dict[str, Value] = {
        "GroupDescription": f"{model.name}, {name}: its load balancer",
        "VpcId": {"Ref": VPC},
        "SecurityGroupIngress": [{**_ports("tcp", port), **_ANYWHERE, "Description": "published"} for port in ports],
        "SecurityGroupEgress": outward or [nothing],
        "Tags": own(model, service=name),
    }
    made: Value = At(here, {"Type": "AWS::EC2::SecurityGroup", "Properties": properties})
    return {logical(name, "Group"): made, **{id_: At(here, rule) for id_, rule in sorted(apart.items())}}


def rules_apart(model: Model, options: Options, name: str) -> list[str]:
    """What has to be there before the tasks of a service are."""
    if not makes_group(model, options, name):
        return []
    asked = {_name(one, "To") for one in talks(model) if one[1] == name and one[0] not in model.environment.services}
    return sorted({*groups(model, options, name), *asked} - {logical(name, "Group")})


def talks(model: Model) -> list[Talk]:
    """Who asks whom on which port: servers their members, and programs whose address they are told, be it their own.

    haproxy asks whether a member is ready, on the port that `ready` says, and so does a load balancer; nginx asks nobody.
    """
    found = {
        (server, member.service, "tcp", member.number) for (server, _), members in model.members.items() for member in members
    }
    for (server, backend), members in model.members.items():
        ready, asking = model.ready[server, backend], model.environment.services.get(server)
        if ready and not (asking and asking.http and asking.http.engine.name == "nginx"):
            found |= {(server, one.service, "tcp", model.number(one.service, ready.http.port)) for one in members}
    for name, service in model.services:
        for value in service.env.values():
            if value.address is not None and model.elsewhere(value.address) is None:
                other, _, port = value.address.partition(".")
                protocol = "tcp"
                if port in model.environment.services[other].ports:
                    protocol = model.environment.services[other].ports[port].protocol
                found.add((name, other, protocol, model.number(other, port)))
    return sorted(found)


def _published(model: Model, options: Options, name: str) -> Iterator[Value]:
    """What a target group leads to: one of the spec hands on who asks, who may be anybody.

    Who comes by the template's load balancer is let in as of its group, whosever address he has (ELB guide, security groups
    of Network Load Balancers).
    """
    service = model.environment.services[name]
    open_: set[tuple[str, int]] = set()
    for publish in service.publish:
        if target_group_of(options, name, publish.port) and publish.address is None and publish.port != https_of(service):
            port = service.ports[publish.port]
            open_.add((port.protocol, port.number))
    for protocol, number in sorted(open_):
        yield {**_ports(protocol, number), **_ANYWHERE, "Description": "published"}
    for protocol, number in reached(model, options, name):
        yield {**_ports(protocol, number), "SourceSecurityGroupId": group_id(), "Description": "from the load balancer"}


def _out(model: Model, options: Options, name: str) -> Iterator[Value]:
    if is_open(model, name):
        yield {"IpProtocol": "-1", **_ANYWHERE, "Description": "its networks have a way out"}
        return
    # A task of Fargate fetches image, log and secrets itself; on EC2 its host does. Volumes are mounted from the task's own
    # address on both: the agent hands the task's network to the mount (amazon-ecs-agent, `netns` of getDriverOpts).
    told = {443: "image, log and secrets"} if options.launch == "fargate" else {}
    if mounts_said(model, options, name):
        told[NFS] = "volumes"
    if options.launch == "fargate":
        told.setdefault(_registry_port(model, options, name), "image")
    for number, what in sorted(told.items()):
        yield {**_ports("tcp", number), **_ANYWHERE, "Description": what}


def mounts_said(model: Model, options: Options, name: str) -> bool:
    """Whether a service mounts a file system that is there before, whose mount targets have groups that nobody here knows."""
    mounted = {mount.volume for mount in model.environment.services[name].mounts.values()}
    return any(is_on_efs(model, volume) and volume in options.volumes for volume in mounted)


def _registry_port(model: Model, options: Options, name: str) -> int:
    """Where the registry of a service's image listens: a first component with a port says so, if it is not the tag."""
    service = model.environment.services[name]
    made_here = service.http or service.configs or is_pushed(service)
    first, slash, _ = (f"{options.registry}/" if made_here else image_of(service)).partition("/")
    _, _, port = first.partition(":")
    return int(port) if slash and port else 443


def is_open(model: Model, name: str) -> bool:
    """Whether one of a service's networks has a way out, as that which nobody says has."""
    networks = model.environment.networks
    return any(network not in networks or not networks[network].internal for network in model.networks(name))


def _ports(protocol: str, number: int) -> dict[str, Value]:
    return {"IpProtocol": protocol, "FromPort": number, "ToPort": number}


def _rule(way: str, name: str, rule: dict[str, Value]) -> Value:
    return {"Type": _RULES[way], "Properties": {"GroupId": group_of(name), **rule}}


def _name(talk: Talk, way: str) -> str:
    """`WebFromProxyOn8080`, `ProxyToWebOn8080`; a service whose name has one of these words in it gets a digest besides."""
    client, server, protocol, number = talk
    one, other = (server, client) if way == "From" else (client, server)
    digest = ""
    if {"from", "to", "on"} & {*one.split("-"), *other.split("-")}:
        digest = "X" + hashlib.sha256(" ".join((one, way, other)).encode()).hexdigest()[:8]
    return f"{logical(one, way)}{logical(other, 'On')}{number}{'' if protocol == 'tcp' else protocol}{digest}"
