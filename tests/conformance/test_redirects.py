"""Where redirects of hand-written files lead is what the engines answer, and what is told to be the same is the same."""

from __future__ import annotations

import re
from urllib.parse import urljoin

import pytest

from tests.conformance.live import Backend, Request, Scenario, Step, Wait, run
from tests.conformance.test_foreign_routes import HAPROXY, NGINX
from twipc.formats.reading import routing_of
from twipc.routes.cases import Case
from twipc.routes.follow import taken
from twipc.routes.hosts import read
from twipc.routes.sent import Known, resolved
from twipc.routes.table import OPEN, Answer, Site

PORT, UP = 8080, 8099
HOSTS = ("first.example", "Second.Example:8080", "second.example.", "[::1]")
MEMBERS = (Backend("one", ("10.0.3.1",), PORT),)
LOCATIONS = (
    "return 301 https://$host$request_uri;",
    "return 302 https://${host}:8443$request_uri;",
    "return 303 https://$http_host$request_uri;",
    "return https://$server_name$request_uri;",
    "return 307 $scheme://other.example$uri$is_args$args;",
    "return 308 //other.example$request_uri;",
    "return 301 /new;",
    'return 301 "/new{a}$is_args$args";',
    "return 301 https://x.example:$server_port/;",
    "return 301 https://$host$request_uri?;",
    "absolute_redirect off; return 301 /new;",
    "port_in_redirect off; return 301 /new;",
    "rewrite ^ https://x.example/y permanent;",
    "rewrite ^ https://x.example$request_uri? permanent;",
    "rewrite ^ https://x.example$request_uri redirect;",
    "rewrite ^ /y?a=1 redirect;",
    "rewrite ^ $scheme://$host/z;",
    "rewrite ^ https://x.example$uri permanent;",
    "absolute_redirect off; return 301 $request_uri;",
)
DECODING = (
    "rewrite ^ http://y.example$request_uri? permanent;",
    "return 301 http://y.example$uri$is_args$args;",
    "rewrite ^ http://y.example$uri permanent;",
)
RULES = (
    "redirect scheme https",
    "redirect scheme https code 301 drop-query",
    "redirect prefix https://x.example:444 code 303",
    "redirect prefix http://%[hdr(host)] code 307",
    "redirect prefix / code 308",
    "redirect location https://%[hdr(host)]%[pathq]",
    "redirect location https://%[req.hdr(Host),lower]%[path]",
    "redirect location https://x.example%[url]",
    "redirect location https://x.example%[capture.req.uri] code 301",
    "redirect location /new{a}%%20 code 301",
    "redirect location //x.example%[pathq]",
)
NGINX_OPEN = ("server_name_in_redirect on; return 301 /x;", "return 301 $document_root;")
RULES_OPEN = (
    "redirect location https://x%[var(txn.x)]",
    "redirect location https://x%[path,map(/x)]",
    "redirect prefix https://x append-slash",
    "redirect location https://x/%HU",
    "redirect location / ignore-empty",
    "redirect location https://%[var(txn.host)]%[pathq]",
)


def nginx(*locations: str) -> str:
    inside = "\n".join(f"location /r{at}/ {{ {one} }}" for at, one in enumerate(locations))
    return f"server {{ listen {PORT}; server_name first.example second.example;\n{inside}\n}}"


def haproxy(*rules: str) -> str:
    lines = "\n".join(f"    http-request {one} if {{ path_beg /r{at}/ }}" for at, one in enumerate(rules))
    return f"frontend in\n    bind :{PORT}\n{lines}\n"


def answer(table: Site, host: str, path: str) -> Answer:
    raw = table.tables[table.entry].raw
    (found,) = taken(table, Case("http", "GET", host), path.encode(), raw=raw).answers
    return found


def location(what: str, host: str, target: str) -> str:
    """Where an answer sends one request."""
    path, mark, query = target.partition("?")
    # What is known of no request: all that it takes is still in braces.
    found = resolved(Answer("redirect", what), Known("http", plain_host=False, plain_path=False)).what.partition(" to ")[2]
    words = {
        "{host}": read(host),
        "{Host}": host,
        "{Host,lower}": host.lower(),
        "{path}": path,
        "{Path}": path,
        "{Path,decoded}": path,
        "{Uri}": target,
    }
    for word, value in {**words, "{query}": mark + query, "{&query}": f"&{query}" if mark else "", "{{": "{"}.items():
        found = found.replace(word, value)
    return found


