"""What nginx does with a request that is not followed is left open with its line, never told as the same."""

from __future__ import annotations

import pytest

from twipc.formats.reading import routing_of
from twipc.routes.compare import differences
from twipc.routes.table import OPEN, Answer, Site

PASS = "proxy_pass http://b;"


def nginx(location: str, server: str = "listen 80;", listens: str = "") -> Site:
    return Site("x", {"x": routing_of("x.conf", f"{listens}server {{ {server}\nlocation / {{\n{location}\n}} }}")})


def leads(site: Site) -> set[str]:
    return {f"{one.kind} {one.what}" for rule in site.tables["x"].rules for one in rule.leads if isinstance(one, Answer)}


@pytest.mark.parametrize(
    ("location", "opened"),
    [
        ("satisfy any;\ndeny all; auth_basic x;", "`satisfy`, line 3"),
        (f"proxy_method POST; {PASS}", "`proxy_method`, line 3"),
        (f"{PASS}\nproxy_set_header X y; proxy_set_header\nHost other.example;", "`proxy_set_header`, line 4"),
        (f"{PASS} proxy_set_header host $arg_host;", "`proxy_set_header`, line 3"),
        (f"{PASS} proxy_set_header Host $asked_host;", "`proxy_set_header`, line 3"),
        (f"{PASS} grpc_set_header Host other.example;", "`grpc_set_header`, line 3"),
        (f"{PASS} error_page 404 /x; proxy_intercept_errors on;", "`proxy_intercept_errors`, line 3"),
        ("fastcgi_pass b:9000; error_page 404 /x; fastcgi_intercept_errors on;", "`fastcgi_intercept_errors`, line 3"),
        (f"{PASS} post_action /done;", "`post_action`, line 3"),
        ("root /x; dav_methods PUT DELETE;", "`dav_methods`, line 3"),
    ],
)
def test_what_changes_an_answer_is_left_open(location: str, opened: str) -> None:
    assert f"{OPEN} {opened}" in leads(nginx(location))
    around = leads(nginx(PASS if "pass" in location else "", f"listen 80; {location.replace(PASS, '')}"))
    assert opened.partition(",")[0] in " ".join(around) or "fastcgi" in location


@pytest.mark.parametrize(
    "location",
    [
        f"satisfy all; {PASS}",
        f"proxy_intercept_errors on; {PASS}",
        f"error_page 404 /x; {PASS}",
        f"error_page 404 /x; proxy_intercept_errors off; {PASS}",
        f"post_action off; dav_methods off; {PASS}",
        *(f"proxy_set_header Host {host}; {PASS}" for host in ("$host", "${http_host}", "$proxy_host", "$host:$server_port")),
        f"proxy_set_header X-Host other.example; {PASS}",
    ],
)
def test_what_changes_nothing_is_read(location: str) -> None:
    assert not any(one.startswith(OPEN) for one in leads(nginx(location)))
    assert differences(nginx(location), nginx(PASS)) == []


@pytest.mark.parametrize(
    ("server", "listens", "at"),
    [
        ("listen 80;", "", ""),
        ("listen 443;", "", ":443"),
        ("listen 443 ssl;", "", ""),
        ("listen 443 quic;", "", ""),
        ("listen 80 ssl;", "", ":80"),
        ("listen 443 default;", "server { listen 443 ssl; server_name a.example; return 404; } ", ""),
        ("listen 80; listen 443 ssl;", "", ""),
        ("listen 8080; listen 443 ssl; port_in_redirect off;", "", ""),
    ],
)
def test_a_port_goes_without_saying_where_it_is_the_schemes_own(server: str, listens: str, at: str) -> None:
    assert f"redirect 301 to {{scheme}}://{{host}}{at}/b" in leads(nginx("return 301 /b;", server, listens))


@pytest.mark.parametrize(
    ("server", "to", "opened"),
    [
        ("listen 8080;\nlisten 443 ssl;", "/b", "`listen`, line 2"),
        ("listen 80;\nlisten 443 ssl;", "https://a:$server_port/", "`listen`, line 2"),
        ("listen 80;\nserver_name_in_redirect on;", "/b", "`server_name_in_redirect`, line 2"),
    ],
)
def test_the_directive_that_matters_is_named(server: str, to: str, opened: str) -> None:
    assert f"{OPEN} {opened}" in leads(nginx(f"return 301 {to};", server))
