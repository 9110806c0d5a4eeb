"""What every service on ECS has besides its spec; the reasons stand in the target's page."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from twipc.formats.reading import server_baseline
from twipc.model import Model
from twipc.spec import Service
from twipc.target import BASELINE, Discovery, FactKey, Facts, option

from .edges import edges, running
from .expected import logs
from .expected.alb import alb_facts, led
from .expected.nlb import ways
from .expected.repositories import registry_facts
from .expected.template import template_facts
from .options import Options

_EVERY: dict[str, object] = {
    "task.networkMode": "awsvpc",
    "container.essential": True,
    "container.versionConsistency": "enabled",
    "container.linuxParameters.capabilities.drop": ["ALL"],
    "service.deploymentController.type": "ECS",
    "service.networkConfiguration.awsvpcConfiguration.assignPublicIp": "DISABLED",
    "service.enableExecuteCommand": False,
    "service.enableECSManagedTags": True,
    "service.propagateTags": "SERVICE",
}
_LAUNCH: dict[str, dict[str, object]] = {
    "fargate": {
        "task.runtimePlatform.cpuArchitecture": "X86_64",
        "task.runtimePlatform.operatingSystemFamily": "LINUX",
        "service.platformVersion": "1.4.0",
    },
    "ec2": {
        "service.placementStrategy": [
            {"type": "spread", "field": "attribute:ecs.availability-zone"},
            {"type": "spread", "field": "instanceId"},
        ],
    },
}
_ENGINE: dict[str, dict[str, object]] = {
    "nginx": {"container.user": "101:101", "Dockerfile": ('VOLUME ["/tmp"]', "STOPSIGNAL SIGQUIT", "USER 101:101")},
    "haproxy": {"container.user": "99:99", "Dockerfile": ('VOLUME ["/tmp"]', "STOPSIGNAL SIGUSR1", "USER 99:99")},
}
_SERVED: dict[str, object] = {
    "container.linuxParameters.initProcessEnabled": False,
    "container.readonlyRootFilesystem": True,
    "container.ulimits": [{"name": "nofile", "softLimit": 16384, "hardLimit": 16384}],
}
_TMP: dict[str, object] = {
    "volume twipc_tmp": {"name": "twipc_tmp"},
    "twipc_tmp at": "/tmp",
    "mount of twipc_tmp at /tmp.readOnly": False,
}
_REBALANCING = {"stop-first": "DISABLED", "start-first": "ENABLED"}
"""Zones are rebalanced by starting a task before the other ends."""


def baseline(model: Model, options_: Any) -> Facts:
    """The facts that are left over when every field of the spec has been read."""
    options = option(options_, Options)
    facts: dict[FactKey, object] = {FactKey(BASELINE, owner): one for owner, one in alb_facts(model, options).items()}
    whole, model = model, running(model, options)
    for name, service in model.services:
        for place, value in _service(model, options, name, service).items():
            facts[FactKey(BASELINE, (name, place))] = value
        if service.kind == "service":
            facts[FactKey("service.rollout.order", (name,))] = _order(model, service)
            facts[FactKey("service.rollout.on_failure", (name,))] = service.rollout.on_failure or "rollback"
        if _in_cloudwatch(model, options, name):
            facts[FactKey("service.logging.options", (name,))] = logs.log_options(model, options, name)
        facts.update(server_baseline(model, name, _discovery(options)))
    return {**facts, **template_facts(model, options, edges(whole, options)), **registry_facts(model, options)}


def _in_cloudwatch(model: Model, options: Options, name: str) -> bool:
    """Whether its logs go there: by the spec, or for want of anything else."""
    service = model.environment.services[name]
    written = model.written(("services", name, "logging"))
    return service.logging.driver == "awslogs" or not logs.log_driver_is_kept(options.launch, service, written=written)


def _order(model: Model, service: Service) -> str:
    """As the spec says; else a single writer ends before the next one begins."""
    accesses = {model.environment.volumes[mount.volume].access for mount in service.mounts.values()}
    return service.rollout.order or ("stop-first" if "single-writer" in accesses else "start-first")


def _discovery(options: Options) -> Discovery:
    suffix = "" if options.namespace is None else "." + options.namespace
    return Discovery("169.254.169.253", "", suffix, "variable")


def _service(model: Model, options: Options, name: str, service: Service) -> dict[str, object]:
    places = {**_EVERY, **_LAUNCH[options.launch]}
    if _in_cloudwatch(model, options, name):
        places["log.awslogs-stream-prefix"] = name
    if service.http:
        places |= {**_SERVED, **_ENGINE[service.http.engine.name], **({} if "/tmp" in service.mounts else _TMP)}
    accesses = {path: model.environment.volumes[mount.volume].access for path, mount in service.mounts.items()}
    for path, access in accesses.items():
        volume = service.mounts[path].volume
        places[f"mount of {volume} at {path}.readOnly"] = access == "read-only"
        if access in ("per-replica", "scratch"):
            places[f"volume {volume}"] = {"name": volume}
    places["service.availabilityZoneRebalancing"] = _REBALANCING[_order(model, service)]
    https = service.http.tls.listen.port if service.http and service.http.tls else None
    for port, noun in service.ports.items():
        if port == https:
            continue
        if noun.protocol == "tcp" and _speaks_http(model, name, noun.number):
            places[f"port {port}.appProtocol"] = "http"
    said = options.target_groups.get(name, {})
    balanced = led(model, name) or ways(model, options, name)
    if balanced or any(one.address is None and one.port in said for one in service.publish):
        places["service.healthCheckGracePeriodSeconds"] = _grace(service)
    # A job has a task definition alone.
    return {place: value for place, value in places.items() if service.kind == "service" or not place.startswith("service.")}


def _speaks_http(model: Model, name: str, number: int) -> bool:
    http = model.environment.services[name].http
    if http and http.listen.number == number:
        return True
    return (name, number) in _asked_by_proxies(model)


@lru_cache(maxsize=8)
def _asked_by_proxies(model: Model) -> frozenset[tuple[str, int]]:
    return frozenset((member.service, member.number) for members in model.members.values() for member in members)


def _grace(service: Service) -> int:
    """Start period and as many checks as may fail, in ECS's whole seconds; a minute where nobody asks."""
    if service.health is None:
        return 60
    start = min(300, (int(service.health.start_period) + 999) // 1000)
    interval = min(300, max(5, (int(service.health.interval) + 999) // 1000))
    return start + service.health.failures * interval
