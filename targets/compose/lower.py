"""A model as a compose file in long forms, with the proxies' configuration beside it."""

from __future__ import annotations

from typing import Any

from twipc.diagnostics import Path
from twipc.formats.composefile import write
from twipc.formats.document import At, Value, without_nothing
from twipc.formats.engines import SECRETS_FOLDER
from twipc.formats.served import ServerFile
from twipc.formats.writing import server_files
from twipc.model import Model, image_of
from twipc.spec import EPHEMERAL, Service
from twipc.target import DOCKER, Bundle, bundle

FILE = "docker-compose.yml"
TARGET_NAME = "compose"
_RESTART = {"always": "unless-stopped", "on-failure": "on-failure", "never": "no"}


def compile(model: Model, _options: Any) -> Bundle:
    """One compose file; an `http` service's own files lie in a folder of its name."""
    files = {name: server_files(model, name, DOCKER) for name, _ in model.services}
    document: dict[str, Value] = {
        "name": At(("project",), model.name),
        "services": {
            name: At(("services", name), _service(model, name, service, files[name])) for name, service in model.services
        },
        "volumes": {name: At(("volumes", name), _volume(model, name)) for name in sorted(model.environment.volumes)},
        "secrets": _secrets(model),
    }
    composed = write.file(FILE, without_nothing(document), write.head(model, "Docker Compose v2 on one host"))
    return bundle(composed, *(file.artifact for served in files.values() for file in served))


def _service(model: Model, name: str, service: Service, files: tuple[ServerFile, ...]) -> dict[str, Value]:
    here: Path = ("services", name)
    return without_nothing(
        {
            "image": At((*here, "image"), image_of(service)),
            "command": At((*here, "command"), list(service.command or ())),
            "environment": write.environment(model, name, DOCKER),
            "labels": write.service_labels(model, name, files),
            "ports": [_port(model, name, index) for index in range(len(service.publish))],
            "healthcheck": write.healthcheck(model, name),
            "deploy": {
                "replicas": At((*here, "replicas"), service.replicas),
                "resources": {"limits": _limits(name, service)},
            },
            "restart": At((*here, "restart"), _RESTART[service.restart]),
            "stop_grace_period": At((*here, "stop_grace"), write.duration(service.stop_grace)),
            "volumes": [*_mounts(model, name, service), *_config_mounts(files)],
            "secrets": _mounted_secrets(name, service),
            **write.hardening(service),
            "security_opt": ["no-new-privileges:true"],
            "tmpfs": ["/tmp:mode=1777,size=64m,noexec,nosuid,nodev"] if service.http else [],
            "logging": write.LOGGING,
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
                "protocol": "tcp",
            }
        ),
    )


def _limits(name: str, service: Service) -> dict[str, Value]:
    here: Path = ("services", name, "resources")
    resources = service.resources
    return without_nothing(
        {
            "cpus": At((*here, "cpu"), str(resources.cpu) if resources.cpu is not None else None),
            "memory": At((*here, "memory"), write.memory(resources.memory) if resources.memory is not None else None),
            "pids": 1024,
        }
    )


def _mounts(model: Model, name: str, service: Service) -> list[Value]:
    return [
        At(
            ("services", name, "mounts", path),
            {
                "type": "volume",
                "source": mount.volume,
                "target": path,
                "read_only": model.environment.volumes[mount.volume].access == "read-only",
            },
        )
        for path, mount in sorted(service.mounts.items())
    ]


def _config_mounts(files: tuple[ServerFile, ...]) -> list[Value]:
    """Whole files, never folders; a missing one is an error rather than an empty folder (traps §2.2)."""
    return [
        {
            "type": "bind",
            "source": f"./{file.artifact.path}",
            "target": file.container_path,
            "read_only": True,
            "bind": {"create_host_path": False},
        }
        for file in files
    ]


def _mounted_secrets(name: str, service: Service) -> list[Value]:
    if not service.http or not service.http.stats:
        return []
    secret = service.http.stats.auth.secret
    origin: Path = ("services", name, "http", "stats", "auth", "secret")
    return [At(origin, {"source": secret, "target": f"{SECRETS_FOLDER}/{secret}"})]


def _volume(model: Model, name: str) -> Value:
    volume = model.environment.volumes[name]
    return {
        "labels": {
            **write.owner_labels(model),
            f"{write.LABEL}access": At(("volumes", name, "access"), volume.access),
            f"{write.LABEL}retention": At(("volumes", name, "retention"), volume.retention),
        }
    }


def _secrets(model: Model) -> dict[str, Value]:
    used = {service.http.stats.auth.secret for _, service in model.services if service.http and service.http.stats}
    found: dict[str, Value] = {}
    for name in sorted(used):
        path = model.environment.secrets[name].file
        if path is not None:
            found[name] = At(("secrets", name, "file"), {"file": write.project_path(model, TARGET_NAME, path)})
    return found
