"""A model as a compose file of format 2.4, with the proxies' configuration and the project's name beside it."""

from __future__ import annotations

from typing import Any

from twipc.diagnostics import Path
from twipc.formats.composefile import program, volumes, write
from twipc.formats.document import At, Value, without_nothing
from twipc.formats.served import ServerFile
from twipc.formats.writing import files_of
from twipc.model import Model
from twipc.spec import EPHEMERAL, Service
from twipc.target import DOCKER, Artifact, Bundle, bundle, images, option

FILE = "docker-compose.yml"
PROJECT_FILE = ".env"
TARGET_NAME = "compose-2.4"
_RESTART = {"always": "unless-stopped", "on-failure": "on-failure", "never": "no"}


def compile(model: Model, options: Any) -> Bundle:
    """One compose file; a service's own files lie in a folder of its name."""
    registry = option(options, images.ImageOptions).registry
    files = {name: files_of(model, name, DOCKER) for name, _ in model.services}
    document: dict[str, Value] = {
        "version": "2.4",
        "services": {
            name: At(("services", name), _service(model, name, service, files[name], registry))
            for name, service in model.services
        },
        "networks": {
            name: At(("networks", name), {"driver": "bridge", **write.network(model, name)})
            for name in sorted(model.environment.networks)
        },
        "volumes": {
            name: At(("volumes", name), {"name": write.volume_name(model, name), **volumes.declared(model, name)})
            for name in volumes.objects(model)
        },
    }
    composed = write.file(FILE, without_nothing(document), write.head(model, "docker-compose 1.29 on one host"))
    return bundle(composed, _project(model), *(file.artifact for served in files.values() for file in served))


def _project(model: Model) -> Artifact:
    """The project's name: format 2.4 has no word for it, and without one all environments would be `compose-24`."""
    lines = [*(f"# {line}" for line in write.head(model, "the project's name")), f"COMPOSE_PROJECT_NAME={model.name}"]
    return Artifact(PROJECT_FILE, "".join(f"{line}\n" for line in lines), ((), (), ("project",)))


def _service(
    model: Model, name: str, service: Service, files: tuple[ServerFile, ...], registry: str | None
) -> dict[str, Value]:
    here: Path = ("services", name)
    limits = program.limits(name, service)
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
            "depends_on": write.depends_on(name, service, {}),
            "scale": At((*here, "replicas"), service.replicas),
            "cpus": limits["cpus"],
            "mem_limit": limits["memory"],
            "pids_limit": limits["pids"],
            "restart": At((*here, "restart"), _RESTART[service.restart]),
            "stop_grace_period": At((*here, "stop_grace"), write.whole_seconds(service.stop_grace)),
            "volumes": [*volumes.mounts(model, name), *_file_mounts(files), *_secret_mounts(model, name)],
            **program.hardening(name, service),
            "security_opt": program.security(name, service),
            "tmpfs": program.tmpfs(name, service),
            "shm_size": program.shared_memory(name, service),
            "logging": write.logging(name, service),
        }
    )


def _port(model: Model, name: str, index: int) -> Value:
    """`[address:[host]:]number[/udp]`: the only form that 2.4 has."""
    publish = model.environment.services[name].publish[index]
    words = [publish.address or "", "" if publish.host == EPHEMERAL else str(publish.host)]
    words = words if publish.address else words[1:] if words[1] else []
    port = model.environment.services[name].ports[publish.port]
    return At(("services", name, "publish", index), ":".join([*words, str(port)]))


def _file_mounts(files: tuple[ServerFile, ...]) -> list[Value]:
    """In this form 1.29 mounts what is there and never makes a folder of what is missing."""
    return [write.file_mount(f"./{file.artifact.path}", file.container_path) for file in files]


def _secret_mounts(model: Model, name: str) -> list[Value]:
    """Format 2.4 has no secrets: the file itself is mounted where Docker would put one."""
    return [
        At(mount.origin, {**write.file_mount("", mount.place), "source": _source(model, mount.secret)})
        for mount in write.secret_mounts(model, name)
    ]


def _source(model: Model, secret: str) -> Value:
    file = model.environment.secrets[secret].file
    assert file, "check refuses a secret without one"
    return At(("secrets", secret, "file"), write.project_path(model, TARGET_NAME, file))
