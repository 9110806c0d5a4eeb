"""https as both engines serve it, asked by a client that trusts one certificate authority."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.conformance.edge import PORT, TOOLS, files, serve, spec
from tests.conformance.live import Request, Scenario, haproxy_accepts, nginx_accepts, run
from tests.tools import program

TLS = 8443
PLACE = "/run/secrets/edge-cert"
HOST = "shop.example"
SECRET = {"edge-cert": {"file": "edge.pem"}}
HTTP: Mapping[str, Any] = {"tls": {"listen": TLS, "certificate": "edge-cert"}}
TWO_YEARS = "max-age=63072000"
every_engine = pytest.mark.parametrize("tool", TOOLS)


@cache
def certified(kind: str = "ec") -> tuple[str, str]:
    """The authority's certificate; and one file with the server's, that of the chain between, and the key."""
    key = ["-newkey", "rsa:2048"] if kind == "rsa" else ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    with TemporaryDirectory() as folder:
        at = Path(folder)

        def made(name: str, by: str, *extensions: str) -> None:
            signed = ["-CA", f"{by}.crt", "-CAkey", f"{by}.key"] if by else []
            told = [word for extension in extensions for word in ("-addext", extension)]
            out = ["-keyout", f"{name}.key", "-out", f"{name}.crt", "-subj", f"/CN={name}", "-days", "2", "-nodes"]
            argv = [str(program("openssl")), "req", "-x509", *key, *out, *signed, *told]
            subprocess.run(argv, cwd=at, check=True, capture_output=True)

        made("root", "", "basicConstraints=critical,CA:TRUE")
        made("between", "root", "basicConstraints=critical,CA:TRUE")
        made("edge", "between", "basicConstraints=CA:FALSE", f"subjectAltName=DNS:{HOST},DNS:www.example.com")
        parts = ("edge.crt", "between.crt", "edge.key")
        return (at / "root.crt").read_text(), "".join((at / part).read_text() for part in parts)


def by_https(path: str = "/", version: str = "TLSv1.3", kind: str = "ec", **how: Any) -> Request:
    return Request(path, **{"port": TLS, "host": HOST, "tls": version, "authority": certified(kind)[0], **how})


def answers(http: Mapping[str, Any], *asks: Request, tool: str, kind: str = "ec") -> Any:
    more = {PLACE: certified(kind)[1]}
    return serve({**HTTP, **http}, *asks, tool=tool, more=more, secrets=SECRET).answers


@every_engine
@pytest.mark.parametrize("kind", ["ec", "rsa"])
def test_one_file_proves_the_server_and_old_versions_are_refused(tool: str, kind: str) -> None:
    versions = ("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")
    old, older, good, best = answers({}, *(by_https(version=version, kind=kind) for version in versions), tool=tool, kind=kind)
    assert (old.status, older.status) == (0, 0)
    assert "ALERT_PROTOCOL_VERSION" in old.error
    assert "ALERT_PROTOCOL_VERSION" in older.error
    for answer, version in ((good, "TLSv1.2"), (best, "TLSv1.3")):
        assert (answer.status, (answer.answered_by or "")[:4]) == (200, "web@"), answer.error
        assert answer.tls.startswith(f"{version} ")
        assert answer.tls.endswith(" http/1.1"), "h2 was offered"
    assert "GCM" in good.tls or "CHACHA20" in good.tls


@every_engine
def test_members_are_told_how_the_client_came(tool: str) -> None:
    forged = (("X-Forwarded-Proto", "ftp"), ("X-Forwarded-Port", "1"))
    asks = (
        by_https(headers=forged),
        by_https(host=f"{HOST}:9443"),
        Request(port=PORT, host=HOST, headers=(("X-Forwarded-Proto", "https"),)),
    )
    told = [
        [one.echo.header(f"X-Forwarded-{what}") for what in ("Proto", "Port", "Host")] for one in answers({}, *asks, tool=tool)
    ]
    assert told == [["https", "443", HOST], ["https", "9443", f"{HOST}:9443"], ["http", "80", HOST]]


@every_engine
@pytest.mark.parametrize("hsts", [True, False])
def test_hsts_is_said_by_https_alone_on_every_answer(tool: str, hsts: bool) -> None:
    http = {"tls": {**HTTP["tls"], "hsts": hsts}, "routes": [{"match": {"exact": "/"}, "backend": "app"}]}
    asks = (by_https(), by_https("/none"), by_https("/a/../b"), Request(port=PORT), Request("/none", port=PORT))
    said = [answer.header("strict-transport-security") for answer in answers(http, *asks, tool=tool)]
    assert said == [*[TWO_YEARS if hsts else None] * 3, None, None]


REDIRECTING = {
    "routes": [
        {"match": {"prefix": "/.well-known/"}, "backend": "app"},
        {"match": {"prefix": "/"}, "redirect": {"scheme": "https"}},
        {"match": {"prefix": "/old/"}, "redirect": "/new/"},
        {"match": {"prefix": "/www/", "host": HOST}, "redirect": {"host": "www.example.com"}},
        {"match": {"prefix": "/a/"}, "backend": "app"},
    ],
}


@every_engine
def test_who_comes_by_http_is_sent_to_https_and_there_no_further(tool: str) -> None:
    paths = ("/a/x?y=%2f", "/old/x", "/www/x?y", "/none", "/.well-known/x")
    got = answers(REDIRECTING, *(Request(path, port=PORT, host=HOST) for path in paths), *map(by_https, paths), tool=tool)
    seen = [(answer.status, answer.header("location")) for answer in got]
    assert seen == [
        *((308, f"https://{HOST}{path}") for path in paths[:4]),
        (200, None),
        (200, None),
        (308, "/new/"),
        (308, "//www.example.com/www/x?y"),
        (404, None),
        (200, None),
    ]
    assert [answer.header("strict-transport-security") for answer in got] == [*[None] * 5, *[TWO_YEARS] * 5]
    assert got[5].echo.line == "GET /a/x?y=%2f HTTP/1.1"


@every_engine
@pytest.mark.parametrize("pem", ["missing", "empty", "no key", "another's key"])
def test_without_its_certificate_or_key_the_engine_does_not_start(tool: str, pem: str) -> None:
    whole, other = certified()[1], certified("another")[1]
    head, key = whole.partition("-----BEGIN PRIVATE KEY-----")[0], other[other.index("-----BEGIN PRIVATE KEY-----") :]
    more = {"missing": {}, "empty": {PLACE: ""}, "no key": {PLACE: head}, "another's key": {PLACE: head + key}}[pem]
    config = files(spec(HTTP, tool=tool, secrets=SECRET))
    report = run(Scenario(tool, {**config, **more}, (Request(port=PORT), by_https())))
    assert report.exit_code not in (None, 0)
    assert report.outcomes == ()
    assert PLACE in report.stderr


@every_engine
def test_nothing_in_it_is_warned_of(tool: str) -> None:
    config = {**files(spec({**HTTP, **REDIRECTING}, tool=tool, secrets=SECRET)), PLACE: certified()[1]}
    if tool == "nginx":
        accepted, why = nginx_accepts(config)
        assert accepted, why
        assert "[warn]" not in why, why
    else:
        assert haproxy_accepts(config, engine=tool) == (True, "")
