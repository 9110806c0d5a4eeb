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
from tests.conformance.strings.places import (
    IMAGE,
    ORCHESTRATORS,
    PLACES,
    Place,
    ask,
    batches,
    compiled,
    legal,
    project_of,
    services_with,
)
from tests.conformance.strings.tally import Tally
from tests.strategies import Spec
from twipc.driver import Compiled

SECRETS = "/.secrets/"
MOST_SERVICES = 150
MOST_ALONE = 60
"""For one place; the second, where its services have nothing else."""
MOST_AT_ONCE = 120
"""In one file; docker-compose 1.29 is slow."""
TARGETS: Mapping[str, Any] = {target: {} for target in ORCHESTRATORS}


def try_containers(docker: Engine, tally: Tally, words: Sequence[str], images: Sequence[str], folder: Path) -> None:
    """Every word at every place, in each of the three ways to Docker."""
    carried = {place.field: legal(_tried(place, words, images), ask(place, TARGETS), place.room) for place in PLACES}
    services = services_with(carried)
    _on_disk(services, folder / "hosts")
    local = [image for image in carried["image"] if "@" not in image]
    for target in ORCHESTRATORS:
        for place in PLACES:
            if _has(target, place):
                tally.refused(target, place.field, set(_tried(place, words, images)) - set(carried[place.field]))
        # Only a registry gives an image its digest, so only a swarm, which looks nothing up here, has one.
        here = {name: service for name, service in services.items() if target == "swarm" or "@" not in service["image"]}
        docker.have_images([*local, IMAGE])
        for names in batches(list(here), MOST_AT_ONCE):
            _compare(docker, tally, target, {name: here[name] for name in names}, folder / target / names[0])


def _has(target: str, place: Place) -> bool:
    """A swarm has none of the project's paths."""
    return (target, place.field) != ("swarm", "secrets")


def _compare(docker: Engine, tally: Tally, target: str, services: Mapping[str, Spec], folder: Path) -> None:
    outcome = compiled(*project_of(services, {target: {}}))
    assert outcome.compiled, [finding.message for finding in outcome.findings if finding.severity.value == "error"]
    seen = _seen(docker, target, outcome.compiled[0], folder)
    for place in PLACES:
        for name, service in services.items():
            if place.field in service and _has(target, place):
                tally.compare(target, place.field, place.strings(service[place.field]), place.strings(seen[name][place.field]))


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
    return list(words[: place.room * (MOST_SERVICES if not place.alone or place.field == "image" else MOST_ALONE)])


def _on_disk(services: Mapping[str, Spec], root: Path) -> None:
    """Folders of the host, where this test may make them."""
    for name, service in services.items():
        for noun in service.get("volume: host", {}).values():
            noun["host"] = f"{root}/{name}{noun['host']}"
            Path(noun["host"]).mkdir(parents=True, exist_ok=True)


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
            return {_short(service): _of_service(service, configs) for service in services}
    with docker.composed(folder) if target == "compose" else docker.composed_by_1(folder) as containers:
        options = {one["Name"]: one["Options"] or {} for one in docker.inspect("volume", _volumes_of(docker))}
        return {one["Config"]["Labels"]["com.docker.compose.service"]: _of_container(one, options) for one in containers}


def _volumes_of(docker: Engine) -> list[str]:
    return docker.docker("volume", "ls", "--quiet").split()


def _of_container(container: Inspected, options: Mapping[str, Mapping[str, str]]) -> Spec:
    config, host = container["Config"], container["HostConfig"]
    binds = {mount["Destination"]: mount["Source"] for mount in container["Mounts"] if mount["Type"] == "bind"}
    volumes = {mount["Destination"]: options[mount["Name"]] for mount in container["Mounts"] if mount["Type"] == "volume"}
    secrets = {place: source for place, source in binds.items() if re.match("/run/[0-9]", place)}
    network = container["NetworkSettings"]["Networks"].get("shop-prod_front", {})
    own = {config["Labels"]["com.docker.compose.service"], container["Name"].removeprefix("/"), container["Id"][:12]}
    return {
        **_of_volumes(volumes, {place: source for place, source in binds.items() if re.fullmatch("/h[0-9]+", place)}),
        **of_environment(_variables(config["Env"] or ())),
        **of_health((config.get("Healthcheck") or {}).get("Test", [])[1:]),
        "command": config["Cmd"] or [],
        "entrypoint": config["Entrypoint"] or [],
        "standby: lock": (config["Entrypoint"] or [""])[-1],
        "working_dir": config["WorkingDir"],
        "mounts": [place for place in volumes if re.match("/m[0-9]+-", place)],
        "tmpfs": list(host.get("Tmpfs") or ()),
        "labels": config["Labels"] or {},
        "logging": {"options": host["LogConfig"]["Config"]},
        "image": config["Image"],
        "aliases": sorted(set(network.get("Aliases") or ()) - own),
        "configs": {
            place: Path(source).read_bytes().decode() for place, source in binds.items() if re.match("/etc/[0-9]", place)
        },
        "configs: place": [place for place in binds if place.startswith("/etc/p")],
        # `s-web-0-1-` is ours, what follows it the word.
        "secrets": {place: source.partition(SECRETS)[2].split("-", 4)[4] for place, source in secrets.items()},
        "secrets: place": [place for place in binds if place.startswith("/run/p")],
    }


