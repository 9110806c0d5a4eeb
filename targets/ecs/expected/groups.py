"""Who reaches whom where the template makes the groups: a second statement of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import Any

from twipc.model import Model

from ..options import Options
from . import making
from .nlb import GROUP, inward
from .roles import image


def group_facts(model: Model, options: Options, name: str, tags: Any) -> dict[str, object]:
    """Of a service whose group is made: its rules, whether they stand in it or apart."""
    if not making.makes_group(model, options, name):
        return {}
    inward, outward, apart = set(_published(model, options, name)), set(_out(model, options, name)), set()
    for client, server, protocol, number in _talks(model):
        if server == name:
            said = making.said_groups(options, client)
            inward |= {(peer, protocol, number, number, f"from {client}") for peer in said or [_group(client)]}
            apart |= set() if said else {_rule(server, "From", client, protocol, number)}
        if client == name and not way_out(model, client):
            said = making.said_groups(options, server)
            outward |= {(peer, protocol, number, number, f"to {server}") for peer in said or [_group(server)]}
            apart |= set() if said else {_rule(client, "To", server, protocol, number)}
    for volume in [] if way_out(model, name) else making.mounts_made(model, options, name):
        gate = f"{making.logical_name(volume, 'Nfs')} of the template"
        outward.add((gate, "tcp", 2049, 2049, f"to the volume {volume}"))
        apart.add(_mounts(name, volume))
    inside = [rule for rule in outward if not rule[0].endswith(" of the template")]
    id_ = making.logical_name(name, "Group")
    return {
        "in the template: group": id_,
        "who reaches it": tuple(sorted(inward, key=repr)),
        "whom it reaches": tuple(sorted(outward if inside else outward | {making.NOTHING_ELSE}, key=repr)),
        "in the template: rules": tuple(sorted(apart)),
        f"{id_}.GroupDescription": f"{model.environment.project}-{model.environment.environment}, {name}: its tasks",
        f"{id_}.VpcId": "<Vpc>",
        f"{id_}.Tags": tags,
    }


def balancers_group(model: Model, options: Options, name: str, doors: Iterable[int], tags: Any) -> dict[str, object]:
    """Of a load balancer: anybody comes in where it listens; out goes what members are asked and checked by."""
    id_ = making.logical_name(name, "Group")
    outward: set[tuple[str, str, int, int, str]] = set()
    apart: set[str] = set()
    for client, server, number in _balanced(model):
        if client == name:
            said = making.said_groups(options, server)
            outward |= {(peer, "tcp", number, number, f"to {server}") for peer in said or [_group(server)]}
            apart |= set() if said else {_rule(client, "To", server, "tcp", number)}
    inside = [rule for rule in outward if not rule[0].endswith(" of the template")]
    return {
        "in the template: group": id_,
        "who reaches it": tuple(sorted((("0.0.0.0/0", "tcp", port, port, "published") for port in doors), key=repr)),
        "whom it reaches": tuple(sorted(outward if inside else outward | {making.NOTHING_ELSE}, key=repr)),
        "in the template: rules": tuple(sorted(apart)),
        f"{id_}.GroupDescription": f"{model.environment.project}-{model.environment.environment}, {name}: its load balancer",
        f"{id_}.VpcId": "<Vpc>",
        f"{id_}.Tags": tags,
    }


def let_out(model: Model, name: str) -> set[str]:
    """The rules by which load balancers in servers' places come to a service."""
    there = model.environment.services
    return {
        _rule(client, "To", server, "tcp", number)
        for client, server, number in _balanced(model)
        if client not in there and server == name
    }


def _balanced(model: Model) -> set[tuple[str, str, int]]:
    """Whom each server asks on which port, and where it sees that they are ready."""
    found = {(server, one.service, one.number) for (server, _), members in model.members.items() for one in members}
    for of, ready in model.ready.items():
        for one in model.members[of] if ready else ():
            assert ready
            found.add((of[0], one.service, model.number(one.service, ready.http.port)))
    return found


def _group(name: str) -> str:
    return f"{making.logical_name(name, 'Group')} of the template"


def _talks(model: Model) -> set[tuple[str, str, str, int]]:
    found = set()
    for name, service in model.environment.services.items():
        for backend in service.http.backends.values() if service.http else ():
            for member in backend.members:
                found.add((name, *_end(model, member)))
                checked, asker = model.environment.services[member.split(".")[0]].ready, service.http
                if checked and asker and asker.engine.name != "nginx":
                    found.add((name, *_end(model, f"{member.split('.')[0]}.{checked.http.port}")))
        for value in service.env.values():
            if value.address and value.address.split(".")[0] in model.environment.services:
                found.add((name, *_end(model, value.address)))
    there = model.environment.services
    return found | {(client, server, "tcp", number) for client, server, number in _balanced(model) if client not in there}


def _end(model: Model, address: str) -> tuple[str, str, int]:
    service, _, port = address.partition(".")
    noun = model.environment.services[service].ports[port]
    return service, noun.protocol, noun.number


def way_out(model: Model, name: str) -> bool:
    internal = {network for network, noun in model.environment.networks.items() if noun.internal}
    return not model.networks(name) <= internal


def _published(model: Model, options: Options, name: str) -> set[tuple[str, str, int, int, str]]:
    service = model.environment.services[name]
    led = options.target_groups.get(name, {})
    lost = making.lost_port(service)
    ports = [service.ports[one.port] for one in service.publish if one.address is None and one.port in led and one.port != lost]
    open_ = {("0.0.0.0/0", port.protocol, port.number, port.number, "published") for port in ports}
    balancer = f"{GROUP} of the template"
    return open_ | {(balancer, how, port, port, "from the load balancer") for how, port in inward(model, options, name)}


def _out(model: Model, options: Options, name: str) -> set[tuple[str, str, int, int, str]]:
    if way_out(model, name):
        return {("0.0.0.0/0", "-1", -1, -1, "its networks have a way out")}
    wanted = [(2049, "volumes")] if mounts_said(model, options, name) else []
    wanted += [(443, "image, log and secrets")] if options.launch != "ec2" else []
    registry = re.match(r"[^/]*:([0-9]+)/", image(model, options, name))
    if options.launch != "ec2" and registry and int(registry[1]) not in [port for port, _ in wanted]:
        wanted.append((int(registry[1]), "image"))
    return {("0.0.0.0/0", "tcp", port, port, what) for port, what in wanted}


def mounts_said(model: Model, options: Options, name: str) -> bool:
    """Whether it mounts what is there before, by ways that are not known."""
    there = set(options.volumes) & making.mounted(model, name)
    return any(model.environment.volumes[volume].access not in ("per-replica", "scratch") for volume in there)


def _mounts(name: str, volume: str) -> str:
    called = f"{making.logical_name(name, 'Mounts')}{making.logical_name(volume, 'On2049')}"
    odd = [part for one in (name, volume) for part in one.split("-") if part in ("from", "to", "on", "mounts")]
    return called + ("X" + hashlib.sha256(f"{name} mounts {volume}".encode()).hexdigest()[:8] if odd else "")


def _rule(one: str, way: str, other: str, protocol: str, number: int) -> str:
    """Called after both and the port; where a name could be misread, with a digest of what is meant."""
    port = f"{number}udp" if protocol == "udp" else str(number)
    called = making.logical_name(one, "") + way + making.logical_name(other, "") + "On" + port
    if any(part in ("from", "to", "on") for name in (one, other) for part in name.split("-")):
        called += "X" + hashlib.sha256(f"{one} {way} {other}".encode()).hexdigest()[:8]
    return called
