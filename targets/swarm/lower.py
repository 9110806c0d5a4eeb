"""A model as a Swarm stack of format 3.8, with the proxies' configuration beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twipc.diagnostics import Path
from twipc.formats.composefile import program, volumes, write
from twipc.formats.document import At, Value, without_nothing
from twipc.formats.labels import LABEL
from twipc.formats.served import ServerFile
from twipc.formats.writing import files_of
from twipc.model import Model, health_of
from twipc.spec import EPHEMERAL, Duration, Publish, Service, Size, Volume
from twipc.target import Bundle, Discovery, bundle, images, option, published

from .configs import config, config_key, mounted_config, mounted_secrets, origin, secrets
from .options import discovery as discovery_of

FILE = "docker-stack.yml"
_MODE = {"service": "replicated", "job": "replicated-job"}
_CONDITION = {"always": "any", "on-failure": "on-failure", "never": "none"}
_BETWEEN = Duration(5000)
"""Between two tasks of an update: longer than the proxies need to find a new member."""
_SHARED_MEMORY = "/dev/shm"
_SPARE = Duration(5000)


def compile(model: Model, options: Any) -> Bundle:
    """One stack file; a service's own files lie in a folder of its name."""
    discovery = discovery_of(options)
    files = {name: files_of(model, name, discovery) for name, _ in model.services}
    document: dict[str, Value] = {
        "version": "3.8",
        "services": {
            name: At(("services", name), _service(model, name, service, files[name], options))
            for name, service in model.services
        },
        "configs": {
            config_key(name, file): At(origin(model, name, file), config(model, name, file))
            for name, served in files.items()
            for file in served
        },
        "networks": {name: At(("networks", name), _network(model, name)) for name in sorted(model.environment.networks)},
        "volumes": {name: At(("volumes", name), _volume(model, name)) for name in volumes.objects(model, slots=True)},
        "secrets": secrets(model),
    }
    composed = write.file(FILE, without_nothing(document), write.head(model, "a Docker Swarm stack of this name"))
    return bundle(composed, *(file.artifact for served in files.values() for file in served))


def _service(model: Model, name: str, service: Service, files: tuple[ServerFile, ...], options: Any) -> dict[str, Value]:
    discovery, registry = discovery_of(options), option(options, images.ImageOptions).registry
    here: Path = ("services", name)
    variables = write.environment(model, name, discovery)
    return without_nothing(
        {
            "image": At((*here, "image"), images.named(model, name, registry)),
            "command": At((*here, "command"), list(service.command or ())),
            "environment": {variable: _untemplated(value) for variable, value in variables.items()},
            "labels": {**write.service_labels(model, name, ()), **volumes.labels(model, name, slots=True)},
            "networks": write.networks(name, service),
            "ports": [_port(model, name, index) for index in _published(service)],
            "healthcheck": write.healthcheck(model, name),
            "deploy": _deploy(model, name, service, discovery),
            "stop_grace_period": At((*here, "stop_grace"), write.duration(service.stop_grace)),
            "configs": [mounted_config(name, file) for file in files],
            "secrets": mounted_secrets(model, name, service),
            "volumes": [*map(_untemplated, volumes.mounts(model, name, slots=True)), *_scratch(name, service)],
            **program.hardening(name, service),
            "logging": write.logging(name, service),
        }
    )


def _untemplated(value: Value) -> Value:
    """Swarm fills in Go templates in variables and mounts: `{{` is said as a template that prints it."""
    if isinstance(value, At):
        return At(value.origin, _untemplated(value.value))
    if isinstance(value, Mapping):
        return {key: _untemplated(child) for key, child in value.items()}
    return value.replace("{{", '{{"{{"}}') if isinstance(value, str) else value


def _network(model: Model, name: str) -> dict[str, Value]:
    """Over all nodes, and only for services of the stack. The option alone encrypts, whatever its value (libnetwork)."""
    encrypted = model.environment.networks[name].encrypted
    options: dict[str, Value] = {"encrypted": At(("networks", name, "encrypted"), "true")} if encrypted else {}
    return without_nothing(
        {
            "name": f"{model.name}_{name}",
            "driver": "overlay",
            "driver_opts": options,
            "attachable": False,
            **write.network(model, name),
        }
    )


def _volume(model: Model, name: str) -> Value:
    """Each replica's own is called after its service and its number there, which the task that follows it has too."""
    own = model.environment.volumes[name].access == "per-replica"
    called = write.volume_name(model, name) + ("_{{.Service.Name}}_{{.Task.Slot}}" if own else "")
    said = volumes.declared(model, name)
    return {"name": called, **said, **({"driver_opts": _untemplated(said["driver_opts"])} if "driver_opts" in said else {})}


def is_pinned(volume: Volume) -> bool:
    """Whether it lies on one node, or on those alone that somebody marks."""
    return volume.nfs is None and volume.access != "scratch"


def _published(service: Service) -> list[int]:
    """Which publications swarm can say: those for all addresses."""
    return [index for index, publish in enumerate(service.publish) if publish.address is None]


