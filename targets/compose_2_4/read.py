"""What a folder for docker-compose 1.29 means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twipc.formats.composefile import read as compose
from twipc.formats.reading import read_server
from twipc.regex import late_regex
from twipc.target import DOCKER, Facts, Unreadable

FILE = "docker-compose.yml"
NAME_FILE = ".env"
_RESTART = {"unless-stopped": "always", "on-failure": "on-failure", "no": "never"}
_PORT = late_regex(r"(?:(?:(?P<address>[0-9.]+):)?(?P<host>[0-9]*):)?(?P<target>[0-9]+(?:/udp)?)")


def read(texts: Mapping[str, str]) -> Facts:
    """The facts of the compose file, of the project's name and of the configuration that is mounted."""
    document, facts = compose.load(texts, FILE)
    owners = compose.Owners()
    for name, service in compose.each(document.pop("services", None), FILE, "services"):
        reader = compose.ServiceReader(FILE, name, service, facts, owners)
        _service(reader, texts)
        reader.rest()
    compose.networks(document, FILE, facts, owners)
    compose.volumes(document, FILE, facts, owners)
    owners.tell(facts)
    compose.left("file", document, facts)
    compose.left(NAME_FILE, _variables(texts), facts)
    return facts


def _variables(texts: Mapping[str, str]) -> dict[str, str]:
    """A file of variables as python-dotenv reads it, as far as it needs no quotes."""
    if NAME_FILE not in texts:
        raise Unreadable(NAME_FILE, "the file is not there")
    if texts[NAME_FILE].startswith("\ufeff"):
        raise Unreadable(NAME_FILE, "the file begins with a byte order mark (U+FEFF)")
    variables: dict[str, str] = {}
    for line in texts[NAME_FILE].splitlines():
        name, _, value = line.strip().partition("=")
        if name in variables:
            raise Unreadable(NAME_FILE, f"`{name}` stands twice")
        if name and not name.startswith("#"):
            variables[name] = value
    return variables


def _service(reader: compose.ServiceReader, texts: Mapping[str, str]) -> None:
    reader.common()
    reader.depends_on()
    reader.kind()
    take = reader.service.pop
    reader.fact("restart", compose.named(_RESTART, take("restart", "")))
    reader.replicas(take("scale", None))
    reader.limits(*(take(key, None) for key in ("cpus", "mem_limit", "pids_limit")))
    mounts = reader.mounts(reader.take_tables("volumes"))
    secrets = [_secret(mount) for mount in mounts]
    mounted = reader.files([mount for mount, secret in zip(mounts, secrets, strict=True) if secret is None], texts)
    reader.labels(mounted)
    nth: dict[str, int] = {}
    for port in reader.rows(take("ports", None), "ports"):
        found = _PORT.fullmatch(str(port))
        if found:
            reader.publish(nth, found["target"], compose.number(found["host"]), found["address"] or "")
        else:
            reader.baseline(f"port {port}", "not understood")
    reader.facts.update(read_server(mounted, reader.name, DOCKER))
    reader.configs(mounted)
    reader.secrets("file", [secret for secret in secrets if secret])
    reader.security()
    reader.program()


def _secret(mount: dict[str, Any]) -> tuple[str, object, object] | None:
    """The place, file and manner of a mount that brings a secret: a file of the project, not of this folder."""
    match mount:
        case {"type": "bind", "source": str(source), "target": str(target), **how} if source.startswith("../"):
            return target, compose.project_file(source), how
    return None
