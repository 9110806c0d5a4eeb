"""What an engine has of an environment: the questions, and how their answers are read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from twipc.formats.labels import LABEL
from twipc.model import Model
from twipc.target import images
from twipc.target.runtime import Answer, Asking, Instance, Status, Step, Stranger, Unanswered
from twipc.target.standby import under_lock

from .lower import FILE, TARGET_NAME

_COMPOSE = "com.docker.compose."
_ROW = f'{{{{.ID}}}}\t{{{{.Names}}}}\t{{{{.Label "{_COMPOSE}project"}}}}'
_NEVER = "0001-01-01T00:00:00Z"


def composing(model: Model, folder: str, *arguments: str) -> tuple[str, ...]:
    """A command of Compose on the artifact, and on nothing else that lies about or that the shell says."""
    file = ("--file", f"{folder}/{FILE}", "--env-file", "/dev/null")
    return ("docker", "compose", "--progress", "plain", "--project-name", model.name, *file, *arguments)


def observe(model: Model, folder: str, _mark: str = "") -> Asking[Status]:
    """Containers and networks by their labels, and what bears our names without them."""
    asked = Step(composing(model, folder, "config", "--hash", "*"), "ask for the digest of each service", reads=True)
    hashes = _hashes((yield from _ask(asked)))
    there = yield from _images(model)
    listing = ("docker", "container", "ls", "--all", "--no-trunc", "--format", _ROW)
    rows = [line.split("\t") for line in (yield from _ask(Step(listing, "list the containers", reads=True))).splitlines()]
    found = [row[0] for row in rows if len(row) == 3 and (row[2] == model.name or _is_called(model, row[1]))]
    look = Step(("docker", "container", "inspect", "--", *sorted(found)), "look at each container", reads=True)
    containers = (yield from _inspected(look)) if found else []
    joined = ("docker", "network", "ls", "--quiet", "--no-trunc", "--filter", f"label={_COMPOSE}project={model.name}")
    networks = (yield from _ask(Step(joined, "list the networks of the project", reads=True))).split()
    try:
        return _status(model, containers, hashes, there, networks)
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise Unanswered(look, f"its answer has a form that twipc does not know ({problem!r})") from None


def _status(
    model: Model,
    containers: list[dict[str, Any]],
    hashes: Mapping[str, str],
    there: Mapping[str, str],
    networks: Iterable[str],
) -> Status:
    ours = [one for one in containers if _is_ours(model, one)]
    wanted = {name: (digest, there.get(name, "")) for name, digest in hashes.items()}
    return Status(
        tuple(sorted((_instance(one, wanted) for one in ours), key=lambda one: (one.service, one.number, one.name))),
        tuple(_stranger(one) for one in containers if one not in ours and _in_the_way(model, one)),
        tuple(sorted(networks)),
        there,
    )


def _ask(step: Step) -> Asking[str]:
    answer: Answer = yield step
    if answer.code:
        raise Unanswered(step, answer.err)
    return answer.out


def _hashes(said: str) -> Mapping[str, str]:
    return {name: digest for name, _, digest in (line.partition(" ") for line in said.splitlines()) if digest}


def _images(model: Model) -> Asking[Mapping[str, str]]:
    """The id of each service's image; empty, where the engine does not have it."""
    registry = images.said(model, TARGET_NAME, images.ImageOptions).registry
    called = {name: images.named(model, name, registry) for name, _ in model.services}
    names = sorted(set(called.values()))
    ids = yield from _ids(names)
    if len(ids) == len(names):
        found = dict(zip(names, ids, strict=True))
    else:
        # Which are missing is said in words alone, so that each is asked for by itself.
        found = {}
        for name in names:
            found[name] = "".join((yield from _ids([name])))
    return {name: found[image] for name, image in called.items()}


def _ids(names: list[str]) -> Asking[list[str]]:
    argv = ("docker", "image", "inspect", "--format", "{{.Id}}", "--", *names)
    answer = yield Step(argv, "ask for the images", reads=True)
    return answer.out.split()


def _inspected(step: Step) -> Asking[list[dict[str, Any]]]:
    answer = yield step
    try:
        # One that has gone meanwhile makes the code 1, and is not among those that are told.
        found = json.loads(answer.out)
    except ValueError:
        raise Unanswered(step, answer.err or "it answers in a form that twipc does not know") from None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _labels(container: Mapping[str, Any]) -> Mapping[str, str]:
    return container["Config"]["Labels"] or {}


def _is_ours(model: Model, container: Mapping[str, Any]) -> bool:
    labels = _labels(container)
    of_project = labels.get(f"{_COMPOSE}project") == model.name and labels.get(f"{_COMPOSE}oneoff") != "True"
    project, environment = model.environment.project, model.environment.environment
    return of_project and (labels.get(f"{LABEL}project"), labels.get(f"{LABEL}environment")) == (project, environment)


def _in_the_way(model: Model, container: Mapping[str, Any]) -> bool:
    """Whether Compose would take it for its own, or wants its name."""
    if _labels(container).get(f"{_COMPOSE}project") == model.name:
        return True
    return _is_called(model, container["Name"].removeprefix("/"))


def _is_called(model: Model, name: str) -> bool:
    """Whether Compose would call a container of ours so."""
    services = "|".join(re.escape(name) for name, _ in model.services)
    return bool(re.fullmatch(rf"{re.escape(model.name)}-({services})-[0-9]+", name))


def _instance(container: Mapping[str, Any], wanted: Mapping[str, tuple[str, str]]) -> Instance:
    labels, state = _labels(container), container["State"]
    service = labels.get(f"{_COMPOSE}service", "")
    digest, image = wanted.get(service, ("", ""))
    number = labels.get(f"{_COMPOSE}container-number", "0")
    networks = (container["NetworkSettings"].get("Networks") or {}).values()
    return Instance(
        id=container["Id"],
        name=container["Name"].removeprefix("/"),
        service=service,
        number=int(number) if number.isdecimal() else 0,
        state=state["Status"],
        health=(state.get("Health") or {}).get("Status", "").replace("none", ""),
        exit_code=state["ExitCode"],
        restarts=container.get("RestartCount", 0),
        current=labels.get(f"{_COMPOSE}config-hash") == digest and container["Image"] == image,
        ports=tuple(_ports(container["NetworkSettings"].get("Ports") or {})),
        addresses=tuple(sorted(one["IPAddress"] for one in networks if one.get("IPAddress"))),
        folder=labels.get(f"{_COMPOSE}project.working_dir", ""),
        job=labels.get(f"{LABEL}kind") == "job",
        guard=_guard(container),
        writes=tuple(sorted(one.get("Name") or one["Source"] for one in container.get("Mounts") or () if one.get("RW"))),
    )


def _guard(container: Mapping[str, Any]) -> tuple[str, ...]:
    held = under_lock(container["Config"].get("Entrypoint") or ())
    mounts = container.get("Mounts") or ()
    return (held[0], *sorted(f"{one['Destination']}={one.get('Name') or one['Source']}" for one in mounts)) if held else ()


def _ports(ports: Mapping[str, Any]) -> Iterable[tuple[str, str, int]]:
    for port, bindings in sorted(ports.items()):
        for binding in bindings or ():
            yield port, binding["HostIp"], int(binding["HostPort"])


def _stranger(container: Mapping[str, Any]) -> Stranger:
    created = container.get("Created", _NEVER)
    return Stranger(
        container["Id"], container["Name"].removeprefix("/"), container["Config"]["Image"], created[:16].replace("T", " ")
    )
