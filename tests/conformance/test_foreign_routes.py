"""Configuration files that people wrote by hand do what their tables say: asked of the real engines."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.conformance.live import Answer, Backend, Request, Scenario, Step, Wait, run
from twipc.formats.reading import routing_of
from twipc.routes.compare import differences
from twipc.routes.follow import taken
from twipc.routes.request import Refused, asked
from twipc.routes.table import Answer as Said
from twipc.routes.table import Site, Table

PORT = 8080
NGINX = """pid /tmp/nginx.pid;
error_log /dev/stderr crit;
events {}
http {
    access_log off;
    client_body_temp_path /tmp/b; proxy_temp_path /tmp/p;
    fastcgi_temp_path /tmp/f; uwsgi_temp_path /tmp/u; scgi_temp_path /tmp/s;
%s
}
"""
HAPROXY = """defaults
    mode http
    timeout connect 1s
    timeout client 5s
    timeout server 5s
%s
"""
ORIGINAL_NGINX = """    upstream webapp {
        ip_hash;
        server 10.0.1.1:8080;
        server 10.0.1.2:8080;
    }
    server {
        listen 8080;
        server_name localhost;
        location ~* \\/(images|styles)\\/* {
            root /usr/share/nginx/html/static/;
        }
        location / {
            proxy_pass http://webapp;
        }
    }
"""
ORIGINAL_HAPROXY = """frontend default_port_80
    bind :8080
    acl action path_reg -i ^/.*\\.action$
    acl start path -i /
    acl style path_reg -i ^/styles/.*\\..*$
    acl image path_reg -i ^/images/.*\\..*$
    use_backend web if action
    use_backend web if start
    use_backend static if style
    use_backend static if image
backend web
    server web 10.0.1.3:8080
backend static
    server static 10.0.2.1:8080
"""
ORIGINAL_COMPOSE = """version: '2'
services:
  proxy:
    image: dockercloud/haproxy:1.2.1
    links: [static, web]
  static:
    image: twip/static
    environment: ["VIRTUAL_HOST=*/styles/*.*,*/images/*.*", "VIRTUAL_HOST_WEIGHT=0"]
  web:
    image: twip/web
    environment: {VIRTUAL_HOST: "*/*.action,*/", VIRTUAL_HOST_WEIGHT: 1}
"""
# Who answers in training and in production, of fifteen paths: ten go elsewhere, and nobody noticed for years.
PROBES = {
    "/": ("web", "web"),
    "/Read.action": ("web", "web"),
    "/styles/site.css": ("static", "static"),
    "/images/a.png": ("static", "static"),
    "/STYLES/A.CSS": ("static", "static"),
    "/Read.action;jsessionid=1": ("web", "503"),
    "/Read": ("web", "503"),
    "/favicon.ico": ("web", "503"),
    "/index.html": ("web", "503"),
    "/styles/": ("static", "503"),
    "/x/images/a.png": ("static", "503"),
    "/imagesfoo": ("static", "503"),
    "/stylesheet": ("static", "503"),
    "/images/report.action": ("static", "web"),
    "/x/images/Edit.action": ("static", "web"),
}
KINDS = ("haproxy", "virtual hosts")
CALLED = {
    "backend webapp": "web",
    "files /usr/share/nginx/html/static": "static",
    "backend web": "web",
    "backend static": "static",
}
MEMBERS = (
    Backend("web1", ("10.0.1.1",), PORT),
    Backend("web2", ("10.0.1.2",), PORT),
    Backend("web", ("10.0.1.3",), PORT),
    Backend("static", ("10.0.2.1",), PORT),
)


def site(name: str, text: str) -> Site:
    return Site(name, {name: routing_of(name, text)})


def said(of: Site, url: str, method: str = "GET") -> str:
    """Who answers by the table, in the words of the probes."""
    case, path = asked(method, url)
    assert not isinstance(path, Refused)
    raw = of.tables[of.entry].raw
    found = str(taken(of, case, url.partition("?")[0].encode() if raw else path, raw=raw))
    return CALLED.get(found, found.removeprefix("status "))


def who(answer: Answer) -> str:
    """Who answered: a web by its name, the server itself for files that are not there."""
    if answer.answered_by:
        return "web" if answer.answered_by.startswith("web") else answer.answered_by.partition("@")[0]
    return "static" if answer.status in (404, 403, 301) else str(answer.status)


def ask(tool: str, text: str, paths: Sequence[str]) -> dict[str, str]:
    config = (
        {"/etc/nginx/nginx.conf": NGINX % text} if tool == "nginx" else {"/usr/local/etc/haproxy/haproxy.cfg": HAPROXY % text}
    )
    steps: tuple[Step, ...] = (Wait(Request("/", port=PORT)), *(Request(path, port=PORT) for path in paths))
    report = run(Scenario(tool, config, steps, {}, MEMBERS))
    assert report.exit_code is None, report.stderr
    return {path: who(answer) for path, answer in zip(paths, report.answers, strict=True)}


@pytest.mark.parametrize(
    ("name", "text"), [("haproxy.cfg", HAPROXY % ORIGINAL_HAPROXY), ("docker-compose.yml", ORIGINAL_COMPOSE)], ids=KINDS
)
def test_the_tables_of_the_original_say_what_its_probes_said(name: str, text: str) -> None:
    train, prod = site("nginx.conf", NGINX % ORIGINAL_NGINX), site(name, text)
    assert {path: (said(train, path), said(prod, path)) for path in PROBES} == PROBES


@pytest.mark.parametrize(
    ("name", "text"), [("haproxy.cfg", HAPROXY % ORIGINAL_HAPROXY), ("docker-compose.yml", ORIGINAL_COMPOSE)], ids=KINDS
)
def test_each_probe_that_differs_lies_in_a_class_whose_witness_differs_on_the_engines(name: str, text: str) -> None:
    train, prod = site("nginx.conf", NGINX % ORIGINAL_NGINX), site(name, text)
    found = differences(called(train), called(prod))
    classes = {(str(each.one), str(each.other)): each.request.path for each in found}
    assert {pair for pair in PROBES.values() if len(set(pair)) > 1} == set(classes)
    paths = [*PROBES, *classes.values()]
    real = list(
        zip(ask("nginx", ORIGINAL_NGINX, paths).values(), ask("haproxy", ORIGINAL_HAPROXY, paths).values(), strict=True)
    )
    assert real == [*PROBES.values(), *classes]


def called(of: Site) -> Site:
    """The same with answers in the words of the probes."""
    table = of.tables[of.entry]

    def words(outcome: Sequence[object]) -> tuple[Said, ...]:
        return tuple(Said(CALLED.get(str(one), str(one).removeprefix("status ")), "") for one in outcome)

    rules = tuple(replace(rule, leads=words(rule.leads)) for rule in table.rules)
    return Site(of.entry, {of.entry: Table(rules, words(table.default), raw=table.raw)})


# --- drawn files


PLAIN = st.lists(st.sampled_from(("a", "b", "A", "images", "x.png")), min_size=0, max_size=3).map(
    lambda parts: "/" + "/".join(parts)
)
PREFIX = st.one_of(PLAIN, PLAIN.map(lambda path: path if path == "/" else f"{path}/"), st.just("/ima"))
EXPRESSION = st.sampled_from(
    ("^/a", "/a", "b$", r"\.png$", "^/(a|b)/", "^/A/?$", "/[ab]+/", "images?", "^/.*/x", "/a{2}", "^/$")
)
LOCATION = st.one_of(
    st.tuples(st.sampled_from(("", "^~ ", "= ")), PREFIX),
    st.tuples(st.sampled_from(("~ ", "~* ")), EXPRESSION),
)
TEST = st.one_of(
    st.builds("{} {}".format, st.sampled_from(("path", "path_beg", "path_end", "path_sub", "path -i", "path_beg -i")), PREFIX),
    st.builds("{} {}".format, st.sampled_from(("path_reg", "path_reg -i", "path -m reg")), EXPRESSION),
    st.sampled_from(("method POST", "method PURGE", "method PURGE GET", "ssl_fc")),
    st.sampled_from(("path_dir a", "path_dir /images/", "path_dir -i a/B/", "path_dir x.png", "path_sub -i IMA")),
    st.sampled_from(("hdr(host) -i twip.example", "hdr(host) Twip.example", "hdr_beg(host) other", "hdr_end(host) .example")),
    st.sampled_from(("hdr_dom(host) twip", "hdr_dom(host) .example.", "hdr_dom(host) twi", "hdr_sub(host) -i P.E")),
)
TESTS = st.lists(st.tuples(st.booleans(), TEST), min_size=1, max_size=3)
NAMES = ("one", "two", "three", "four")
DRAWN = tuple(Backend(name, (f"10.0.3.{index}",), PORT) for index, name in enumerate(NAMES, 1))
PATHS = [
    "/",
    "/a",
    "/A",
    "/a/",
    "/a/b",
    "/b/a",
    "/ab",
    "/imagesx",
    "/images/",
    "/images/x.png",
    "/a/x.png",
    "/b/x",
    "/A/b/",
    "/aa/b",
    "/x.png/a",
]
PATHS += ["//a", "/%61/b", "/a%2fb", "/%41", "/images//x.png", "/a/b?x=/b", "/b/%78.png"]


Inner = list[tuple[str, str]]
"""Expressions of locations in a location, each with who answers."""


def nginx_text(locations: list[tuple[tuple[str, str], str, Inner]]) -> str:
    def location(kind: str, path: str, to: str, inner: Inner) -> str:
        inside = " ".join(location("~ ", *one, []) for one in (inner if kind != "= " else ()))
        return f'location {kind}"{path}" {{ {inside} proxy_pass http://10.0.3.{NAMES.index(to) + 1}:8080; }}'

    inside = "\n".join(location(*one, to, inner) for one, to, inner in locations)
    return f"server {{ listen 8080;\nlocation = /up {{ return 200 up; }}\n{inside}\n}}"


Tests = list[tuple[bool, str]]


def condition(tests: Tests) -> str:
    return " ".join(f"{'!' if turned else ''}{{ {test} }}" for turned, test in tests)


def haproxy_text(rules: list[tuple[Tests, str]], default: str, first: list[tuple[str, Tests]], within: list[Tests]) -> str:
    lines = ["frontend in", "    bind :8080", "    http-request return status 200 if { path /up }"]
    lines += [f"    http-request {action} if {condition(tests)}" for action, tests in first]
    for number, (tests, to) in enumerate(rules):
        for nth, (_, test) in enumerate(tests):
            lines.append(f"    acl t{number}_{nth} {test}")
        named = " ".join(f"{'!' if turned else ''}t{number}_{nth}" for nth, (turned, _) in enumerate(tests))
        lines.append(f"    use_backend {to} if {named}")
    lines.append(f"    default_backend {default}")
    for nth, name in enumerate(NAMES, 1):
        lines += [
            f"backend {name}",
            *(f"    http-request deny deny_status 429 if {condition(tests)}" for tests in within[nth:]),
        ]
        lines.append(f"    server s 10.0.3.{nth}:8080")
    return "\n".join(lines)


def told(of: Site, method: str, path: str) -> str:
    case, normal = asked(method, path)
    assert not isinstance(normal, Refused)
    raw = of.tables[of.entry].raw
    case = replace(case, host="twip.example")
    return str(taken(of, case, path.partition("?")[0].encode() if raw else normal, raw=raw))


def real(tool: str, text: str, requests: Sequence[tuple[str, str]]) -> list[str]:
    file = "/etc/nginx/nginx.conf" if tool == "nginx" else "/usr/local/etc/haproxy/haproxy.cfg"
    whole = (NGINX if tool == "nginx" else HAPROXY) % text
    steps: tuple[Step, ...] = (
        Wait(Request("/up", port=PORT)),
        *(Request(path, method, port=PORT) for method, path in requests),
    )
    report = run(Scenario(tool, {file: whole}, steps, {}, DRAWN))
    assert report.exit_code is None, report.stderr
    return [by_backend(answer) for answer in report.answers]


def by_backend(answer: Answer) -> str:
    return (answer.answered_by or "").partition("@")[0] or str(answer.status)


LIVE = settings(
    max_examples=6,
    deadline=None,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.mark.timeout(120)
@LIVE
@given(
    st.lists(
        st.tuples(
            LOCATION,
            st.sampled_from(NAMES),
            st.lists(st.tuples(EXPRESSION, st.sampled_from(NAMES)), max_size=2, unique_by=lambda one: one[0]),
        ),
        min_size=1,
        max_size=8,
        unique_by=lambda one: (one[0][0].strip("^~ "), one[0][1]),
    )
)
def test_drawn_locations_take_what_nginx_has_them_take(locations: list[tuple[tuple[str, str], str, Inner]]) -> None:
    text = nginx_text(locations)
    of = site("nginx.conf", NGINX % text)
    numbers = {f"backend 10.0.3.{NAMES.index(name) + 1}:8080": name for name in NAMES}
    wanted = [numbers.get(found := told(of, "GET", path), found) for path in PATHS]
    # A path that no location takes is one of files, and there are none.
    wanted = ["404" if one.startswith("files") else one.removeprefix("redirect ").partition(" to ")[0] for one in wanted]
    got = ["404" if one in ("403", "404") else one for one in real("nginx", text, [("GET", path) for path in PATHS])]
    assert dict(zip(PATHS, got, strict=True)) == dict(zip(PATHS, wanted, strict=True))


@pytest.mark.timeout(120)
@pytest.mark.parametrize("tool", ["haproxy", "haproxy-2.8"])
@LIVE
@given(
    st.lists(st.tuples(TESTS, st.sampled_from(NAMES)), max_size=5),
    st.sampled_from(NAMES),
    st.lists(st.tuples(st.sampled_from(("allow", "deny", "deny deny_status 410")), TESTS), max_size=3),
    st.lists(TESTS, max_size=3),
)
def test_drawn_conditions_take_what_haproxy_has_them_take(
    tool: str, rules: list[tuple[Tests, str]], default: str, first: list[tuple[str, Tests]], within: list[Tests]
) -> None:
    text = haproxy_text(rules, default, first, within)
    of = site("haproxy.cfg", HAPROXY % text)
    requests = [(method, path) for method in ("GET", "POST", "PURGE", "FOO") for path in PATHS]
    wanted = [told(of, *one).removeprefix("backend ").removeprefix("status ") for one in requests]
    assert dict(zip(requests, real(tool, text, requests), strict=True)) == dict(zip(requests, wanted, strict=True))


SENT = """frontend in
    bind :8080
    errorloc 403 /f403
    errorloc303 404 /f404
    errorloc302 503 /f503
    errorloc 401 /f401
    http-request return status 200 if { path /up }
    http-request deny if { path /deny }
    http-request deny deny_status 404 if { path /deny404 }
    http-request deny content-type text/plain string no if { path /page }
    http-request return status 404 if { path /return }
    http-request return status 404 default-errorfiles if { path /returned }
    http-request auth if { path /auth }
    http-request deny deny_status 410 if { path /gone }
    use_backend inner if { path_beg /inner }
    use_backend called if { path_beg /called }
    use_backend twipc_none if { path /none }
backend inner
    errorloc 403 /b403
    http-request deny if { path /inner }
    http-request deny deny_status 404
    server s 10.0.3.1:8080
backend called
    errorloc 403 /b403
    http-error status 403 content-type a/b string no
    http-request deny
    server s 10.0.3.1:8080
backend twipc_none
"""


@pytest.mark.parametrize("tool", ["haproxy", "haproxy-2.8"])
def test_an_error_is_sent_where_haproxy_sends_it(tool: str) -> None:
    whole = HAPROXY % SENT
    paths = ("deny", "deny404", "page", "return", "returned", "auth", "gone", "inner", "inner/x", "called", "none", "other")
    of = site("haproxy.cfg", whole)
    steps: tuple[Step, ...] = (Wait(Request("/up", port=PORT)), *(Request(f"/{path}", port=PORT) for path in paths))
    report = run(Scenario(tool, {"/usr/local/etc/haproxy/haproxy.cfg": whole}, steps, {}, DRAWN))
    assert report.exit_code is None, report.stderr
    places = [dict(answer.headers).get("location", "") for answer in report.answers]
    got = [
        f"redirect {one.status} to {to}" if to else f"status {one.status}"
        for one, to in zip(report.answers, places, strict=True)
    ]
    assert dict(zip(paths, got, strict=True)) == {path: told(of, "GET", f"/{path}") for path in paths}
