"""Docker has the strings: in containers that Compose created, in services of a swarm, and in programs that run."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.compiling import write
from tests.conformance.docker import Engine, Inspected
from tests.conformance.docker.images import Started
from tests.conformance.docker.inspected import filled_in, text
from tests.conformance.strings.places import ORCHESTRATORS, PLACES, Place, ask, compiled, legal, project_of, services_with
from tests.conformance.strings.tally import Tally
from tests.strategies import Spec
from twipc.driver import Compiled

SECRETS = "/.secrets/"
MOST_SERVICES = 150
"""In one file; docker-compose 1.29 is slow."""
TARGETS: Mapping[str, Any] = {target: {} for target in ORCHESTRATORS}


def try_containers(docker: Engine, tally: Tally, words: Sequence[str], images: Sequence[str], folder: Path) -> None:
    """Every word at every place, in each of the three ways to Docker."""
    carried = {place.field: legal(_tried(place, words, images), ask(place, TARGETS), place.room) for place in PLACES}
    services = services_with({field: found for field, found in carried.items() if field != "image"})
    services |= {f"image-{number}": {"image": image} for number, image in enumerate(carried["image"])}
    local = [image for image in carried["image"] if "@" not in image]
    for target in ORCHESTRATORS:
        # Only a registry gives an image its digest, so only a swarm, which looks nothing up here, has one.
        here = {name: service for name, service in services.items() if target == "swarm" or "@" not in service["image"]}
        docker.have_images([*local, "shop/strings:1"])
        spec, files = project_of(here, {target: {}})
        outcome = compiled(spec, files)
        assert outcome.compiled, [finding.message for finding in outcome.findings if finding.severity.value == "error"]
        seen = _seen(docker, target, outcome.compiled[0], folder / target)
        for place in PLACES:
            if place.field == "secrets" and target == "swarm":
                continue
            tally.refused(target, place.field, set(_tried(place, words, images)) - set(carried[place.field]))
            for name, service in here.items():
                if place.field in service:
                    tally.compare(
                        target, place.field, place.strings(service[place.field]), place.strings(seen[name][place.field])
                    )


def try_programs(docker: Engine, tally: Tally, words: Sequence[str], folder: Path) -> None:
    """What a program gets when it is started: arguments, variables, working directory."""
    places = [place for place in PLACES if place.field in ("env", "entrypoint", "command", "working_dir")]
    carried = {place.field: legal(words, ask(place, TARGETS), place.room) for place in places}
    few = max(len(carried["entrypoint"]) // 40 + 1, 3)
    services = services_with({**carried, "working_dir": carried["working_dir"][:few]})
    for service in services.values():
        service.setdefault("entrypoint", ["/say"])
    docker.have_images(["shop/strings:1"])
    for target in ("compose", "swarm"):
        outcome = compiled(*project_of(services, {target: {}}))
        _ready(outcome.compiled[0], placed := write(outcome.compiled[0], folder / f"{target}-programs"))
        for name, started in _started(docker, target, placed).items():
            service = services[name]
            entry, command = service["entrypoint"], service.get("command", [])
            said: Spec = {
                "env": started.variables,
                "entrypoint": ["/say", *started.arguments[: len(entry) - 1]],
                "command": list(started.arguments[len(entry) - 1 :]),
                "working_dir": started.folder,
            }
            assert len(started.arguments) == len(entry) - 1 + len(command), name
            for place in places:
                if place.field in service:
                    put, got = place.strings(service[place.field]), place.strings(said[place.field])
                    tally.compare(f"{target}, started", place.field, put, got)


def _started(docker: Engine, target: str, folder: Path) -> dict[str, Started]:
    if target == "compose":
        with docker.composed(folder, start=True) as containers:
            label = "com.docker.compose.service"
            return {one["Config"]["Labels"][label]: _said(docker, one["Id"]) for one in containers}
    with docker.deployed(folder, "shop-prod", (), start=True) as services:
        deadline = time.monotonic() + 120
        running: list[str] = []
        while len(running) < len(services) and time.monotonic() < deadline:
            time.sleep(0.5)
            running = docker.docker("ps", "--quiet", "--filter", "status=running").split()
        found = docker.inspect("container", running)
        label = "com.docker.swarm.service.name"
        return {one["Config"]["Labels"][label].partition("_")[2]: _said(docker, one["Id"]) for one in found}


def _said(docker: Engine, container: str) -> Started:
    deadline = time.monotonic() + 30
    while (log := docker.docker("logs", container)).count("\n") < 3 and time.monotonic() < deadline:
        time.sleep(0.1)
    return Started.said(log)


def _tried(place: Place, words: Sequence[str], images: Sequence[str]) -> list[str]:
    if place.field == "image":
        words = [*images, *words]
    elif place.field == "configs":
        # A file that holds no text is another test's.
        words = [word for word in words if not re.search("[\ud800-\udfff]", word)]
    return list(words[: place.room * MOST_SERVICES])


def _ready(compiled: Compiled, folder: Path) -> None:
    """The files of secrets, which a compose file names."""
    for secret in compiled.model.environment.secrets.values():
        assert secret.file
        path = folder.parents[2] / secret.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x\n")


def _seen(docker: Engine, target: str, one: Compiled, out: Path) -> dict[str, Spec]:
    folder = write(one, out)
    _ready(one, folder)
    if target == "swarm":
        secrets = [secret.swarm.name for secret in one.model.environment.secrets.values() if secret.swarm]
        with docker.deployed(folder, one.model.name, secrets) as services:
            stored = docker.inspect("config", docker.docker("config", "ls", "--quiet").split())
            configs = {config["ID"]: text(config) for config in stored}
            return {service["Spec"]["Name"].partition("_")[2]: _of_service(service, configs) for service in services}
    with docker.composed(folder) if target == "compose" else docker.composed_by_1(folder) as containers:
        return {one["Config"]["Labels"]["com.docker.compose.service"]: _of_container(one) for one in containers}


def _of_container(container: Inspected) -> Spec:
    config, host = container["Config"], container["HostConfig"]
    binds = {mount["Destination"]: mount["Source"] for mount in container["Mounts"] if mount["Type"] == "bind"}
    secrets = {place: source for place, source in binds.items() if SECRETS in source}
    return {
        "env": _variables(config["Env"] or ()),
        "command": config["Cmd"] or [],
        "entrypoint": config["Entrypoint"] or [],
        "health": {"command": (config.get("Healthcheck") or {}).get("Test", [])[1:]},
        "working_dir": config["WorkingDir"],
        "mounts": [mount["Destination"] for mount in container["Mounts"] if mount["Type"] == "volume"],
        "tmpfs": list(host.get("Tmpfs") or ()),
        "labels": config["Labels"] or {},
        "logging": {"options": host["LogConfig"]["Config"]},
        "image": config["Image"],
        "configs": {place: Path(source).read_bytes().decode() for place, source in binds.items() if place not in secrets},
        # `s-web-0-1-` is ours, what follows it the word.
        "secrets": {place: source.partition(SECRETS)[2].split("-", 4)[4] for place, source in secrets.items()},
    }


def _of_service(service: Inspected, configs: Mapping[str, str]) -> Spec:
    container = service["Spec"]["TaskTemplate"]["ContainerSpec"]
    mounts = container.get("Mounts", ())
    return {
        "env": _variables(map(filled_in, container.get("Env", ()))),
        "command": container.get("Args", []),
        "entrypoint": container.get("Command", []),
        "health": {"command": container.get("Healthcheck", {}).get("Test", [])[1:]},
        "working_dir": container.get("Dir", ""),
        "mounts": [filled_in(mount["Target"]) for mount in mounts if mount["Type"] == "volume"],
        "tmpfs": [mount["Target"] for mount in mounts if mount["Type"] == "tmpfs"],
        "labels": container.get("Labels", {}),
        "logging": {"options": service["Spec"]["TaskTemplate"]["LogDriver"].get("Options", {})},
        # To every image without one the client says which tag it has.
        "image": container["Image"].removesuffix(":latest"),
        "configs": {one["File"]["Name"]: configs[one["ConfigID"]] for one in container.get("Configs", ())},
    }


def _variables(pairs: Iterable[str]) -> dict[str, str]:
    return {name: value for name, _, value in (pair.partition("=") for pair in pairs)}
