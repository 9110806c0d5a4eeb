"""What the load balancer of the template leads to: a second statement of it."""

from __future__ import annotations

from typing import Any

from twipc.model import Model
from twipc.spec import Publish, Service

from ..options import Options
from ..untemplated import obstacles
from . import making

GROUP = "GroupOfBalancer"
PUBLIC = ["<PublicSubnetA>", "<PublicSubnetB>"]
Way = tuple[int, int, str]
"""The port outside, the port of the tasks, and by which protocols."""


def is_led_to(model: Model, options: Options, name: str, publish: Publish) -> bool:
    """What is open to all, on a port that is said, where no target group is."""
    if any(obstacles(model)) or publish.port in options.target_groups.get(name, {}):
        return False
    said = publish.host > 0 and publish.address is None
    return said and publish.port != making.lost_port(model.environment.services[name])


def ways(model: Model, options: Options, name: str) -> list[Way]:
    """Those to a service, by the port outside."""
    service = model.environment.services[name]
    by: dict[tuple[int, int], set[str]] = {}
    for one in service.publish:
        if is_led_to(model, options, name, one):
            noun = service.ports[one.port]
            by.setdefault((one.host, noun.number), set()).add(noun.protocol.upper())
    return [(host, number, "_".join(sorted(protocols))) for (host, number), protocols in sorted(by.items())]


def target_ids(model: Model, options: Options, name: str) -> dict[str, int]:
    """The target groups of a service, and the port of each."""
    return {_id(name, number, protocol): number for _, number, protocol in ways(model, options, name)}


def waits_for(model: Model, options: Options, name: str) -> list[str]:
    """Listeners, and the rules that let them through."""
    said = making.said_groups(options, name)
    rules = [] if said else [_rule(name, protocol, port) for protocol, port in inward(model, options, name)]
    return [f"Listener{host}" for host, _, _ in ways(model, options, name)] + rules


def inward(model: Model, options: Options, name: str) -> set[tuple[str, int]]:
    """Where a service is reached by it."""
    found = set()
    for _, number, protocol in ways(model, options, name):
        found |= {(each.lower(), number) for each in protocol.split("_")}
        found.add(("tcp", _asked_at(model.environment.services[name], number)))
    return found


def balancer_facts(model: Model, options: Options, name: str, tags: Any) -> dict[str, object]:
    """Of a service: its target groups, and the listeners that lead to them."""
    service = model.environment.services[name]
    facts: dict[str, object] = {}
    for host, number, protocol in ways(model, options, name):
        id_ = _id(name, number, protocol)
        leads = [{"Type": "forward", "TargetGroupArn": f"{id_} of the template"}]
        listener = {
            "LoadBalancerArn": "LoadBalancer of the template",
            "Port": host,
            "Protocol": protocol,
            "DefaultActions": leads,
        }
        group = {
            "TargetType": "ip",
            "VpcId": "<Vpc>",
            "Protocol": protocol,
            "Port": number,
            **_check(service, number),
            "TargetGroupAttributes": [
                {"Key": "deregistration_delay.timeout_seconds", "Value": str(_seconds(service.stop_grace, 0, 3600))},
                {"Key": "deregistration_delay.connection_termination.enabled", "Value": "true"},
                {"Key": "preserve_client_ip.enabled", "Value": "true"},
            ],
            "Tags": tags,
        }
        facts |= {f"Listener{host}.{key}": value for key, value in listener.items()}
        facts |= {f"{id_}.{key}": value for key, value in group.items()}
    return facts


