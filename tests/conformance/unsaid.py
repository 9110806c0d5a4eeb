"""A spec that leaves to the template of ECS whatever it can, in each way that the target's options choose between."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from targets.ecs.options import Options
from tests.compiling import Outcome, compiled_text
from twipc.diagnostics import Severity

ARN = "arn:aws:{}:eu-west-1:111122223333:{}".format
IMAGES = "111122223333.dkr.ecr.eu-west-1.amazonaws.com"
SIZE = {"cpu": 0.25, "memory": "512MiB"}
HTTP = {
    "engine": {"name": "haproxy", "version": "3.2"},
    "listen": 8080,
    "backends": {"web": {"members": ["web.http"]}},
    "routes": [{"match": {"prefix": "/"}, "backend": "web"}],
    "default": {"status": 404},
    "stats": {"number": 1936, "auth": {"secret": "figures"}},
}
SERVICES: Mapping[str, Any] = {
    "proxy": {"http": HTTP, "networks": ["edge", "back"], "publish": [{"port": "http", "host": 80}], "replicas": 2},
    "web": {
        "image": "shop/web:1",
        "build": "app/web",
        "user": "10001",
        "ports": {"http": 8080, "lookup": {"number": 5353, "protocol": "udp"}},
        "env": {"DB": {"address": "db.sql"}, "KEY": {"secret": "api-key"}},
        "mounts": {"/mail": "mail", "/news": "news"},
        "networks": ["back"],
        "health": {"command": ["check"]},
        "replicas": 2,
        "autoscaling": {"max": 6, "cpu": 60, "memory": 70},
    },
    "db": {
        "image": f"{IMAGES}/shop/db:1",
        "user": "70:70",
        "ports": {"sql": 5432},
        "env": {"LOOKUP": {"address": "web.lookup"}},
        "mounts": {"/data": "data"},
        "networks": ["back"],
    },
    "game": {
        "image": "shop/game:1",
        "ports": {"play": {"number": 7777, "protocol": "udp"}, "asked": 7778},
        "publish": [{"port": "play", "host": 7777}],
    },
    "move": {"kind": "job", "image": "shop/move:1", "env": {"DB": {"address": "db.sql"}}, "networks": ["back"]},
}
SPEC: Mapping[str, Any] = {
    "twipc": 1,
    "project": "shop",
    "environment": "prod",
    "services": {name: {**service, "resources": SIZE} for name, service in SERVICES.items()},
    "networks": {"edge": {}, "back": {"internal": True}},
    "volumes": {"data": {"access": "single-writer"}, "mail": {"access": "shared"}, "news": {"access": "read-only"}},
    "secrets": {
        "api-key": {"ecs": ARN("ssm", "parameter/shop/key")},
        "figures": {"ecs": ARN("secretsmanager", "secret:shop/stats-AbCdEf:password::")},
    },
}
ALWAYS = {"region": "eu-west-1"}
"""What no environment leaves unsaid, beside what there are ways of."""
WANTED: Mapping[str, Any] = {
    "namespace": "shop.internal",
    "registry": IMAGES,
}
"""What is said where ECS101 asks for it: an option that can be left unsaid is left so from then on."""
ASKED: Mapping[str, Any] = {"network": {"cidr": "10.7.0.0/16"}}
"""What makes the template make more when it is said."""


@cache
def unsaid() -> Mapping[str, Outcome]:
    """By the words of the options that are chosen, each at least once."""
    ways = dict(_ways())
    first = {option: words[0] for option, words in ways.items()}
    chosen = [first, *({**first, option: word} for option, words in ways.items() for word in words[1:])]
    found = {" ".join(map(str, one.values())): _compiled({**ALWAYS, **one}) for one in chosen}
    return found | {option: _compiled({**ALWAYS, **first, option: said}) for option, said in ASKED.items()}


def _ways() -> Iterator[tuple[str, tuple[object, ...]]]:
    for name, field in Options.model_fields.items():
        words = tuple(_words(field.annotation))
        if words:
            yield name, tuple(sorted(words, key=lambda word: word != field.default))


def _words(annotation: Any) -> Iterator[object]:
    """Those of a closed choice; a number is none."""
    if annotation is bool:
        yield from (False, True)
    elif get_origin(annotation) is Literal:
        yield from (word for word in get_args(annotation) if isinstance(word, str | bool))
    elif get_origin(annotation) is Annotated:
        yield from _words(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, UnionType):
        yield from (word for one in get_args(annotation) if one is not NoneType for word in _words(one))


def _compiled(options: dict[str, Any]) -> Outcome:
    accept: list[dict[str, str]] = []
    while True:
        outcome = compiled_text(json.dumps({**SPEC, "targets": {"ecs": options}, "accept": accept}))
        errors = [finding for finding in outcome.findings if finding.severity is Severity.ERROR]
        if not errors:
            return outcome
        lost = [finding for finding in errors if finding.code.id.startswith("TW51")]
        accept += [{"code": one.code.id, "at": one.at, "target": "ecs", "because": "it is a test"} for one in lost]
        # One that is asked for may be so for want of another, and is not said itself then.
        said = [_say(options, finding.at) for finding in errors if finding.code.id == "ECS101"]
        assert lost or any(said), [f"{finding.code.id} {finding.message}" for finding in errors]


def _say(options: dict[str, Any], place: str) -> bool:
    """Says what is wanted at a place of the options; gives whether that is new."""
    field, *name = place.removeprefix("targets.ecs.").split(".")
    if field not in WANTED:
        return False
    before = options.get(field)
    options[field] = {**(before or {}), name[0]: WANTED[field][name[0]]} if name else WANTED[field]
    return bool(options[field] != before)
