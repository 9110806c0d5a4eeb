"""What a compose folder means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twipc.formats.composefile import read as compose
from twipc.formats.engines import SECRETS_FOLDER
from twipc.formats.reading import read_server
from twipc.target import BASELINE, DOCKER, FactKey, Facts

FILE = "docker-compose.yml"
_RESTART = {"unless-stopped": "always", "on-failure": "on-failure", "no": "never"}


def read(texts: Mapping[str, str]) -> Facts:
    """The facts of the compose file and of the configuration that it mounts."""
    document = compose.load(texts, FILE)
    facts: dict[FactKey, object] = {}
    secrets = document.pop("secrets", {})
    for name, service in document.pop("services", {}).items():
        _service(name, service, secrets, texts, facts)
    for name, volume in document.pop("volumes", {}).items():
        _volume(name, dict(volume), facts)
    project = document.pop("name", "")
    owners = f"{facts.get(FactKey('environment.project'))}-{facts.get(FactKey('environment.environment'))}"
    if project != owners:
        facts[FactKey(BASELINE, ("name",))] = project
    for key, value in document.items():
        facts[FactKey(BASELINE, (key,))] = value
    return facts


def _service(name: str, service: dict[str, Any], secrets: Any, texts: Mapping[str, str], facts: dict[FactKey, object]) -> None:
    reader = compose.ServiceReader(name, service, facts)
    reader.common()
    take = reader.service.pop
    mounted = _volumes(reader, take("volumes", []), texts)
    labels = compose.owner(reader.labels(take("labels", {}), mounted), facts)
    restart = take("restart", "")
    reader.fact("restart", _RESTART.get(restart, restart))
    _deploy(reader, dict(take("deploy", {})))
    nth: dict[str, int] = {}
    for port in take("ports", []):
        reader.publish(nth, port.pop("target", 0), port.pop("published", 0), port.pop("host_ip", ""))
        if port != {"protocol": "tcp"}:
            reader.baseline("ports", port)
    for secret in take("secrets", []):
        _secret(reader, secret, secrets)
    reader.rest({f"labels.{key}": value for key, value in labels.items()})
    reader.rest()
    facts.update(read_server(mounted, name, DOCKER))


def _deploy(reader: compose.ServiceReader, deploy: dict[str, Any]) -> None:
    reader.fact("replicas", deploy.pop("replicas", None))
    resources = dict(deploy.pop("resources", {}))
    limits = dict(resources.pop("limits", {}))
    reader.fact("resources.cpu", compose.cpus(limits.pop("cpus", None)))
    reader.fact("resources.memory", compose.size(limits.pop("memory", None)))
    for place, left in (("deploy", deploy), ("deploy.resources", resources), ("deploy.resources.limits", limits)):
        reader.rest({f"{place}.{key}": value for key, value in left.items()})


def _volumes(reader: compose.ServiceReader, volumes: list[dict[str, Any]], texts: Mapping[str, str]) -> dict[str, str]:
    """Takes the mounts apart: volumes are facts, files are given back as texts by place."""
    mounted: dict[str, str] = {}
    mounts: dict[str, str] = {}
    for volume in volumes:
        match volume:
            case {"type": "volume", "source": source, "target": target, "read_only": read_only, **rest} if not rest:
                mounts[target] = source
                reader.facts[FactKey(BASELINE, (reader.name, f"mount of {source} at {target}"))] = read_only
            case {
                "type": "bind",
                "source": source,
                "target": target,
                "read_only": True,
                "bind": {"create_host_path": False, **inner},
                **rest,
            } if not rest and not inner:
                mounted[target] = texts.get(compose.local(source), f"no file {source}")
            case _:
                reader.baseline(f"volume {volume.get('target')}", volume)
    reader.fact("mounts", mounts)
    return mounted


def _secret(reader: compose.ServiceReader, secret: dict[str, Any], secrets: dict[str, Any]) -> None:
    name = secret.get("source", "")
    if secret != {"source": name, "target": f"{SECRETS_FOLDER}/{name}"}:
        reader.baseline(f"secret {name}", secret)
    declared = secrets.get(name, {})
    reader.facts[FactKey("secret.file", (reader.name, "stats"))] = compose.project_file(declared.get("file", ""))
    if set(declared) != {"file"}:
        reader.baseline(f"declaration of secret {name}", declared)


def _volume(name: str, volume: dict[str, Any], facts: dict[FactKey, object]) -> None:
    labels = compose.owner(volume.pop("labels", {}), facts)
    for leaf in ("access", "retention"):
        facts[FactKey(f"volume.{leaf}", (name,))] = labels.pop(f"{compose.LABEL}{leaf}", "missing")
    for key, value in {**volume, **labels}.items():
        facts[FactKey(BASELINE, (f"volume {name}", key))] = value
