"""No line of an engine's configuration can go, or say another number, without the reader telling."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.compiling import compiled_text
from twipc.target import Unreadable
from twipc.verify import differences

FILES = {"nginx": "edge/nginx.conf", "haproxy": "edge/haproxy.cfg"}
HTTP: dict[str, Any] = {
    "listen": 8080,
    "backends": {
        "app": {"members": ["web.http"]},
        "chat": {"members": ["web.http"], "websockets": "10m"},
    },
    "routes": [
        {"match": {"prefix": "/chat/", "host": "chat.example"}, "backend": "chat"},
        {"match": {"prefix": "/"}, "backend": "app"},
    ],
    "default": {"status": 404},
    "request_headers": {"X-Env": "prod", "X-Price": "5$ 100%"},
    "tls": {"listen": 8443, "certificate": "edge-cert"},
    "rate_limit": {"requests": 50, "per": "1s", "burst": 100},
}
SAID_BY_ALL = re.compile(r"\s*(#.*|\}|\.endif)?")


def noticed(engine: str, http: dict[str, Any], changes: Any) -> list[str]:
    """The changed lines that the reader takes for what was meant."""
    document = {
        **{"twipc": 1, "project": "shop", "environment": "prod", "targets": {engine: {}}},
        "secrets": {"edge-cert": {"file": "edge.pem"}},
        "services": {
            "web": {"image": "shop/web:1", "ports": {"http": 8080}},
            "edge": {"http": {**http, "engine": {"name": engine, "version": "1.30" if engine == "nginx" else "3.2"}}},
        },
    }
    (one,) = compiled_text(json.dumps(document)).compiled
    lines = one.bundle.texts[FILES[engine]].splitlines()
    missed = []
    for at, line in enumerate(lines):
        for changed in changes(line):
            text = "\n".join([*lines[:at], *changed, *lines[at + 1 :]]) + "\n"
            try:
                facts = one.target.read({FILES[engine]: text})
            except Unreadable:
                continue
            if not list(differences(one.model, one.target, one.options, facts)):
                missed.append(line)
    return missed


def without(line: str) -> list[list[str]]:
    return [] if SAID_BY_ALL.fullmatch(line) or line.endswith("{") else [[]]


def twice(line: str) -> list[list[str]]:
    """haproxy sets a header to a value, or ends with an answer, just as well when it is told again."""
    if (
        SAID_BY_ALL.fullmatch(line)
        or line.endswith("{")
        or re.search("http-(request|after-response) (set-header|return) ", line)
    ):
        return []
    return [[line, line]]


def otherwise(line: str) -> list[list[str]]:
    """Each number of a line one higher."""
    if SAID_BY_ALL.fullmatch(line):
        return []
    return [[f"{line[: one.start()]}{int(one[0]) + 1}{line[one.end() :]}"] for one in re.finditer("[0-9]+", line)]


@pytest.mark.parametrize("engine", FILES)
@pytest.mark.parametrize("log", ["json", "common", "none"])
@pytest.mark.parametrize("change", [without, twice, otherwise])
def test_no_line_can_change(engine: str, log: str, change: Any) -> None:
    assert noticed(engine, {**HTTP, "access_log": log}, change) == []