def shared_facts(model: Model, options: Options, tags: Any) -> dict[tuple[str, str], object]:
    """The load balancer and its group, which are of no one service."""
    led = {name: ways(model, options, name) for name, _ in model.services}
    if not any(led.values()):
        return {}
    said = options.load_balancer
    internal, kept = (said.scheme == "internal", said.deletion_protection) if said else (False, True)
    balancer = {
        "Type": "network",
        "Scheme": "internal" if internal else "internet-facing",
        "IpAddressType": "ipv4",
        "Subnets": balancer_subnets(options),
        "SecurityGroups": [f"{GROUP} of the template"],
        "LoadBalancerAttributes": [
            {"Key": "deletion_protection.enabled", "Value": str(kept).lower()},
            {"Key": "load_balancing.cross_zone.enabled", "Value": "true"},
        ],
        "Tags": tags,
    }
    into = {
        ("0.0.0.0/0", each.lower(), host, host, f"published by {name}")
        for name, found in led.items()
        for host, _, protocol in found
        for each in protocol.split("_")
    }
    out = {
        (peer, protocol, port, port, f"to {name}")
        for name, found in led.items()
        for protocol, port in (inward(model, options, name) if found else ())
        for peer in making.said_groups(options, name) or [f"{making.logical_name(name, 'Group')} of the template"]
    }
    apart = [rule for name in led for rule in waits_for(model, options, name) if not rule.startswith("Listener")]
    inside = any(not rule[0].endswith(" of the template") for rule in out)
    group = {
        "in the template: group": GROUP,
        "who reaches it": tuple(sorted(into, key=repr)),
        "whom it reaches": tuple(sorted(out if inside else out | {making.NOTHING_ELSE}, key=repr)),
        "in the template: rules": tuple(sorted(apart)),
        f"{GROUP}.GroupDescription": f"{model.environment.project}-{model.environment.environment}: its load balancer",
        f"{GROUP}.VpcId": "<Vpc>",
        f"{GROUP}.Tags": tags,
    }
    facts: dict[tuple[str, str], object] = {("template", f"LoadBalancer.{key}"): value for key, value in balancer.items()}
    return facts | {(GROUP, place): value for place, value in group.items() if value}


def balancer_subnets(options: Options) -> list[str]:
    """Those that are said, of the tasks for an internal one; else two of the deployment's."""
    said = options.load_balancer
    if said and (said.subnets or said.scheme == "internal"):
        return [*(said.subnets or options.subnets)] or ["<PrivateSubnetA>", "<PrivateSubnetB>"]
    return PUBLIC


def outputs(model: Model, options: Options) -> dict[str, object]:
    """Its name; and its group, if one that is said has to let it in."""
    led = [name for name, _ in model.services if ways(model, options, name)]
    if not led:
        return {}
    name = f"{model.environment.project}-{model.environment.environment}"
    where = {"Fn::GetAtt": ["LoadBalancer", "DNSName"]}
    told: dict[str, object] = {
        "LoadBalancer": {"Description": f"Where {name} is reached, on its published ports.", "Value": where}
    }
    if any(making.said_groups(options, one) for one in led):
        what = "The security group of the load balancer: groups that the spec names have to let it in."
        told[GROUP] = {"Description": what, "Value": {"Fn::GetAtt": [GROUP, "GroupId"]}}
    return told


def _id(name: str, number: int, protocol: str) -> str:
    how = "" if protocol == "TCP" else protocol.lower().replace("_", "")
    return f"{making.logical_name(name, 'Targets')}{number}{how}"


def _rule(name: str, protocol: str, number: int) -> str:
    return f"{making.logical_name(name, 'Balanced')}{number}{protocol.replace('tcp', '')}"


def _asked_at(service: Service, number: int) -> int:
    """TCP alone can be asked: where `ready` says, there, or at the lowest port."""
    if service.ready:
        return service.ports[service.ready.http.port].number
    lost = making.lost_port(service)
    numbers = [port.number for name, port in service.ports.items() if name != lost and port.protocol != "udp"]
    return number if number in numbers else min(numbers, default=0)


def _check(service: Service, number: int) -> dict[str, object]:
    ready, health = service.ready, service.health
    times = ready or health
    within = _seconds(times.timeout if times else 5_000, 2, 120)
    every = max(_seconds(times.interval if times else 10_000, 5, 300), within + 1)
    check: dict[str, object] = {
        "HealthCheckProtocol": "HTTP" if ready else "TCP",
        "HealthCheckPort": str(_asked_at(service, number)),
        "HealthCheckIntervalSeconds": every,
        "HealthCheckTimeoutSeconds": within,
        "HealthyThresholdCount": sorted((2, ready.successes if ready else 2, 10))[1],
        "UnhealthyThresholdCount": sorted((2, times.failures if times else 3, 10))[1],
    }
    return check | ({"HealthCheckPath": ready.http.path, "Matcher": {"HttpCode": "200"}} if ready else {})


def _seconds(milliseconds: int, least: int, most: int) -> int:
    """Whole ones, none of them shortened but to the most."""
    whole, part = divmod(milliseconds, 1000)
    return sorted((least, whole + (part > 0), most))[1]
