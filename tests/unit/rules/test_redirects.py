"""Redirects: which may be written, and which lead back to themselves."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.compiling import compiled_text


def found(*routes: Any) -> list[tuple[str, str]]:
    """The errors of a server with these routes before one that takes the rest."""
    http = {
        "engine": {"name": "nginx", "version": "1.30"},
        "listen": 8080,
        "backends": {"app": {"members": ["web.http"]}},
        "routes": [*routes, {"match": {"prefix": "/"}, "backend": "app"}],
        "default": {"status": 404},
    }
    services = {"web": {"image": "shop/web:1", "ports": {"http": 8080}}, "edge": {"http": http}}
    spec = {"twipc": 1, "project": "shop", "environment": "prod", "targets": {"nginx": {}}, "services": services}
    findings = compiled_text(json.dumps(spec)).findings
    return [(finding.code.id, finding.message) for finding in findings if finding.severity.value == "error"]


def sent(match: dict[str, object], **redirect: object) -> dict[str, object]:
    return {"match": match, "redirect": redirect}


@pytest.mark.parametrize(
    "to",
    [
        *(
            "",
            "new",
            "//evil.example/",
            "/\\evil.example",
            "/a b",
            "/é",
            "/%",
            "/%zz",
            "/a\r\nSet-Cookie: z=1",
            "/a\nb",
            "/a/../b",
        ),
        *("/.", "ftp://a.example/", "https://", "https:///a", "https://user@a.example/", "https://a.example:0/", "https://a:/"),
        *(
            "https://a.example:65536/",
            "https://A.example/",
            "https://*.a.example/",
            "https://[::1]/",
            "/a#b#c",
            "/" + "x" * 1024,
        ),
        *("javascript:alert(1)", "$uri", "https://$host/", "https://a_b.example", '/"', "/{x}"),
    ],
)
def test_a_target_that_is_none_is_refused(to: str) -> None:
    assert found(sent({"exact": "/from"}, to=to))


@pytest.mark.parametrize(
    "redirect",
    [
        {},
        {"to": "/a", "scheme": "https"},
        {"scheme": "http"},
        {"host": "*.a.example"},
        {"host": "a.example:8080"},
        {"host": "https://a.example"},
        {"to": "/a", "status": 300},
        {"to": "/a", "status": 304},
        {"to": "/a", "status": True},
        {"to": "/a", "port": 8443},
        {"scheme": "https", "port": 0},
        {"scheme": "https", "backend": "app"},
    ],
)
def test_a_redirect_says_one_thing(redirect: dict[str, object]) -> None:
    assert found(sent({"exact": "/from"}, **redirect))


@pytest.mark.parametrize(
    ("routes", "asked"),
    [
        ([sent({"prefix": "/"}, to="/new")], "GET /"),
        ([sent({"prefix": "/a/"}, to="/%61//b?x#y")], "GET /a/"),
        ([sent({"glob": "/a/*.old"}, to="/a/b.old")], "GET /a/b.old"),
        ([sent({"exact": "/a"}, to="/b"), sent({"exact": "/b"}, to="/c"), sent({"exact": "/c"}, to="/a")], "GET /a"),
        ([sent({"prefix": "/a"}, host="www.example.com")], "GET /a"),
        ([sent({"prefix": "/", "host": "*.example.com"}, host="www.example.com")], "GET //x.example.com/"),
        ([sent({"prefix": "/a/", "method": "POST"}, to="/a/b")], "POST /a/"),
        ([sent({"prefix": "/a/", "method": ["POST", "GET"]}, to="/a/b", status=302)], "POST /a/"),
        ([sent({"prefix": "/", "host": f"{one}.example"}, host=f"{other}.example") for one, other in ("ab", "ba")],
         "GET //a.example/"),
    ],
)  # fmt: skip
def test_a_redirect_that_leads_back_is_found_once(routes: list[Any], asked: str) -> None:
    assert found(*routes) == [("TW455", f"`{asked}` is sent round in a circle")]


@pytest.mark.parametrize(
    "routes",
    [
        [sent({"exact": "/a"}, to="/a/")],
        [sent({"prefix": "/a/"}, to="/b/a/")],
        [sent({"prefix": "/"}, scheme="https")],
        [sent({"prefix": "/"}, to="https://www.example.com/")],
        [sent({"prefix": "/", "host": "example.com"}, host="www.example.com")],
        [sent({"prefix": "/a/", "method": "POST"}, to="/a/b", status=303)],
        [{"match": {"exact": "/a/b"}, "backend": "app"}, sent({"prefix": "/a/"}, to="/a/b")],
        [{"match": {"prefix": "/", "host": "b.example"}, "backend": "app"}, sent({"prefix": "/"}, host="b.example")],
    ],
)
def test_a_redirect_that_comes_to_an_end_is_none(routes: list[Any]) -> None:
    assert not found(*routes)
