"""A string never becomes structure: with each as `x`, every artifact has as many directives, services, rules and keys."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.property.structure import differences, plain, structure, structures
from tests.property.test_laws import SLOW, compiled, texts
from tests.strategies import NASTY, Spec, specs, targets_of

HEADERS = [word for word in NASTY if word.strip(" ")]
PATHS = [word for word in NASTY if word and not set(word) & set("%?#\\/*") and word not in (".", "..")]
GROUPS = 8


@SLOW
@given(specs())
def test_no_string_of_a_spec_is_structure(spec: Spec) -> None:
    assert not differences(structures(texts(compiled(spec))), structures(texts(compiled(plain(spec)))))


@pytest.mark.parametrize("engine", ["nginx", "haproxy"])
@pytest.mark.parametrize("group", range(GROUPS))
def test_no_nasty_word_is_structure_anywhere(engine: str, group: int) -> None:
    """Every word at every place, so that none is left to chance."""
    spec = _everywhere(engine, NASTY[group::GROUPS], HEADERS[group::GROUPS], PATHS[group::GROUPS])
    as_it_is, as_x = (structures(texts(compiled(one))) for one in (spec, plain(spec)))
    assert not differences(as_it_is, as_x)
    assert {target for target, _ in as_it_is} == {"compose", "compose-2.4", "swarm", "ecs", engine}


def _everywhere(engine: str, words: tuple[str, ...], headers: list[str], paths: list[str]) -> Spec:
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
