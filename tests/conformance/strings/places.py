"""The places of a service that take free strings: how words get there, and which of them twipc refuses."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
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
    """A field of a service that takes free strings, so many a service."""

    field: str
    room: int
    put: Callable[[Sequence[str]], Any]
    """The field's value."""
    strings: Callable[[Any], Strings]
    """The strings of a value by their slots; the same for what a spec says and for what an engine has."""


def _numbered(words: Iterable[str]) -> Strings:
    return {str(number): word for number, word in enumerate(words)}


def _paths(paths: Iterable[str]) -> Strings:
    return {path.partition("-")[0]: path for path in paths}


def _variables(value: Mapping[str, str]) -> Strings:
    return {name: word for name, word in value.items() if re.fullmatch("W[0-9]+", name)}


def _labels(value: Mapping[str, str]) -> Strings:
    return {name: word for name, word in value.items() if re.fullmatch("w[0-9]+", name)}


PLACES = (
    Place("env", 60, lambda words: {f"W{number}": word for number, word in enumerate(words)}, _variables),
    Place("command", 40, list, _numbered),
    Place("entrypoint", 40, lambda words: [SAY, *words], lambda value: _numbered(value[1:])),
    Place("health", 40, lambda words: {"command": ["check", *words]}, lambda value: _numbered(value["command"][1:])),
    Place("working_dir", 1, lambda words: f"/w{words[0]}", lambda value: {"0": value}),
    Place("mounts", 25, lambda words: {f"/m{number}-{word}": DATA for number, word in enumerate(words)}, _paths),
    Place("tmpfs", 8, lambda words: [f"/t{number}-{word}" for number, word in enumerate(words)], _paths),
    Place("labels", 40, lambda words: {f"w{number}": word for number, word in enumerate(words)}, _labels),
    Place(
        "logging",
        1,
        lambda words: {"driver": "json-file", "options": {"max-size": "10m", "tag": words[0]}},
        lambda value: {"0": value["options"].get("tag", "none")},
    ),
    Place("image", 1, lambda words: words[0], lambda value: {"0": value}),
    Place("configs", 5, lambda words: {f"/etc/{number}-c": word for number, word in enumerate(words)}, dict),
    Place("secrets", 5, lambda words: {f"/run/{number}-s": word for number, word in enumerate(words)}, dict),
)
"""`configs` are the files' contents, `secrets` their paths in the project, both by their place in the container."""
ABOUT_THE_PROJECT = ("configs", "secrets")


def services_with(words: Mapping[str, Sequence[str]]) -> dict[str, Spec]:
    """As many services as it takes to have these words at these places."""
    shares = {place: list(batches(words.get(place.field, ()), place.room)) for place in PLACES}
    services: dict[str, Spec] = {}
    for number in range(max(map(len, shares.values()))):
        service: Spec = {"image": IMAGE, "restart": "never"}
        for place, share in shares.items():
            if number < len(share):
                service[place.field] = place.put(share[number])
        services[f"web-{number}"] = service
    return services


def project_of(services: Mapping[str, Spec], targets: Mapping[str, Any]) -> tuple[Spec, dict[str, str]]:
    """A spec of these services, and the project's files that they read."""
    spec: Spec = {"twipc": 1, "project": "shop", "environment": "prod", "services": {}, "targets": dict(targets)}
    files: dict[str, str] = {}
    for name, service in services.items():
        said = {field: value for field, value in service.items() if field not in ABOUT_THE_PROJECT}
        if "mounts" in service:
            spec["volumes"] = {DATA: {"access": "shared"}}
        for place, content in service.get("configs", {}).items():
            files[f"{name}{place}"] = content
            said.setdefault("configs", {})[place] = f"{name}{place}"
        for place, path in service.get("secrets", {}).items():
            secret = f"s-{name}-{place[5:-2]}"
            spec.setdefault("secrets", {})[secret] = {"file": f".secrets/{secret}-{path}", "swarm": secret}
            said.setdefault("secrets", []).append({"secret": secret, "path": place})
        spec["services"][name] = said
    return spec, files


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