def _port(model: Model, name: str, index: int) -> Value:
    """Not through the ingress mesh: that hides the client's address, and refuses dnsrr."""
    publish: Publish = model.environment.services[name].publish[index]
    host: dict[str, Value] = {} if publish.host == EPHEMERAL else {"published": publish.host}
    port = model.environment.services[name].ports[publish.port]
    said = {"target": port.number, **host, "protocol": port.protocol, "mode": "host"}
    return At(("services", name, "publish", index), said)


def _deploy(model: Model, name: str, service: Service, discovery: Discovery) -> Value:
    here: Path = ("services", name)
    # A limit of processes is refused here: support.py says so.
    limits = without_nothing({key: value for key, value in program.limits(name, service).items() if key != "pids"})
    return {
        "mode": At((*here, "kind"), _MODE[service.kind]),
        "replicas": At((*here, "replicas"), service.replicas),
        "endpoint_mode": At(("targets", "swarm", "discovery"), "vip" if discovery.prefix else "dnsrr"),
        "labels": {**write.owner_labels(model), **_unpublished(name, service)},
        "placement": _placement(model, name, service),
        **({"resources": {"limits": limits}} if limits else {}),
        "restart_policy": {"condition": At((*here, "restart"), _CONDITION[service.restart]), "delay": "2s"},
        **_updates(model, name, service),
    }


def _updates(model: Model, name: str, service: Service) -> dict[str, Value]:
    """A job has none: the engine refuses them ("Jobs may not have an update config")."""
    if service.kind == "job":
        return {}
    return {
        "update_config": _roll(model, name, service, service.rollout.on_failure or "rollback"),
        "rollback_config": _roll(model, name, service, "pause"),
    }


def _unpublished(name: str, service: Service) -> dict[str, Value]:
    """What is left out, said for who looks at the stack, and for who reads it back."""
    lost = [(index, *owner[1:]) for index, (owner, value) in enumerate(published(name, service).items()) if value[1]]
    said = ",".join(f"{port}.{nth}" for _, port, nth in lost)
    return {f"{LABEL}unpublished": At(("services", name, "publish", lost[0][0]), said)} if lost else {}


def fixed_ports(service: Service) -> list[int]:
    """The publications by which each task wants a port of its node."""
    return [index for index in service.fixed_ports if service.publish[index].address is None]


def _placement(model: Model, name: str, service: Service) -> Value:
    here: Path = ("services", name)
    mounts = sorted(service.mounts.items(), reverse=True)
    places = {mount.volume: place for place, mount in mounts if is_pinned(model.environment.volumes[mount.volume])}
    constraints: list[Value] = [
        At((*here, "mounts", place), f"node.labels.{model.name}.{volume} == true") for volume, place in sorted(places.items())
    ]
    asked: Path = (*here, "placement")
    constraints += [
        At((*asked, "constraints", label), f"node.labels.{label} == {value}")
        for label, value in sorted(service.placement.constraints.items())
    ]
    spread: list[Value] = [
        At((*asked, "spread", index), {"spread": f"node.labels.{label}"})
        for index, label in enumerate(service.placement.spread)
    ]
    most = At((*asked, "max_per_host"), service.placement.max_per_host)
    return without_nothing(
        {
            "constraints": constraints,
            "preferences": [*spread, {"spread": "node.id"}],
            "max_replicas_per_node": At((*here, "publish"), 1) if fixed_ports(service) else most,
        }
    )


def _roll(model: Model, name: str, service: Service, failure: str) -> Value:
    """As the spec says; else one at a time, the new before the old, unless both would hold one port or write one volume."""
    here: Path = ("services", name, "rollout")
    asked = service.rollout
    order = asked.order or ("stop-first" if model.writes_alone(service) or fixed_ports(service) else "start-first")
    watched: Path = (*here, "monitor") if asked.monitor else ("services", name, "health")
    return {
        "parallelism": At((*here, "parallelism"), asked.parallelism or 1),
        "order": At((*here, "order"), order),
        "delay": At((*here, "delay"), write.duration(asked.delay or _BETWEEN)),
        "monitor": At(watched, write.duration(asked.monitor or monitor(service))),
        "failure_action": At((*here, "on_failure"), failure),
        "max_failure_ratio": 0,
    }


def monitor(service: Service) -> Duration:
    """Longer than a new task that never becomes healthy can look as if it might."""
    health = health_of(service)
    return Duration(2 * _SPARE) if health is None else Duration(health.known_after + _SPARE)


def _scratch(name: str, service: Service) -> list[Value]:
    """A deploy ignores `shm_size`; a mount at its place is what processes share then (measured)."""
    places: list[tuple[Path, str, Size]] = [(origin, one.path, one.size) for origin, one in program.scratch(name, service)]
    if service.shm_size is not None:
        places.append((("services", name, "shm_size"), _SHARED_MEMORY, service.shm_size))
    return [At(origin, {"type": "tmpfs", "target": path, "tmpfs": {"size": int(size)}}) for origin, path, size in places]