@pytest.mark.parametrize("tool", ["nginx", "haproxy", "haproxy-2.8"])
def test_redirects_lead_where_the_table_says(tool: str) -> None:
    text, count = (nginx(*LOCATIONS), len(LOCATIONS)) if tool == "nginx" else (haproxy(*RULES), len(RULES))
    if tool == "nginx":
        whole = {"/etc/nginx/nginx.conf": NGINX % f"{text}\nserver {{ listen {UP}; return 200; }}"}
    else:
        up = f"frontend up\n    bind :{UP}\n    http-request return status 200\n"
        whole = {"/usr/local/etc/haproxy/haproxy.cfg": f"{HAPROXY % text}{up}"}
    table = Site("x", {"x": routing_of("x.conf" if tool == "nginx" else "x.cfg", text, PORT)})
    asked = [(host, f"/r{at}/{more}") for at in range(count) for host in HOSTS for more in ("", "a?x=1", "a%41//b?x&y=%20")]
    # As it is read, a path with encoded bytes is another.
    read_so = {one for one in asked if re.search("Path|Uri", answer(table, one[0], one[1].partition("?")[0]).what)}
    asked = [one for one in asked if one not in read_so or "%" not in one[1]]
    steps: tuple[Step, ...] = (Wait(Request("/", port=UP)), *(Request(target, "GET", PORT, host) for host, target in asked))
    report = run(Scenario(tool, whole, steps, {}, MEMBERS))
    assert report.exit_code is None, report.stderr
    for (host, target), came in zip(asked, report.answers, strict=True):
        said = answer(table, host, target.partition("?")[0])
        assert (said.kind, said.what[:3]) == ("redirect", str(came.status)), (target, said)
        there = urljoin(f"http://{host}{target}", came.header("location") or "")
        assert urljoin(f"http://{host}{target}", location(said.what, host, target)).replace(":80/", "/") == there.replace(
            ":80/", "/"
        ), (host, target, said)


def locations(tool: str, text: str, *requests: Request) -> list[str | None]:
    """Where an engine sends clients, word for word."""
    file = "/etc/nginx/nginx.conf" if tool == "nginx" else "/usr/local/etc/haproxy/haproxy.cfg"
    whole = (NGINX if tool == "nginx" else HAPROXY) % text
    report = run(Scenario(tool, {file: whole}, (Wait(requests[0]), *requests), {}, MEMBERS))
    assert report.exit_code is None, report.stderr
    return [came.header("location") for came in report.answers]


def test_a_path_is_decoded_once_more_by_a_rewrite_alone() -> None:
    text = nginx(*DECODING)
    asked = [Request(f"/r{at}/{more}", "GET", PORT, "first.example") for at in range(3) for more in ("a%20b?%20", "%2541")]
    whole, read_so, once_more = (found for found in zip(*[iter(locations("nginx", text, *asked))] * 2, strict=True))
    assert len({whole[0], read_so[0]}) == len({read_so[1], once_more[1]}) == 2, (whole, read_so, once_more)


def test_a_port_goes_without_saying_where_it_is_the_schemes_own() -> None:
    text = "server { listen 443; return 301 /b; } server { listen 80; return 301 /b; }"
    asked = [Request("/a", "GET", port, "a.example") for port in (443, 80)]
    assert locations("nginx", text, *asked) == ["http://a.example:443/b", "http://a.example/b"]


def test_a_path_at_the_beginning_may_name_a_host() -> None:
    text = haproxy("redirect prefix / code 301").replace("path_beg /r0/", "path_beg //a")
    assert locations("haproxy", text, Request("//a//b", "GET", PORT, "x.example")) == ["//a//b"]


@pytest.mark.parametrize("one", NGINX_OPEN)
def test_what_is_said_elsewhere_is_left_open_in_nginx(one: str) -> None:
    assert answer(Site("x", {"x": routing_of("x.conf", nginx(one))}), "a.example", "/r0/").kind == OPEN


@pytest.mark.parametrize("one", RULES_OPEN)
def test_what_is_said_elsewhere_is_left_open_in_haproxy(one: str) -> None:
    assert answer(Site("x", {"x": routing_of("x.cfg", haproxy(one))}), "a.example", "/r0/").kind == OPEN
