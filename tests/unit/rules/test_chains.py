"""HTTP servers before others: whose word is taken for who the client is, and what is lost on the way."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.compiling import Outcome, compiled_text
from twipc.verify.disk import verify_folder

CODES = ("TW460", "TW475", "TW476")
RATE = {"requests": 5, "per": "1s", "burst": 5}


def server(member: str, engine: str = "nginx", backend: dict[str, Any] | None = None, **http: Any) -> dict[str, Any]:
    return {
        "engine": {"name": engine, "version": {"nginx": "1.30", "haproxy": "3.2"}[engine]},
        "listen": 8080,
        "backends": {"app": {"members": [member], **(backend or {})}},
        "default": {"backend": "app"},
        **http,
    }


def outcome(behind: dict[str, Any], outer: dict[str, Any] | None = None, /, **services: Any) -> Outcome:
    """A published `outer` before `inner` before `web`, and more services, on all that can be told apart."""
    services = {
        "web": {"image": "shop/web:1", "ports": {"http": 8080}},
        "inner": {"http": behind},
        "outer": {"http": outer or server("inner.http"), "publish": [{"port": "http", "host": 80}]},
        **services,
    }
    targets: dict[str, Any] = {behind["engine"]["name"]: {}, "compose": {}}
    spec = {"twipc": 1, "project": "shop", "environment": "prod", "targets": targets, "services": services}
    return compiled_text(json.dumps(spec | {"secrets": {"password": {"file": "password", "swarm": "password-1"}}}))


def found(*about: Any, **services: Any) -> list[tuple[str, str, str]]:
    findings = outcome(*about, **services).findings
    return [(one.code.id, one.at, one.message) for one in findings if one.code.id in CODES]


CLIENT = {"image": "shop/client:1", "env": {"SHOP": {"address": "inner.http"}}}
PUBLISHED = {"http": server("web.http"), "publish": [{"port": "http", "host": 8081}]}
MIDDLE = {"http": server("inner.http")}


def test_who_is_asked_by_servers_alone_is_behind_them() -> None:
    everything = server("web.http", backend={"balance": "source"}, rate_limit=RATE)
    assert not found(everything)
    assert not found(everything, server("middle.http"), middle=MIDDLE), "through two"
    assert not found(everything, middle=MIDDLE), "of which one is asked by nobody"
    stats = server("web.http", "haproxy", stats={"number": 1936, "auth": {"secret": "password"}})
    shown = {"http": stats, "publish": [{"port": "stats", "host": 1936}]}
    model = outcome(server("web.http"), inner=shown).model
    assert model
    assert [name for name, _ in model.servers if model.is_behind(name)] == ["inner"], "statistics are no way in"


@pytest.mark.parametrize(
    ("past", "at"), [({"client": CLIENT}, "client.env.SHOP"), ({"inner": PUBLISHED}, "inner.publish.http")]
)
def test_who_is_asked_past_them_loses_the_client(past: dict[str, Any], at: str) -> None:
    said = "`inner` is asked past `outer` by this, so that it takes `outer` for the client of all who come that way"
    assert found(server("web.http"), **past) == [("TW475", f"services.{at}", said)]


def test_what_goes_by_the_clients_address_goes_by_that_of_the_server_before() -> None:
    http = server("web.http", backend={"balance": "source"}, rate_limit=RATE)
    findings = [one for one in outcome(http, inner={**PUBLISHED, "http": http}).findings if one.code.id in CODES]
    assert [(one.code.id, one.at, [each.message for each in one.related]) for one in findings] == [
        (
            "TW475",
            "services.inner.publish.http",
            ["all who come by `outer` are one client here", "all who come by `outer` go to one member by this"],
        )
    ]


@pytest.mark.parametrize(
    ("inner", "outer", "said"),
    [
        ({"max_body": "10MiB"}, {}, "`outer` before it answers bodies over 1MiB with 413"),
        ({"max_body": "10MiB"}, {"max_body": "10MiB"}, ""),
        ({}, {"max_body": "1KiB"}, ""),
        ({"timeouts": {"response": "2m"}}, {}, "`outer` before it waits 30s for an answer"),
        ({"timeouts": {"response": "2m"}}, {"timeouts": {"response": "2m"}}, ""),
        ({}, {"timeouts": {"response": "1s"}}, ""),
        ({"backend": {"websockets": "10m"}}, {}, "`outer` before it lets nobody upgrade"),
        ({"backend": {"websockets": "10m"}}, {"backend": {"websockets": "10m"}}, ""),
        (
            {"backend": {"websockets": "10m"}},
            {"backend": {"websockets": "1m"}},
            "`outer` before it ends a WebSocket after 1m without a byte",
        ),
        ({}, {"backend": {"websockets": "1m"}}, ""),
        (
            {"engine": "haproxy", "backend": {"hold": "20s"}},
            {"timeouts": {"response": "5s"}},
            "requests wait here for a member up to 20s, and `outer` before it waits 5s for an answer",
        ),
        ({"engine": "haproxy", "backend": {"hold": "20s"}}, {}, ""),
    ],
)
def test_what_a_server_before_does_not_let_through_is_told(inner: dict[str, Any], outer: dict[str, Any], said: str) -> None:
    told = found(server("web.http", **inner), server("inner.http", **outer))
    assert [(code, message) for code, _, message in told] == ([("TW476", said)] if said else [])


def test_one_that_lets_it_through_is_enough() -> None:
    large = {"http": server("inner.http", max_body="10MiB"), "publish": [{"port": "http", "host": 81}]}
    assert not found(server("web.http", max_body="10MiB"), large=large)


@pytest.mark.parametrize("engine", ["nginx", "haproxy"])
@pytest.mark.parametrize("log", ["json", "common"])
def test_a_fault_in_any_line_of_one_behind_is_noticed(engine: str, log: str) -> None:
    missed = []
    for one in outcome(server("web.http", engine, access_log=log)).compiled[:1]:
        for artifact in one.bundle.artifacts:
            lines = artifact.text.splitlines(keepends=True)
            for index, line in enumerate(lines if f"inner/{engine}" in artifact.path else ()):
                if line.strip().startswith("#") or not line.strip():
                    continue
                told = line.replace("0.0.0.0", "10.0.0.0").replace("realip_remote_addr", "remote_addr").replace("fc_src", "src")
                swapped = told.replace("X-Forwarded-For", "X-Real-IP").replace("x-forwarded-for", "x-real-ip")
                for fault in {"", told, swapped, line + "http-request set-header X-Forwarded-Proto http\n"} - {line}:
                    texts = {**one.bundle.texts, artifact.path: "".join([*lines[:index], fault, *lines[index + 1 :]])}
                    if not list(verify_folder(one.model, one.target, one.options, one.bundle, "out", texts)):
                        missed.append(f"{artifact.path}:{index + 1}: {line.strip()} -> {fault.strip()}")
    assert not missed, "\n".join(missed)


@pytest.mark.parametrize("engine", ["nginx", "haproxy"])
def test_what_is_written_for_one_that_is_asked_past_is_not_what_one_behind_needs(engine: str) -> None:
    """Either in the other's place is noticed."""
    behind, past = (
        {one.target.name: one for one in outcome(http, **more).compiled}
        for http, more in ((server("web.http", engine), {}), (server("web.http", engine), {"client": CLIENT}))
    )
    for name in (engine, "compose"):
        for here, there in ((behind[name], past[name]), (past[name], behind[name])):
            swapped = {path: text for path, text in there.bundle.texts.items() if f"inner/{engine}" in path}
            assert swapped
            texts = {**here.bundle.texts, **swapped}
            assert list(verify_folder(here.model, here.target, here.options, here.bundle, "out", texts))
