"""nginx itself judges the nginx configuration: each committed one, and what nginx alone does."""

from __future__ import annotations

from typing import Any

import pytest

from tests.compiling import committed, compiled_spec
from tests.conformance.edge import PORT, carriers, copies, files, serve, spec
from tests.conformance.live import Request, Scenario, nginx_accepts, run
from twipc.formats.nginx.tree import parse

FILES: dict[str, Any] = {
    "routes": [
        {"match": {"prefix": ["/images/", "/styles"]}, "files": "/srv/static"},
        {"match": {"prefix": "/"}, "backend": "app"},
    ]
}
FOLDERS = {
    "/srv/static/images/a.png": "a picture",
    "/srv/static/images/sub/index.html": "sub",
    "/srv/static/styles/a.css": "b {}",
}
EVERYTHING: dict[str, Any] = {
    "backends": {
        "app": {"members": ["web.http"], "balance": "source", "retries": 0, "websockets": "168h"},
        "other": {"members": ["web.http"], "balance": "least-connections"},
    },
    "routes": [
        {"match": {"prefix": ["/a'b\"c", "/{x}/", "/$y;", "/*"]}, "backend": "other"},
        {"match": {"exact": ["/a*b", "/a|b"]}, "backend": "app"},
        {"match": {"glob": ["/*/**.x y"]}, "backend": "other"},
        {"match": {"exact": "/d"}, "files": '/srv/it\'s {all} $uri; "here"'},
    ],
    "default": {"backend": "app"},
    "timeouts": {"request": "1ms", "idle": "90s", "connect": "1500ms", "response": "168h"},
    "request_headers": {"X-Env": "it's 100% {x};"},
    "rate_limit": {"requests": 10_000, "per": "1m", "burst": 10_000},
}


@pytest.mark.parametrize("environment", committed())
def test_each_copy_of_a_committed_configuration_is_accepted(environment: str) -> None:
    outcome = compiled_spec(environment)
    found = copies(outcome, "nginx")
    assert {place.partition(":")[0] for place in found} == carriers(outcome, "nginx")
    for place, config in found.items():
        accepted, why = nginx_accepts(config)
        assert accepted, f"{place}: {why}"
        assert "[warn]" not in why, f"{place}: {why}"


@pytest.mark.parametrize("ready", [True, False])
@pytest.mark.parametrize("sticky", [True, False])
def test_everything_the_language_has_is_accepted(ready: bool, sticky: bool) -> None:
    backends = EVERYTHING["backends"]
    http = {**EVERYTHING, "backends": {**backends, "other": {**backends["other"], "sticky": {"cookie": "C_1"}}}}
    text = spec(
        http if sticky else EVERYTHING,
        tool="nginx",
        version="1.31" if sticky else "",
        edge={"ready": {"http": "/ready"}} if ready else {},
    )
    accepted, why = nginx_accepts(files(text))
    assert accepted, why
    assert "[warn]" not in why, why


def test_files_are_served_from_their_folder_and_nothing_else_is() -> None:
    paths = ("/images/a.png", "/images/none.png", "/images/", "/images", "/styles/a.css", "/styles", "/stylesx", "/images/sub")
    asks = [Request(path, port=PORT, host="shop.example:9080") for path in paths]
    picture, none, folder, outside, style, bare, beside, sub = serve(FILES, *asks, tool="nginx", more=FOLDERS).answers
    assert (picture.status, picture.header("content-type"), picture.body) == (200, "image/png", "a picture")
    assert (none.status, none.body) == (404, "<p>our 404</p>\n")
    assert folder.status == 403, "folders are not listed"
    assert (outside.answered_by or "").startswith("web@")
    assert (style.status, style.header("content-type")) == (200, "text/css")
    assert (bare.status, bare.header("location")) == (301, "/styles/"), "no host or port that only the container has"
    assert (beside.answered_by or "").startswith("web@")
    assert (sub.status, sub.header("location")) == (301, "/images/sub/")


def test_a_folder_of_any_name_serves_its_files() -> None:
    folders = (
        "/srv/a b",
        "/srv/$uri",
        "/srv/${dollar}",
        "/srv/it's",
        '/srv/q"q',
        "/srv/{a;b}",
        "/srv/(a)",
        "/srv/é",
        "/srv/\\n",
    )
    routes = [{"match": {"prefix": f"/f{at}/"}, "files": folder} for at, folder in enumerate(folders)]
    placed = {f"{folder}/f{at}/x.txt": folder for at, folder in enumerate(folders)}
    asks = [Request(f"/f{at}/x.txt", port=PORT) for at in range(len(folders))]
    http = {"routes": routes, "backends": {}}
    config = files(spec(http, tool="nginx", edge={"ready": {"http": "/ready?deep=1"}}))
    report = run(Scenario("nginx", {**config, **placed}, (*asks, Request("/ready?deep=1", port=PORT))))
    *served, ready = report.answers
    assert [answer.body.encode("latin-1").decode() for answer in served] == list(folders)
    assert (ready.status, ready.body) == (200, "ready\n")


@pytest.mark.parametrize("missing", ["", "images", "styles"])
def test_a_server_of_files_is_ready_when_it_has_its_folders(missing: str) -> None:
    # A prefix without a slash is a file or a folder: what must be there is the folder above it.
    there = {path: text for path, text in FOLDERS.items() if not missing or f"/{missing}/" not in path}
    routes = [{"match": {"prefix": ["/images/", "/styles/"]}, "files": "/srv/static"}]
    text = spec({"routes": routes, "backends": {}}, tool="nginx", edge={"ready": {"http": "/ready"}})
    report = run(Scenario("nginx", {**files(text), **there}, (Request("/ready", port=PORT),)))
    assert report.answers[0].status == (503 if missing else 200)


WORDS = (
    "plain",
    "a\\ b",
    "a\\\\b",
    "a\\;b",
    "a\\n",
    "a\\tb",
    "a\\qb",
    "a'b",
    'a"b',
    "a#b",
    "'single'",
    "'it\\'s'",
    "'a\"b'",
    "'a\\\\b'",
    "'a\\nb'",
    "'a\\qb'",
    '"double"',
    '"a\\"b"',
    '"a\\\'b"',
    '"a\\\\b"',
    '"a\\\\\\\\nb"',
    '"a\\tb"',
    '"a\\q{b};#c"',
    '""',
    '"é"',
)


def test_the_reader_takes_words_as_nginx_does() -> None:
    locations = "".join(f"location = /{at} {{ return 200 {word}; }}\n" for at, word in enumerate(WORDS))
    text = f"""
pid /tmp/nginx.pid; error_log /dev/stderr; events {{}}
http {{
  access_log off; client_body_temp_path /tmp/a; proxy_temp_path /tmp/b; fastcgi_temp_path /tmp/c; uwsgi_temp_path /tmp/d;
  scgi_temp_path /tmp/e; server {{ listen {PORT}; {locations} }}
}}
"""
    asks = tuple(Request(f"/{at}", port=PORT) for at in range(len(WORDS)))
    report = run(Scenario("nginx", {"/etc/nginx/nginx.conf": text}, asks))
    assert report.exit_code is None, report.stderr
    http = next(directive for directive in parse(text)[0].directives if directive.name == "http")
    assert http.block
    server = http.block.take("server")[0]
    assert server.block
    read = {" ".join(one.args): one.block.take("return")[0].args for one in server.block.take("location") if one.block}
    said = {f"= /{at}": ("200", answer.body.encode("latin-1").decode()) for at, answer in enumerate(report.answers)}
    assert read == said
