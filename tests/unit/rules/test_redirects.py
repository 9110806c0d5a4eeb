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


def chained(inner: Any, outer: Any = None, *, tls: bool = True, at: int = 443, **more: Any) -> list[tuple[str, str, str]]:
    """What is found of routes behind a server that is published for http and https, before the rest of its own."""
    engine = {"engine": {"name": "nginx", "version": "1.30"}, "listen": 8080, "default": {"status": 404}}
    rest = {"match": {"prefix": "/"}, "backend": "app"}
    server = {**engine, "routes": [*inner, rest], "backends": {"app": {"members": ["web.http"]}}}
    front = {**engine, "routes": [*(outer or ()), rest], "backends": {"app": {"members": ["edge.http"]}}}
    front |= {"tls": {"listen": 8443, "certificate": "cert"}} if tls else {}
    publish = [{"port": "http", "host": 80}, *([{"port": "https", "host": at}] if tls else [])]
    services = {
        "web": {"image": "shop/web:1", "ports": {"http": 8080}},
        "edge": {"http": server},
        "front": {"http": front, "publish": publish},
        **more,
    }
    spec = {"twipc": 1, "project": "shop", "environment": "prod", "targets": {"nginx": {}}, "services": services}
    findings = compiled_text(json.dumps(spec | ({"secrets": {"cert": {"file": "cert.pem"}}} if tls else {}))).findings
    return [(one.code.id, one.at, one.message) for one in findings if one.code.id in ("TW455", "TW456")]


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
        *(
            "/.",
            "ftp://a.example/",
            "https://",
            "https:///a",
            "https://user@a.example/",
            "https://a.example:0/",
            "https://a.example:0443/",
            "https://a:/",
        ),
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


BACK = (
    "TW455",
    "services.edge.http.routes.0",
    "`GET /` is sent round in a circle: it comes by `front`, and comes back that way",
)


@pytest.mark.parametrize(
    ("inner", "outer"),
    [
        ([sent({"prefix": "/"}, scheme="https")], []),
        ([sent({"prefix": "/"}, scheme="https")], [sent({"prefix": "/"}, scheme="https")]),
        ([sent({"prefix": "/", "method": "GET"}, scheme="https")], []),
    ],
)
def test_who_came_by_https_to_a_server_in_front_is_not_sent_there_by_one_behind(inner: list[Any], outer: list[Any]) -> None:
    assert chained(inner, outer) == [BACK]


def test_a_circle_through_two_servers_is_found_once_by_a_request_that_goes_round() -> None:
    found = chained([sent({"exact": "/b"}, to="/a")], [sent({"exact": "/a"}, to="/b")])
    said = "`GET /b` is sent round in a circle: it comes by `front`, and comes back that way"
    assert found == [("TW455", "services.edge.http.routes.0", said)]


def test_only_what_the_server_in_front_forwards_comes_back() -> None:
    """The request that shows it is one that the other's route takes too."""
    of_host = {"match": {"prefix": "/shop/", "host": "a.example"}, "backend": "app"}
    away = sent({"prefix": "/"}, to="https://www.example.com/")
    ((code, _, said),) = chained([sent({"prefix": "/"}, scheme="https")], [of_host, away])
    assert (code, said.partition("`")[2].partition("`")[0]) == ("TW455", "GET //a.example/shop/")
    assert not chained([sent({"prefix": "/b/"}, scheme="https")], [of_host, away])


def test_https_that_is_served_elsewhere_leads_nobody_back() -> None:
    """By the server behind itself, at a port of its own."""
    to_own = [sent({"prefix": "/"}, scheme="https", port=8443)]
    assert [code for code, *_ in chained(to_own)] == ["TW456"]
    assert not chained(to_own, at=8443)[1:]
    assert [code for code, *_ in chained(to_own, at=8443)] == ["TW455"]


@pytest.mark.parametrize(
    ("tls", "at", "said"),
    [
        (False, 443, "clients are sent to port 443, and nothing here is published for https"),
        (True, 9443, "clients are sent to port 443, and https is published at 9443"),
    ],
)
def test_who_is_sent_to_https_that_nobody_serves_is_told(tls: bool, at: int, said: str) -> None:
    to_https = [sent({"prefix": "/"}, scheme="https")]
    assert chained(to_https, tls=tls, at=at) == [("TW456", "services.edge.http.routes.0.redirect", said)]


@pytest.mark.parametrize("ring", [False, True])
def test_hundreds_that_lead_from_one_to_the_next_are_followed_once(ring: bool) -> None:
    """Each by itself to its end would take minutes."""
    count = 400
    steps = [sent({"exact": f"/{at}"}, to=f"/{(at + 1) % count if ring else at + 1}") for at in range(count)]
    assert [code for code, _ in found(*steps)] == (["TW455"] if ring else [])
    into = [sent({"exact": "/a"}, to="/0"), *steps]
    assert [code for code, _ in found(*into)] == (["TW455"] if ring else [])
