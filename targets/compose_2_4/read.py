"""What a folder for docker-compose 1.29 means."""

from __future__ import annotations

import re
from collections.abc import Mapping

from twipc.formats.composefile import read as compose
from twipc.formats.reading import read_server
from twipc.target import BASELINE, DOCKER, FactKey, Facts, Unreadable

FILE = "docker-compose.yml"
NAME_FILE = ".env"
_RESTART = {"unless-stopped": "always", "on-failure": "on-failure", "no": "never"}
_PORT = re.compile(r"(?:(?:(?P<address>[0-9.]+):)?(?P<host>[0-9]*):)?(?P<target>[0-9]+)")


def read(texts: Mapping[str, str]) -> Facts:
    """The facts of the compose file, of the project's name and of the configuration that is mounted."""
    document = compose.load(texts, FILE)
    facts: dict[FactKey, object] = {}
    for name, service in compose.table(document.pop("services", None), FILE, "services").items():
        reader = compose.ServiceReader(FILE, name, service, facts)
        _service(reader, texts)
        reader.rest()
    compose.volumes(document, FILE, facts)
    compose.left("file", document, facts)
    variables = _variables(texts)
    project = variables.pop("COMPOSE_PROJECT_NAME", "")
    if project != compose.owner_name(facts):
        facts[FactKey(BASELINE, (NAME_FILE, "the project's name"))] = project or "not there"
    compose.left(NAME_FILE, variables, facts)
    return facts


def _variables(texts: Mapping[str, str]) -> dict[str, str]:
    """A file of variables as python-dotenv reads it, as far as it needs no quotes."""
    if NAME_FILE not in texts:
        raise Unreadable(NAME_FILE, "the file is not there")
    lines = (line.strip() for line in texts[NAME_FILE].splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def _service(reader: compose.ServiceReader, texts: Mapping[str, str]) -> None:
    reader.common()
    take = reader.service.pop
    reader.fact("restart", compose.named(_RESTART, take("restart", "")))
    reader.fact("replicas", take("scale", None))
    reader.limits(take("cpus", None), take("mem_limit", None))
    mounted = _mounted(reader, texts)
    reader.labels(mounted)
    nth: dict[str, int] = {}
    for port in reader.rows(take("ports", None), "ports"):
        found = _PORT.fullmatch(str(port))
        if found:
            reader.publish(nth, found["target"], found["host"], found["address"] or "")
        else:
            reader.baseline(f"port {port}", "not understood")
    reader.facts.update(read_server(mounted, reader.name, DOCKER))


def _mounted(reader: compose.ServiceReader, texts: Mapping[str, str]) -> dict[str, str]:
    """The files of this folder that are mounted, as texts by their place; a file of the project is a secret."""
    mounted: dict[str, str] = {}
    for mount in reader.mounts(reader.take_tables("volumes")):
        match mount:
            case {"type": "bind", "source": str(source), "target": str(target), "read_only": True, **rest} if (
                not rest and target not in mounted
            ):
                if source.startswith("../"):
                    reader.secret("file", target, compose.project_file(source))
                else:
                    mounted[target] = texts.get(compose.local(source), f"no file {source}")
            case _:
                reader.baseline(f"volume {mount.get('target')}", mount)
    return mounted
