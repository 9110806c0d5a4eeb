"""A string never becomes structure: with each as `x`, every artifact has as many directives, services, rules and keys."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from hypothesis import given

from tests.property.structure import Structure, differences, plain, structure, structures
from tests.property.test_laws import SLOW, compiled, texts
from tests.strategies import NASTY, Spec, specs, targets_of

HEADERS = [word for word in NASTY if word.strip(" ")]
PATHS = [word for word in NASTY if word and not set(word) & set("%?#\\/*") and word not in (".", "..")]
GROUPS = 8
RESOLVED = "{{resolve:"
"""What CloudFormation would put something in for: nothing with it has a template (ECS111)."""


@SLOW
@given(specs())
def test_no_string_of_a_spec_is_structure(spec: Spec) -> None:
    assert not differences(*_as_it_is_and_as_x(spec))


@pytest.mark.parametrize("engine", ["nginx", "haproxy"])
@pytest.mark.parametrize("group", range(GROUPS + 1))
def test_no_nasty_word_is_structure_anywhere(engine: str, group: int) -> None:
    """Every word at every place, so that none is left to chance."""
    spec = _everywhere(engine, *(_group(words, group) for words in (NASTY, HEADERS, PATHS)))
    as_it_is, as_x = _as_it_is_and_as_x(spec)
    assert (("ecs", "template.json") in as_it_is) == (group < GROUPS)
    assert not differences(as_it_is, as_x)
    assert {target for target, _ in as_it_is} == {"compose", "compose-2.4", "swarm", "ecs", engine}


def _as_it_is_and_as_x(spec: Spec) -> tuple[dict[tuple[str, str], Structure], dict[tuple[str, str], Structure]]:
    if RESOLVED in json.dumps(spec):  # where a template has a range, there are no inputs: they have no word for it
        spec = {**spec, "services": {name: _without_range(service) for name, service in spec["services"].items()}}
    as_it_is, as_x = (structures(texts(compiled(one))) for one in (spec, plain(spec)))
    if RESOLVED in json.dumps(spec) and ("ecs", "template.json") not in as_it_is:
        as_x.pop(("ecs", "template.json"), None)
    return as_it_is, as_x


def _without_range(service: Spec) -> Spec:
    return {key: value for key, value in service.items() if key != "autoscaling"}


def _group(words: Sequence[str], group: int) -> Sequence[str]:
    """One of the parts of all words; the last has those that no template can have."""
    several = [word for word in words if (RESOLVED in word) == (group == GROUPS)]
    return several[group % GROUPS :: GROUPS]


def _everywhere(engine: str, words: Sequence[str], headers: Sequence[str], paths: Sequence[str]) -> Spec:
    web: Spec = {
        "image": "shop/web:1",
        "ports": {"http": 8080},
        "resources": {"cpu": 0.25, "memory": "512MiB"},
        "env": {f"A{number}": word for number, word in enumerate(words)},
        "entrypoint": ["enter", *words],
        "command": list(words),
        "health": {"command": ["check", *words]},
        "working_dir": f"/{paths[0]}",
    }
    routes: list[Spec] = [
        {"match": {kind: [f"/{kind}-{word}" for word in paths]}, "backend": "app"} for kind in ("prefix", "exact", "glob")
    ]
    if engine == "nginx":
        routes += [{"match": {"prefix": f"/files-{word}/"}, "files": f"/srv/{word}"} for word in paths]
    http = {
        "engine": {"name": engine, "version": "1.31" if engine == "nginx" else "3.2"},
        "listen": 8080,
        "backends": {"app": {"members": ["web.http"]}},
        "routes": routes,
        "default": {"status": 404},
        "response_headers": {f"X-A{number}": word.strip(" ") for number, word in enumerate(headers)},
        "request_headers": {f"X-B{number}": word.strip(" ") for number, word in enumerate(headers)},
    }
    edge = {"http": http, "resources": {"cpu": 0.25, "memory": "512MiB"}}
    spec: Spec = {"twipc": 1, "project": "shop", "environment": "prod", "services": {"web": web, "edge": edge}}
    return {**spec, "targets": targets_of(spec)}


@pytest.mark.parametrize(
    ("path", "one", "other"),
    [
        ("nginx.conf", 'a "b;c";', "a b; c;"),
        ("nginx.conf", 'a "b c";', "a b c;"),
        ("nginx.conf", 'a { b "}c{"; }', "a { b; } c { }"),
        ("haproxy.cfg", "frontend f\n    acl a path -- '/a b'\n", "frontend f\n    acl a path -- /a b\n"),
        ("haproxy.cfg", "frontend f\n    acl a path -- '/a#b'\n", "frontend f\n    acl a path -- /a\n    acl a path -- b\n"),
        ("x.yml", 'a: "b\\nc: d"\n', "a: b\nc: d\n"),
        ("x.json", '{"a": "b, c"}', '{"a": "b", "c": ""}'),
        ("Dockerfile", "COPY a b\n", "COPY a\nRUN b\n"),
    ],
)
def test_a_string_that_breaks_out_is_seen(path: str, one: str, other: str) -> None:
    assert structure(path, one) != structure(path, other)
