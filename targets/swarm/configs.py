"""Configs and secrets: what a stack brings to its tasks as files."""

from __future__ import annotations

import hashlib

from twipc.diagnostics import Path
from twipc.formats.composefile import write
from twipc.formats.document import At, Value
from twipc.formats.engines import ENGINES
from twipc.formats.served import ServerFile
from twipc.model import Model
from twipc.spec import Service

from .limits import CONFIG_NAME


def config_key(name: str, file: ServerFile) -> str:
    """Of a service and a place, and of no other.

    An engine's own are `edge-haproxy.cfg`, `edge-404.html`, with a dot and one hyphen. The spec's are `web_etc_.app.conf`: a
    service has no underscore, one in a place is two here, and `_.` is a slash.
    """
    inner = file.artifact.path.removeprefix(f"{name}/")
    if not inner.startswith("files/"):
        return f"{name}-{inner.rpartition('/')[2]}"
    return f"{name}_{file.container_path[1:].replace('_', '__').replace('/', '_.')}"


def origin(model: Model, name: str, file: ServerFile) -> Path:
    here: Path = ("services", name)
    return (*here, "http") if model.environment.services[name].http else (*here, "configs", file.container_path)


def config(model: Model, name: str, file: ServerFile) -> Value:
    """A config is never changed: another content is another config, so the name holds its digest."""
    digest = hashlib.sha256(file.artifact.text.encode()).hexdigest()[:12]
    stem = _stem(f"{model.name}-{config_key(name, file)}", CONFIG_NAME.most - len(digest) - 1)
    return {"name": f"{stem}-{digest}", "file": f"./{file.artifact.path}", "labels": write.owner_labels(model)}


def _stem(name: str, longest: int) -> str:
    """`name`, or its beginning and a digest of the whole."""
    if len(name) <= longest:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:12]
    return f"{name[: longest - 13].rstrip('-.')}-{digest}"


def mounted_config(name: str, file: ServerFile) -> Value:
    return {"source": config_key(name, file), "target": file.container_path, "mode": 0o444}


def mounted_secrets(model: Model, name: str, service: Service) -> list[Value]:
    """For the user's eyes alone, where the spec says who that is; else the image does, and all its users may read it."""
    said = ENGINES[service.http.engine.name].user if service.http else service.user
    user, _, group = (said or "0").partition(":")
    how: dict[str, Value] = {"uid": user, "gid": group or "0", "mode": 0o400 if said else 0o444}
    return [
        At(mount.origin, {"source": mount.secret, "target": mount.place, **how}) for mount in write.secret_mounts(model, name)
    ]


def secrets(model: Model) -> dict[str, Value]:
    return {
        name: {"external": True, "name": At(("secrets", name, "swarm", "name"), _secret_name(model, name))}
        for name in write.mounted_secrets(model)
    }


def _secret_name(model: Model, secret: str) -> str:
    there = model.environment.secrets[secret].swarm
    assert there, "check refuses a secret without one"
    return there.name
