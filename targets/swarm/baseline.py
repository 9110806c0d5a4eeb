"""What every service on a swarm has besides its spec; the reasons stand in the target's page."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from twipc.formats.composefile.baseline import common, files_of, made_images, of_service, secret_places
from twipc.model import Model
from twipc.spec import Duration, Service
from twipc.target import BASELINE, FactKey, Facts, option

from .options import SwarmOptions, discovery

_EVERY: Mapping[str, object] = {
    "deploy.restart_policy.delay": "2s",
}
_SERVED: Mapping[str, object] = {"tmpfs at /tmp.tmpfs.size": 67108864}
_USER = {"nginx": "101", "haproxy": "99"}


def option_facts(model: Model, options: Any) -> Facts:
    chosen: SwarmOptions = option(options, SwarmOptions)
    return {FactKey("option.discovery"): chosen.discovery, **made_images(model, chosen.registry)}


def baseline(model: Model, options: Any) -> Facts:
    """The facts that are left over when every field of the spec has been read."""
    facts: dict[FactKey, object] = {FactKey(BASELINE, ("file", "version")): "3.8"}
    for name, service in model.services:
        facts.update(common(model, name, discovery(options)))
        places = {**_EVERY, **_SERVED} if service.http else dict(_EVERY)
        facts.update(of_service(name, {**places, **_placed(model, service)}))
        if service.kind == "service":
            rollout = _rollout(model, service)
            facts |= {FactKey(f"service.rollout.{leaf}", (name,)): value for leaf, value in rollout.items()}
            facts.update(of_service(name, _rolled_back(rollout)))
        facts.update(of_service(name, {**_configs(model, name), **_secrets(model, name)}))
        facts.update(of_service(name, _unpublished(service)))
        if _holds_port(service):  # of which a node has one
            facts[FactKey("service.placement.max_per_host", (name,))] = 1
    project = f"{model.environment.project}-{model.environment.environment}"
    for network in model.environment.networks:
        said = {"name": f"{project}_{network}", "driver": "overlay", "attachable": False}
        facts |= {FactKey(BASELINE, (f"network {network}", key)): value for key, value in said.items()}
    for volume, noun in model.environment.volumes.items():
        slot = "_{{.Service.Name}}_{{.Task.Slot}}" if noun.access == "per-replica" else ""
        if not noun.host and noun.access != "scratch":
            facts[FactKey(BASELINE, (f"volume {volume}", "name"))] = f"{project}_{volume}{slot}"
    return facts


def _holds_port(service: Service) -> bool:
    return any(publish.host and not publish.address for publish in service.publish)


def _placed(model: Model, service: Service) -> dict[str, object]:
    """Spread over the nodes, and pinned to its volumes."""
    project = f"{model.environment.project}-{model.environment.environment}"
    placement: dict[str, object] = {"deploy.placement.preferences": [{"spread": "node.id"}]}
    for volume in {mount.volume for mount in service.mounts.values()}:
        noun = model.environment.volumes[volume]
        if not noun.nfs and noun.access != "scratch":
            placement[f"constraint node.labels.{project}.{volume} == true"] = True
    return placement


def _rollout(model: Model, service: Service) -> dict[str, object]:
    """What is so of an update where the spec says nothing, and what it says."""
    accesses = {model.environment.volumes[mount.volume].access for mount in service.mounts.values()}
    alone = bool(accesses & {"single-writer", "per-replica"}) or _holds_port(service)
    monitor = 10_000
    if service.health:
        tries = service.health.failures * (int(service.health.interval) + int(service.health.timeout))
        monitor = int(service.health.start_period) + tries + 5000
    said = {leaf: value for leaf, value in dict(service.rollout).items() if value is not None}
    return {
        "parallelism": 1,
        "order": "stop-first" if alone else "start-first",
        "delay": Duration(5000),
        "monitor": Duration(monitor),
        "on_failure": "rollback",
        **said,
    }


def _rolled_back(rollout: Mapping[str, object]) -> dict[str, object]:
    """A failed update goes back the way it came; one that fails to go back pauses."""
    back = {key: rollout[key] for key in ("parallelism", "order")} | {"failure_action": "pause", "max_failure_ratio": 0}
    for key in ("delay", "monitor"):
        time = rollout[key]
        assert isinstance(time, Duration)
        back[key] = f"{int(time)}ms" if time % 1000 else f"{int(time) // 1000}s"
    return {
        "deploy.update_config.max_failure_ratio": 0,
        **{f"deploy.rollback_config.{key}": value for key, value in back.items()},
    }


def _configs(model: Model, name: str) -> dict[str, object]:
    """The name of each config up to the digest of its content, and that everybody may read it."""
    found: dict[str, object] = {}
    for target in files_of(model, name):
        stem = f"{model.environment.project}-{model.environment.environment}-{name}"
        if model.environment.services[name].http:
            stem += f"-{target.rpartition('/')[2]}"
        else:
            stem += "_" + "_.".join(part.replace("_", "__") for part in target[1:].split("/"))
        if len(stem) > 51:
            stem = stem[:38].rstrip("-.") + "-" + hashlib.sha256(stem.encode()).hexdigest()[:12]
        found |= {f"config at {target}": stem, f"config at {target}.mode": 0o444}
    return found


def _secrets(model: Model, name: str) -> dict[str, object]:
    """Who may read them: the engine or the spec's user alone, else every user of the image."""
    service = model.environment.services[name]
    owner = f"{_USER[service.http.engine.name]}:{_USER[service.http.engine.name]}" if service.http else service.user
    ids = [*(owner or "0").split(":"), "0"]
    how = {"uid": ids[0], "gid": ids[1], "mode": 0o400 if owner else 0o444, "external": True}
    return {f"secret at {place}.{key}": value for place in secret_places(model, name) for key, value in how.items()}


def _unpublished(service: Service) -> dict[str, object]:
    """`<port>.<nth>` of each publication that is for one address."""
    seen: list[str] = []
    lost: list[str] = []
    for publish in service.publish:
        port = service.ports[publish.port]
        number = f"{port.number}/udp" if port.protocol == "udp" else f"{port.number}"
        if publish.address:
            lost.append(f"{number}.{seen.count(number)}")
        seen.append(number)
    return {"deploy.labels.io.twipc.unpublished": ",".join(lost)} if lost else {}
