"""The target groups of load balancers that take a server's place: one for each member of each of its backends."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from functools import lru_cache

from twipc.formats.document import At, Value
from twipc.model import Member, Model
from twipc.spec import Http

from .. import limits
from ..network.subnets import VPC
from ..nlb.target_groups import in_a_row, times_of
from ..tags import own, pairs
from ..template.casing import said
from ..template.logical import logical

STICKY_SECONDS = 86_400


def group_id(server: str, backend: str, member: Member) -> str:
    """`WebOn8080InAppOfProxyTargets`; with a digest where a name could be misread."""
    words = (member.service, backend, server)
    digest = ""
    if {"on", "in", "of"} & {part for word in words for part in word.split("-")}:
        digest = "X" + hashlib.sha256(" ".join(words).encode()).hexdigest()[:8]
    asked = f"{logical(member.service, 'On')}{member.number}"
    return f"{asked}In{logical(backend, 'Of')}{logical(server, 'Targets')}{digest}"


def groups_to(model: Model, name: str) -> list[tuple[str, int]]:
    """Of a service that runs the groups that lead to it, and to which of its ports: those of servers that do not run."""
    return _groups(model).get(name, [])


@lru_cache(maxsize=4)
def _groups(model: Model) -> dict[str, list[tuple[str, int]]]:
    found: dict[str, set[tuple[str, int]]] = {}
    for (server, backend), members in model.members.items():
        if server not in model.environment.services:
            for member in members:
                found.setdefault(member.service, set()).add((group_id(server, backend, member), member.number))
    return {name: sorted(groups) for name, groups in found.items()}


def leading(resources: Mapping[str, Value], groups: Collection[str]) -> list[str]:
    """The listeners and rules that lead to one of these groups: before, ECS registers nobody in them."""
    ways = ("AWS::ElasticLoadBalancingV2::Listener", "AWS::ElasticLoadBalancingV2::ListenerRule")
    plain = {id_: said(resource, ()) for id_, resource in resources.items()}
    return [id_ for id_, one in plain.items() if one["Type"] in ways and not _refers(one["Properties"]).isdisjoint(groups)]


def _refers(value: object) -> set[str]:
    if isinstance(value, dict):
        own = {str(value["Ref"])} if "Ref" in value else set()
        return own.union(*map(_refers, value.values()))
    return set().union(*map(_refers, value)) if isinstance(value, list) else set()


def target_group(model: Model, name: str, http: Http, backend: str, member: Member) -> Value:
    """A member's: how it is asked, and how requests are shared among its tasks."""
    noun, ready = http.backends[backend], model.ready[name, backend]
    least = noun.balance == "least-connections"
    attributes: dict[str, Value] = {
        "deregistration_delay.timeout_seconds": str(limits.DRAINED.fit(http.timeouts.response)),
        "load_balancing.algorithm.type": "least_outstanding_requests" if least else "round_robin",
        "stickiness.enabled": "true" if noun.sticky else "false",
    }
    if noun.sticky:
        attributes |= {"stickiness.type": "lb_cookie", "stickiness.lb_cookie.duration_seconds": str(STICKY_SECONDS)}
    properties: dict[str, Value] = {
        "TargetType": "ip",
        "VpcId": {"Ref": VPC},
        "Protocol": "HTTP",
        "ProtocolVersion": "HTTP1",
        "Port": member.number,
        "HealthCheckEnabled": True,
        "HealthCheckProtocol": "HTTP",
    }
    if ready:
        port = model.number(member.service, ready.http.port)
        checked: dict[str, Value] = {
            "HealthCheckPath": ready.http.path,
            "HealthCheckPort": "traffic-port" if port == member.number else str(port),
            **times_of(ready.interval, ready.timeout),
            "HealthyThresholdCount": in_a_row(ready.successes),
            "UnhealthyThresholdCount": in_a_row(ready.failures),
            "Matcher": {"HttpCode": "200"},
        }
        properties |= {key: At(("services", member.service, "ready"), value) for key, value in checked.items()}
    else:
        # Nobody says how one sees that it is ready: whatever it answers, it is there.
        properties |= {
            "HealthCheckPath": "/",
            "HealthCheckPort": "traffic-port",
            "HealthCheckIntervalSeconds": 5,
            "HealthCheckTimeoutSeconds": 2,
            "HealthyThresholdCount": 2,
            "UnhealthyThresholdCount": 2,
            "Matcher": {"HttpCode": "200-499"},
        }
    properties["TargetGroupAttributes"] = pairs(attributes)
    properties["Tags"] = own(model, service=member.service, server=name, backend=backend)
    return {"Type": "AWS::ElasticLoadBalancingV2::TargetGroup", "Properties": properties}
