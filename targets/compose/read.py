"""What a compose folder means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twipc.formats.composefile import read as compose
from twipc.formats.reading import read_server
from twipc.target import DOCKER, Facts

FILE = "docker-compose.yml"
_RESTART = {"unless-stopped": "always", "on-failure": "on-failure", "no": "never"}


def read(texts: Mapping[str, str]) -> Facts:
    """The facts of the compose file and of the configuration that it mounts."""
    document, facts = compose.load(texts, FILE)
    owners = compose.Owners()
    secrets = compose.table(document.pop("secrets", None), FILE, "secrets")
    unused = dict(secrets)
    for name, service in compose.each(document.pop("services", None), FILE, "services"):
        reader = compose.ServiceReader(FILE, name, service, facts, owners)
        _service(reader, secrets, unused, texts)
        reader.rest()
    compose.networks(document, FILE, facts, owners)
    compose.volumes(document, FILE, facts, owners)
    owners.tell(facts)
    compose.left("secrets", unused, facts)
    compose.left("file", document, facts)
    return facts


def _service(reader: compose.ServiceReader, secrets: dict[str, Any], unused: dict[str, Any], texts: Mapping[str, str]) -> None:
    reader.common()
    reader.depends_on()
    reader.kind()
    reader.fact("restart", compose.named(_RESTART, reader.service.pop("restart", "")))
    mounted = reader.files(reader.mounts(reader.take_tables("volumes")), texts)
    reader.labels(mounted)
    _deploy(reader)
    nth: dict[str, int] = {}
    for port in reader.take_tables("ports"):
        target = compose.port(port.pop("target", 0), port.pop("protocol", "unsaid"))
        reader.publish(nth, target, compose.number(port.pop("published", 0)), port.pop("host_ip", ""))
        if port:
            reader.baseline("ports", str(port))
    reader.facts.update(read_server(mounted, reader.name, DOCKER))
    reader.configs(mounted)
    files: list[tuple[str, object, object]] = []
    for secret in reader.take_tables("secrets"):
        name = str(secret.pop("source", ""))
        unused.pop(name, None)
        declared = compose.table(secrets.get(name), FILE, f"secrets.{name}")
        file = compose.project_file(str(declared.pop("file", "")))
        files.append((str(secret.pop("target", "")), file, True))
        compose.left(f"secret {name}", {**declared, **secret}, reader.facts)
    reader.secrets("file", files)
    reader.security()
    reader.program()


def _deploy(reader: compose.ServiceReader) -> None:
    deploy = reader.take_table("deploy")
    reader.replicas(deploy.pop("replicas", None))
    resources = reader.table(deploy.pop("resources", None), "deploy.resources")
    limits = reader.table(resources.pop("limits", None), "deploy.resources.limits")
    reader.limits(*(limits.pop(key, None) for key in ("cpus", "memory", "pids")))
    for place, left in (("deploy", deploy), ("deploy.resources", resources), ("deploy.resources.limits", limits)):
        reader.rest({f"{place}.{key}": value for key, value in left.items()})
