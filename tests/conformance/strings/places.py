"""The places of a service that take free strings: how words get there, and which of them twipc refuses."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import islice
from operator import getitem
from typing import Any

from tests.compiling import Outcome, compiled_text
from tests.conformance.docker.images import SAY
from tests.conformance.strings.tally import Strings
from tests.strategies import Spec

DATA = "data"
IMAGE = "shop/strings:1"
ORCHESTRATORS = ("compose", "compose-2.4", "swarm")


@dataclass(frozen=True)
class Place:
    """A field of a service that takes free strings, so many a service; `leaves` are where these stand in the language."""

    field: str
    room: int
    put: Callable[[Sequence[str]], Any]
    """The field's value."""
    strings: Callable[[Any], Strings]
    """The strings of a value by their slots; the same for what a spec says and for what an engine has."""
    leaves: tuple[str, ...]
    alone: bool = False
    """Its services have nothing else."""


def _numbered(words: Iterable[str]) -> Strings:
    return {str(number): word for number, word in enumerate(words)}


def _paths(paths: Iterable[str]) -> Strings:
    return {path.partition("-")[0]: path for path in paths}


def _each(value: Iterable[str]) -> Strings:
    return {word: word for word in value}


def _first(value: str) -> Strings:
    return {"0": value}


def _variables(value: Mapping[str, str]) -> Strings:
    return {name: word for name, word in value.items() if re.fullmatch("W[0-9]+", name)}


def _labels(value: Mapping[str, str]) -> Strings:
    return {name: word for name, word in value.items() if re.fullmatch("w[0-9]+", name)}


def _by(name: str) -> Callable[[Sequence[str]], dict[str, str]]:
    return lambda words: {name.format(number): word for number, word in enumerate(words)}


def _volumes(place: str, noun: Callable[[int, str], Spec]) -> Callable[[Sequence[str]], dict[str, Spec]]:
    """Mounted volumes, by their place in the container."""
    return lambda words: {place.format(number): {"access": "shared", **noun(number, word)} for number, word in enumerate(words)}


def _of_volumes(*steps: str) -> Callable[[Mapping[str, Any]], Strings]:
    return lambda value: {place: reduce(getitem, steps, noun) for place, noun in value.items()}


def _nfs(server: str, path: str) -> Spec:
    return {"nfs": {"server": server, "path": path}}


PLACES = (
    Place("env", 60, _by("W{}"), _variables, ("services.*.env.*", "services.*.env.*.value")),
    Place("command", 40, list, _numbered, ("services.*.command.#",)),
    Place("entrypoint", 40, lambda words: [SAY, *words], lambda value: _numbered(value[1:]), ("services.*.entrypoint.#",)),
    Place(
        "health",
        40,
        lambda words: {"command": ["check", *words]},
        lambda value: _numbered(value["command"][1:]),
        ("services.*.health.command.#",),
    ),
    Place(
        "health: path",
        1,
        lambda words: f"/p{words[0]}",
        _first,
        ("services.*.health.http", "services.*.health.http.path"),
        alone=True,
    ),
    Place("working_dir", 1, lambda words: f"/w{words[0]}", _first, ("services.*.working_dir",)),
    Place(
        "mounts",
        25,
        lambda words: {f"/m{number}-{word}": DATA for number, word in enumerate(words)},
        _paths,
        ("services.*.mounts.<key>",),
    ),
    Place(
        "tmpfs",
        8,
        lambda words: [f"/t{number}-{word}" for number, word in enumerate(words)],
        _paths,
        ("services.*.tmpfs.#", "services.*.tmpfs.#.path"),
    ),
    Place("labels", 40, _by("w{}"), _labels, ("services.*.labels.*",)),
    Place(
        "logging",
        1,
        lambda words: {"driver": "json-file", "options": {"max-size": "10m", "tag": words[0]}},
        lambda value: {"0": value["options"].get("tag", "none")},
        ("services.*.logging.options.*",),
    ),
    Place("standby: lock", 1, lambda words: f"/k/{words[0]}", _first, ("services.*.mode.active-standby.lock",), alone=True),
    Place("aliases", 10, list, _each, ("services.*.networks.#.aliases.#",)),
    Place("image", 1, lambda words: words[0], _first, ("services.*.image",), alone=True),
    Place("configs", 5, _by("/etc/{}-c"), dict, ()),
    Place(
        "configs: place",
        5,
        lambda words: [f"/etc/p{number}-{word}" for number, word in enumerate(words)],
        _paths,
        ("services.*.configs.<key>",),
    ),
    Place("secrets", 5, _by("/run/{}-s"), dict, ("secrets.*.file",)),
    Place(
        "secrets: place",
        5,
        lambda words: [f"/run/p{number}-{word}" for number, word in enumerate(words)],
        _paths,
        ("services.*.secrets.#.path",),
    ),
    Place(
        "external: host",
        10,
        lambda words: {f"X{number}": f"{word}.example.com" for number, word in enumerate(words)},
        dict,
        ("external.*.host",),
    ),
    Place(
        "volume: host",
        10,
        _volumes("/h{}", lambda number, word: {"host": f"/{number}-{word}"}),
        _of_volumes("host"),
        ("volumes.*.host",),
    ),
    Place(
        "volume: nfs.path",
        10,
        _volumes("/n{}", lambda number, word: _nfs("nfs.example.com", f"/{number}-{word}")),
        _of_volumes("nfs", "path"),
        ("volumes.*.nfs.path",),
    ),
    Place(
        "volume: nfs.server",
        10,
        _volumes("/s{}", lambda number, word: _nfs(f"{word}.example.com", f"/s{number}")),
        _of_volumes("nfs", "server"),
        ("volumes.*.nfs.server",),
    ),
    Place(
        "volume: driver.options",
        10,
        # What the only driver that is always there looks at when it mounts, and no sooner.
        _volumes("/o{}", lambda _, word: {"driver": {"name": "local", "options": {"device": "x", "type": word}}}),
        _of_volumes("driver", "options", "type"),
        ("volumes.*.driver.options.*",),
    ),
)
"""`configs` are the files' contents, `secrets` their paths in the project, both by their place in the container."""
VOLUMES = tuple(place.field for place in PLACES if place.field.startswith("volume: "))
ABOUT_THE_PROJECT = ("aliases", "configs", "secrets")
"""With all that has a colon: fields that do not stand in a service as they stand here."""


