"""The parts of a service that every dialect of the compose file says alike."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from posixpath import relpath

from msgspec import Struct

from twipc.diagnostics import Path
from twipc.formats.document import At, Value, without_nothing
from twipc.formats.engines import SECRETS_FOLDER
from twipc.formats.labels import LABEL, own_labels
from twipc.formats.probe import http_probe
from twipc.formats.served import ServerFile
from twipc.formats.standby import MODE, alive
from twipc.formats.told import told_address
from twipc.formats.yamltext import dump, interpolated
from twipc.model import Model, place_of
from twipc.spec import Duration, Service
from twipc.target import Artifact, Discovery

_CONDITION = {
    **{"healthy": "service_healthy", "started": "service_started"},
    "completed": "service_completed_successfully",
}


def file(name: str, document: Value, head: list[str]) -> Artifact:
    """A compose file; Docker interpolates its values, so every `$` in them is doubled."""
    text, origins = dump(document, head, interpolated)
    return Artifact(name, text, origins)


def head(model: Model, summary: str) -> list[str]:
    return [f"{model.name}: {summary}", "Written by twipc; edit the spec, not this file."]


def duration(value: Duration) -> str:
    """As Go reads it: whole seconds, else milliseconds."""
    return f"{int(value)}ms" if int(value) % 1000 else f"{int(value) // 1000}s"


def whole_seconds(value: Duration) -> str:
    """The next whole second: the engine counts no shorter time to end, and who is cut short loses work."""
    return f"{-(-int(value) // 1000)}s"


def environment(model: Model, name: str, discovery: Discovery) -> dict[str, Value]:
    """Variables, by name; a secret is not among them."""
    values: dict[str, Value] = {}
    for variable, value in sorted(model.environment.services[name].env.items()):
        origin: Path = ("services", name, "env", variable)
        if value.value is not None:
            values[variable] = At(origin, value.value)
        elif value.address is not None:
            values[variable] = At(origin, told_address(model, value, discovery))
    return values


def owner_labels(model: Model) -> dict[str, Value]:
    """Whose an object is: run-time verbs touch nothing without these."""
    return {
        f"{LABEL}project": At(("project",), model.environment.project),
        f"{LABEL}environment": At(("environment",), model.environment.environment),
    }


def service_labels(model: Model, name: str, files: Iterable[ServerFile]) -> dict[str, Value]:
    """Owner, the ports' names, and the digest of mounted configuration."""
    labels = owner_labels(model)
    digest = config_digest(files)
    if digest:
        # A mounted file is no part of what compose compares before it recreates a container: its digest here is.
        of = "http" if model.environment.services[name].http else "configs"
        labels[f"{LABEL}config"] = At(("services", name, of), digest)
    for port, noun in sorted(model.environment.services[name].ports.items()):
        labels[f"{LABEL}port.{port}"] = At(("services", name, "ports", port), str(noun))
    if model.environment.services[name].standby:
        labels[f"{LABEL}mode"] = At(("services", name, "mode"), MODE)
    return labels | own_labels(name, model.environment.services[name])


def logging(name: str, service: Service) -> dict[str, Value]:
    """Where what it prints goes."""
    here: Path = ("services", name, "logging")
    options: dict[str, Value] = {option: At((*here, "options", option), text) for option, text in service.logging.told.items()}
    return without_nothing({"driver": At((*here, "driver"), service.logging.driver), "options": options})


def kind_label(name: str, service: Service) -> dict[str, Value]:
    """What is a job: to Docker it is a container that is not started again."""
    return {f"{LABEL}kind": At(("services", name, "kind"), "job")} if service.kind == "job" else {}


def config_digest(files: Iterable[ServerFile]) -> str:
    texts = sorted((file.container_path, file.artifact.text) for file in files)
    if not texts:
        return ""
    return "sha256:" + hashlib.sha256("\0".join(part for pair in texts for part in pair).encode()).hexdigest()


def healthcheck(model: Model, name: str) -> Value:
    """Liveness, without a shell but where somebody waits for a lock; None where nobody asks."""
    health = model.environment.services[name].health
    here: Path = ("services", name, "health")
    if health is None:
        return None
    argv = list(health.command or ())
    if health.http:
        argv = http_probe(health.http, model.number(name, health.http.port))
    return {
        "test": At(here, ["CMD", *alive(model.environment.services[name], argv)]),
        "interval": At((*here, "interval"), duration(health.interval)),
        "timeout": At((*here, "timeout"), duration(health.timeout)),
        "retries": At((*here, "failures"), health.failures),
        "start_period": At((*here, "start_period"), duration(health.start_period)),
    }


def depends_on(name: str, service: Service, how: Mapping[str, Value]) -> dict[str, Value]:
    """Whom a service waits for, and until when; `how` is what a dialect says of each besides."""
    waits = {one.service: (index, one.condition) for index, one in enumerate(service.depends_on)}
    return {
        other: At(("services", name, "depends_on", index), {"condition": _CONDITION[condition], **how})
        for other, (index, condition) in sorted(waits.items())
    }


def file_mount(source: str, target: str) -> dict[str, Value]:
    """A whole file, never a folder: an engine that looks into a folder would see what else lies there."""
    return {"type": "bind", "source": source, "target": target, "read_only": True}


class SecretMount(Struct, frozen=True):
    """A secret as a file at `place`, and where the service says so."""

    secret: str
    place: str
    origin: Path


def secret_mounts(model: Model, name: str) -> list[SecretMount]:
    """Every file of a service that holds a secret, by its place."""
    service = model.environment.services[name]
    found = [
        SecretMount(file.secret, place_of(file), ("services", name, "secrets", index))
        for index, file in enumerate(service.secrets)
    ]
    if service.http and service.http.stats:
        secret = service.http.stats.auth.secret
        origin: Path = ("services", name, "http", "stats", "auth", "secret")
        found.append(SecretMount(secret, f"{SECRETS_FOLDER}/{secret}", origin))
    if service.http and service.http.tls:
        secret = service.http.tls.certificate
        found.append(SecretMount(secret, f"{SECRETS_FOLDER}/{secret}", ("services", name, "http", "tls", "certificate")))
    return sorted(found, key=lambda mount: mount.place)


def mounted_secrets(model: Model) -> list[str]:
    """The secrets that some service has as a file."""
    return sorted({mount.secret for name, _ in model.services for mount in secret_mounts(model, name)})


def networks(name: str, service: Service) -> dict[str, Value]:
    """The networks that a service is on, by name, each with the service's other names there."""
    found: dict[str, Value] = {}
    for index, one in enumerate(service.networks):
        here: Path = ("services", name, "networks", index)
        aliases = At((*here, "aliases"), sorted(one.aliases))
        found[one.network] = At(here, without_nothing({"aliases": aliases}))
    return dict(sorted(found.items()))


def network(model: Model, name: str) -> dict[str, Value]:
    """What every dialect says of a network: whether a way leads out of it, and whose it is."""
    internal = At(("networks", name, "internal"), model.environment.networks[name].internal or None)
    return without_nothing({"internal": internal, "labels": owner_labels(model)})


def volume_name(model: Model, name: str) -> str:
    """As Compose v2 names it by itself: state is found again, whichever of the dialects runs it."""
    return f"{model.name}_{name}"


def project_path(model: Model, target: str, path: str) -> str:
    """A path of the project as seen from the target's folder in `out/`."""
    return relpath(path, f"out/{model.environment.environment}/{target}")
