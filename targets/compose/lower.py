"""A model as a compose file in long forms, with the proxies' configuration beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twipc.diagnostics import Path
from twipc.formats.composefile import program, volumes, write
from twipc.formats.document import At, Value, without_nothing
from twipc.formats.served import ServerFile
from twipc.formats.writing import files_of
from twipc.model import Model
from twipc.spec import EPHEMERAL, Service
from twipc.target import DOCKER, Bundle, bundle, images, option

FILE = "docker-compose.yml"
TARGET_NAME = "compose"
_BIND: Mapping[str, Value] = {"bind": {"create_host_path": False}}
"""What is missing is an error rather than an empty folder of root's (compose specification, volumes: `create_host_path`)."""
_RESTART = {"always": "unless-stopped", "on-failure": "on-failure", "never": "no"}


def compile(model: Model, options: Any) -> Bundle:
    """One compose file; a service's own files lie in a folder of its name."""
    registry = option(options, images.ImageOptions).registry
    files = {name: files_of(model, name, DOCKER) for name, _ in model.services}
    document: dict[str, Value] = {
        "name": At(("project",), model.name),
        "services": {
            name: At(("services", name), _service(model, name, service, files[name], registry))
            for name, service in model.services
        },
        "networks": {
            name: At(("networks", name), {"driver": "bridge", **write.network(model, name)})
            for name in sorted(model.environment.networks)
        },
        "volumes": {name: At(("volumes", name), volumes.declared(model, name)) for name in volumes.objects(model)},
        "secrets": _secrets(model),
    }
    composed = write.file(FILE, without_nothing(document), write.head(model, "Docker Compose v2 on one host"))
    return bundle(composed, *(file.artifact for served in files.values() for file in served))


def _service(
    model: Model, name: str, service: Service, files: tuple[ServerFile, ...], registry: str | None
) -> dict[str, Value]:
    here: Path = ("services", name)
    return without_nothing(
        {
            "image": At((*here, "image"), images.named(model, name, registry)),
            "command": At((*here, "command"), list(service.command or ())),
            "environment": write.environment(model, name, DOCKER),
            "labels": {
                **write.service_labels(model, name, files),
                **write.kind_label(name, service),
                **volumes.labels(model, name),
            },
            "networks": write.networks(name, service),
            "ports": [_port(model, name, index) for index in range(len(service.publish))],
            "healthcheck": write.healthcheck(model, name),
            "depends_on": write.depends_on(name, service, {"required": True, "restart": False}),
            "deploy": {
                "replicas": At((*here, "replicas"), service.replicas),
                "resources": {"limits": without_nothing(program.limits(name, service))},
            },
            "restart": At((*here, "restart"), _RESTART[service.restart]),
            "stop_grace_period": At((*here, "stop_grace"), write.whole_seconds(service.stop_grace)),
            "volumes": [*volumes.mounts(model, name, bind=_BIND), *_config_mounts(files)],
            "secrets": _mounted_secrets(model, name),
            **program.hardening(name, service),
            "security_opt": program.security(name, service),
            "tmpfs": program.tmpfs(name, service),
            "shm_size": program.shared_memory(name, service),
            "logging": write.logging(name, service),
        }
    )


def _port(model: Model, name: str, index: int) -> Value:
    publish = model.environment.services[name].publish[index]
    published = None if publish.host == EPHEMERAL else str(publish.host)
    return At(
        ("services", name, "publish", index),
        without_nothing(
            {
                "target": model.number(name, publish.port),
                "published": published,
                "host_ip": publish.address,
                "protocol": model.environment.services[name].ports[publish.port].protocol,
            }
        ),
    )


def _config_mounts(files: tuple[ServerFile, ...]) -> list[Value]:
    return [{**write.file_mount(f"./{file.artifact.path}", file.container_path), **_BIND} for file in files]


def _mounted_secrets(model: Model, name: str) -> list[Value]:
    """Compose mounts the file as it lies there, with its own owner and mode."""
    return [At(mount.origin, {"source": mount.secret, "target": mount.place}) for mount in write.secret_mounts(model, name)]


def _secrets(model: Model) -> dict[str, Value]:
    return {name: {"file": At(("secrets", name, "file"), _file(model, name))} for name in write.mounted_secrets(model)}


def _file(model: Model, secret: str) -> str:
    file = model.environment.secrets[secret].file
    assert file, "check refuses a secret without one"
    return write.project_path(model, TARGET_NAME, file)