def _of_service(service: Inspected, configs: Mapping[str, str]) -> Spec:
    container = service["Spec"]["TaskTemplate"]["ContainerSpec"]
    mounts = {filled_in(mount["Target"]): mount for mount in container.get("Mounts", ())}
    volumes = {place: _driver_options(mount) for place, mount in mounts.items() if mount["Type"] == "volume"}
    networks = service["Spec"]["TaskTemplate"].get("Networks", ())
    files = {one["File"]["Name"]: configs[one["ConfigID"]] for one in container.get("Configs", ())}
    return {
        **_of_volumes(volumes, {place: filled_in(one["Source"]) for place, one in mounts.items() if one["Type"] == "bind"}),
        **of_environment(_variables(map(filled_in, container.get("Env", ())))),
        **of_health(container.get("Healthcheck", {}).get("Test", [])[1:]),
        "command": container.get("Args", []),
        "entrypoint": container.get("Command", []),
        "standby: lock": container.get("Command", [""])[-1],
        "working_dir": container.get("Dir", ""),
        "mounts": [place for place in volumes if re.match("/m[0-9]+-", place)],
        "tmpfs": [place for place, mount in mounts.items() if mount["Type"] == "tmpfs"],
        "labels": container.get("Labels", {}),
        "logging": {"options": service["Spec"]["TaskTemplate"]["LogDriver"].get("Options", {})},
        # To every image without one the client says which tag it has.
        "image": container["Image"].removesuffix(":latest"),
        "aliases": sorted({alias for one in networks for alias in one.get("Aliases", ())} - {_short(service)}),
        "configs": {place: content for place, content in files.items() if re.match("/etc/[0-9]", place)},
        "configs: place": [place for place in files if place.startswith("/etc/p")],
        "secrets: place": [
            place for one in container.get("Secrets", ()) if (place := one["File"]["Name"]).startswith("/run/p")
        ],
    }


def _short(service: Inspected) -> str:
    name: str = service["Spec"]["Name"]
    return name.partition("_")[2]


def _driver_options(mount: Mapping[str, Any]) -> dict[str, str]:
    options = mount.get("VolumeOptions", {}).get("DriverConfig", {}).get("Options") or {}
    return {name: filled_in(value) for name, value in options.items()}


def _of_volumes(options: Mapping[str, Mapping[str, str]], hosts: Mapping[str, str]) -> Spec:
    """Volumes by their places: what their drivers were told, and folders of the host."""
    nfs = {
        place: {"nfs": {"server": said["o"].partition("=")[2].partition(",")[0], "path": said["device"].removeprefix(":")}}
        for place, said in options.items()
        if said.get("type") == "nfs" and re.fullmatch("/[ns][0-9]+", place)
    }
    return {
        "volume: host": {place: {"host": source} for place, source in hosts.items()},
        "volume: nfs.path": {place: noun for place, noun in nfs.items() if place.startswith("/n")},
        "volume: nfs.server": {place: noun for place, noun in nfs.items() if place.startswith("/s")},
        "volume: driver.options": {
            place: {"driver": {"options": said}} for place, said in options.items() if re.fullmatch("/o[0-9]+", place)
        },
    }


def of_environment(variables: Mapping[str, str]) -> Spec:
    hosts = {name: value.removesuffix(":5432") for name, value in variables.items() if re.fullmatch("X[0-9]+", name)}
    return {"env": variables, "external: host": hosts}


def of_health(test: list[str]) -> Spec:
    return {"health": {"command": test}, "health: path": test[-1].partition(":8080")[2] if test else ""}


def _variables(pairs: Iterable[str]) -> dict[str, str]:
    return {name: value for name, _, value in (pair.partition("=") for pair in pairs)}