def services_with(words: Mapping[str, Sequence[str]]) -> dict[str, Spec]:
    """As many services as it takes to have these words at these places."""
    services: dict[str, Spec] = {}
    for place in PLACES:
        name = re.sub("[^a-z]+", "-", place.field) if place.alone else "web"
        for number, share in enumerate(batches(words.get(place.field, ()), place.room)):
            service = services.setdefault(f"{name}-{number}", {"image": IMAGE, "restart": "never"})
            service[place.field] = place.put(share)
    return services


def project_of(services: Mapping[str, Spec], targets: Mapping[str, Any]) -> tuple[Spec, dict[str, str]]:
    """A spec of these services, and the project's files that they read."""
    spec: Spec = {"twipc": 1, "project": "shop", "environment": "prod", "services": {}, "targets": dict(targets)}
    files: dict[str, str] = {}
    for name, service in services.items():
        said = {field: value for field, value in service.items() if field not in ABOUT_THE_PROJECT and ": " not in field}
        if "mounts" in service:
            spec.setdefault("volumes", {})[DATA] = {"access": "shared"}
        if "health: path" in service:
            said |= {"ports": {"http": 8080}, "health": {"http": {"path": service["health: path"], "client": "curl"}}}
        if "standby: lock" in service:
            mode = {"active-standby": {"lock": service["standby: lock"]}}
            said |= {"command": ["serve"], "mode": mode, "mounts": {"/k": name}}
            spec.setdefault("volumes", {})[name] = {"access": "single-writer"}
        if "aliases" in service:
            spec["networks"] = {"front": {}}
            said["networks"] = [{"network": "front", "aliases": service["aliases"]}]
        _files(name, service, said, spec, files)
        for variable, host in service.get("external: host", {}).items():
            other = f"{name}-{variable.lower()}"
            spec.setdefault("external", {})[other] = {"host": host, "ports": {"sql": 5432}}
            said["env"] = {**said.get("env", {}), variable: {"address": f"{other}.sql"}}
        for kind in VOLUMES:
            for place, noun in service.get(kind, {}).items():
                volume = f"{name}-{place[1:]}"
                spec.setdefault("volumes", {})[volume] = noun
                said["mounts"] = {**said.get("mounts", {}), place: volume}
        spec["services"][name] = said
    return spec, files


def _files(name: str, service: Spec, said: Spec, spec: Spec, files: dict[str, str]) -> None:
    for place, content in service.get("configs", {}).items():
        files[f"{name}{place}"] = content
        said.setdefault("configs", {})[place] = f"{name}{place}"
    for place in service.get("configs: place", ()):
        files["one.txt"] = "one\n"
        said.setdefault("configs", {})[place] = "one.txt"
    for place, path in service.get("secrets", {}).items():
        secret = f"s-{name}-{place[5:-2]}"
        spec.setdefault("secrets", {})[secret] = {"file": f".secrets/{secret}-{path}", "swarm": secret}
        said.setdefault("secrets", []).append({"secret": secret, "path": place})
    for place in service.get("secrets: place", ()):
        spec.setdefault("secrets", {})["s-one"] = {"file": ".secrets/one", "swarm": "s-one"}
        said.setdefault("secrets", []).append({"secret": "s-one", "path": place})


def text_of(spec: Spec) -> str:
    """A spec as text; what YAML wants escaped is, and what it cannot hold is written so that a reader would see it."""
    text = json.dumps(spec, ensure_ascii=False, indent=1)
    return re.sub("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]", lambda found: f"\\u{ord(found[0]):04x}", text)


def compiled(spec: Spec, files: Mapping[str, str]) -> Outcome:
    return compiled_text(text_of(spec), files, stem="prod")


def refused(outcome: Outcome) -> bool:
    """With a finding that says why."""
    errors = [finding for finding in outcome.findings if finding.severity.value == "error"]
    assert errors or outcome.compiled
    assert all(finding.message for finding in errors)
    return bool(errors)


def legal(words: Sequence[str], ask: Callable[[Sequence[str]], Outcome], room: int) -> list[str]:
    """Those words that twipc takes at a place, asked of it by halves."""
    plain = ask(["x"])
    assert not refused(plain), [finding.message for finding in plain.findings]
    return [word for batch in batches(words, min(room, 16)) for word in _taken(batch, ask)]


def _taken(words: Sequence[str], ask: Callable[[Sequence[str]], Outcome]) -> list[str]:
    if not refused(ask(words)):
        return list(words)
    if len(words) == 1:
        return []
    half = len(words) // 2
    return [*_taken(words[:half], ask), *_taken(words[half:], ask)]


def batches(words: Sequence[str], size: int) -> Iterator[list[str]]:
    rest = iter(words)
    while batch := list(islice(rest, size)):
        yield batch


def ask(place: Place, targets: Mapping[str, Any]) -> Callable[[Sequence[str]], Outcome]:
    """Asks twipc for words at one place."""
    return lambda words: compiled(*project_of(services_with({place.field: words}), targets))
