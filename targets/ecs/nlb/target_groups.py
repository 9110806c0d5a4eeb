"""Target groups: where a load balancer finds the tasks of a service, how it asks for their health, how long they drain."""

from __future__ import annotations

from twipc.diagnostics import Path
from twipc.formats.document import At, Value
from twipc.model import Model
from twipc.spec import Duration
from twipc.target import published

from .. import limits
from ..network.subnets import VPC
from ..options import Options
from ..tags import own, pairs
from ..task.wiring import https_of
from .ports import Targets, listeners_of

Properties = dict[str, Value]


def target_group(model: Model, options: Options, targets: Targets) -> Value:
    """Of a network load balancer. It has no name: one that replaces another stands beside it for a while."""
    name = targets.service
    properties: Properties = {
        "TargetType": "ip",
        "VpcId": {"Ref": VPC},
        "Protocol": targets.protocol,
        "Port": At(("services", name, "ports"), targets.number),
        **health_check(model, name, checked(model, targets) or targets.number),
        "TargetGroupAttributes": pairs(
            {
                "deregistration_delay.timeout_seconds": draining(model, name),
                # Who is still there then goes to another task; a flow of UDP would stay with the one that has gone.
                "deregistration_delay.connection_termination.enabled": "true",
                # Proxies log and hash who asks, whom the load balancer's own addresses would hide.
                "preserve_client_ip.enabled": "true",
            }
        ),
        "Tags": [*own(model, service=name), *pairs(_turns(model, options, targets))],
    }
    return At(("services", name), {"Type": "AWS::ElasticLoadBalancingV2::TargetGroup", "Properties": properties})


def health_check(model: Model, name: str, number: int) -> Properties:
    """As `ready` says; else whether somebody listens on a port, at the times of `health`."""
    service = model.environment.services[name]
    ready = service.ready
    if ready is None:
        here: Path = ("services", name, "health")
        health = service.health
        times = times_of(health.interval, health.timeout) if health else times_of(Duration(10_000), Duration(5_000))
        asked: Properties = {"HealthCheckProtocol": "TCP", "HealthCheckPort": str(number), **times}
        failures, successes = (health.failures if health else 3), 2
    else:
        here = ("services", name, "ready")
        asked = {
            "HealthCheckProtocol": "HTTP",
            "HealthCheckPort": str(number),
            "HealthCheckPath": ready.http.path,
            "Matcher": {"HttpCode": "200"},
            **times_of(ready.interval, ready.timeout),
        }
        failures, successes = ready.failures, ready.successes
    asked |= {"HealthyThresholdCount": in_a_row(successes), "UnhealthyThresholdCount": in_a_row(failures)}
    return {leaf: At(here, value) for leaf, value in asked.items()}


def checked(model: Model, targets: Targets) -> int | None:
    """The port that is asked, by TCP alone: that of `ready`, the target's own, or another; none of a service that has none."""
    service = model.environment.services[targets.service]
    if service.ready:
        return model.number(targets.service, service.ready.http.port)
    listening = {port.number for name, port in service.ports.items() if port.protocol == "tcp" and name != https_of(service)}
    return targets.number if targets.number in listening else min(listening, default=None)


def times_of(interval: Duration, timeout: Duration) -> dict[str, int]:
    """A check is over before the next one begins (ELB guide, health checks)."""
    within = limits.ANSWERED_WITHIN.fit(timeout)
    return {"HealthCheckIntervalSeconds": max(limits.ASKED.fit(interval), within + 1), "HealthCheckTimeoutSeconds": within}


def in_a_row(count: int) -> int:
    least, most = limits.IN_A_ROW
    return min(max(count, least), most)


def draining(model: Model, name: str) -> Value:
    """As long as the program itself has for what it is at: no longer, for meanwhile a single writer's successor waits."""
    return At(("services", name, "stop_grace"), str(limits.DRAINED.fit(model.environment.services[name].stop_grace)))


def _turns(model: Model, options: Options, targets: Targets) -> dict[str, Value]:
    """Which publications of a port its listeners are, by the ports outside: where that is not one after the other.

    A listener can bear no tag in a template.
    """
    owners = list(published(targets.service, model.environment.services[targets.service]))
    found: dict[str, Value] = {}
    for nth, protocol in enumerate(targets.protocols):
        led = [one for one in listeners_of(model, options, targets.service) if one.targets == targets]
        turns = [owners[one.publications[nth]][2] for one in led]
        if turns != [str(turn) for turn in range(len(turns))]:
            found[f"published-{protocol}"] = " ".join(turns)
    return found
