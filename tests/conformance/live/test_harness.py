"""Proves the harness itself on tiny configurations: what it reports is what the engines did."""

import sys
from pathlib import Path

import pytest

from tests.conformance.live import (
    Backend,
    Behaviour,
    HarnessError,
    Load,
    Report,
    Request,
    Scenario,
    SetBehaviour,
    SetNames,
    Step,
    Wait,
    haproxy_accepts,
    nginx_accepts,
    run,
)
from tests.conformance.live.engine import HAPROXY_FILE, NGINX_FILE

ENGINES = ("nginx", "haproxy", "haproxy-2.8")
HAPROXIES = ENGINES[1:]
FIRST, SECOND, THIRD = ADDRESSES = ("10.0.1.1", "10.0.1.2", "10.0.1.3")
HOME = Request(port=8080)

NGINX = """
pid /tmp/nginx.pid;
error_log /dev/stderr warn;
events {}
http {
    include /etc/nginx/mime.types;
    access_log /dev/stdout;
    client_body_temp_path /tmp/body;
    proxy_temp_path /tmp/proxy;
    fastcgi_temp_path /tmp/fastcgi;
    uwsgi_temp_path /tmp/uwsgi;
    scgi_temp_path /tmp/scgi;
    resolver 127.0.0.11 valid=1s ipv6=off;
    upstream web {
        zone web 64k;
        server web:8080 resolve max_fails=0;
    }
    server {
        listen 8080;
        add_header Requests $connection_requests;
        proxy_set_header Client $remote_addr;
        proxy_connect_timeout 300ms;
        location / {
            proxy_pass http://web;
        }
        location /styles/ {
            root /srv/static;
        }
    }
}
"""

HAPROXY = """
defaults
    mode http
    timeout connect 300ms
    timeout client 30s
    timeout server 30s
resolvers docker
    nameserver dns 127.0.0.11:53
    hold valid 500ms
    hold obsolete 500ms
    timeout resolve 500ms
frontend public
    bind :8080
    http-request set-header Client %[src]
    default_backend web
backend web
    retries 0
    default-server resolvers docker init-addr none
    server-template web 4 web:8080
"""


def web(engine: str, *steps: Step) -> Report:
    """Runs steps against an engine before three members of `web`; at first its name leads to one of them."""
    files = {NGINX_FILE: NGINX} if engine == "nginx" else {HAPROXY_FILE: HAPROXY}
    names = {"web": (FIRST,)}
    return run(Scenario(engine, files, (Wait(HOME), *steps), names, (Backend("web", ADDRESSES),)))


@pytest.mark.parametrize("engine", ENGINES)
def test_two_members_share_the_load(engine: str) -> None:
    both = Wait(HOME, seen=(f"web@{FIRST}", f"web@{SECOND}"))
    report = web(engine, SetNames({"web": (FIRST, SECOND)}), both, Load(HOME, count=40, concurrency=4))
    assert report.exit_code is None
    assert report.loads[0].statuses == {"200": 40}
    assert set(report.loads[0].answered_by) == {f"web@{FIRST}", f"web@{SECOND}"}
    assert sum("GET /" in arrival for arrival in report.received) >= 40


@pytest.mark.parametrize("engine", ENGINES)
def test_names_that_change_are_followed_without_a_reload(engine: str) -> None:
    grown = Wait(HOME, seen=tuple(f"web@{address}" for address in ADDRESSES))
    moved = Wait(HOME, seen=(f"web@{THIRD}",))
    report = web(engine, SetNames({"web": ADDRESSES}), grown, SetNames({"web": (THIRD,)}), moved)
    assert [wait.ok for wait in report.waits] == [True, True, True]
    assert report.waits[0].answered_by == (f"web@{FIRST}",)


@pytest.mark.parametrize("engine", ENGINES)
def test_each_fault_of_a_backend_looks_like_itself(engine: str) -> None:
    ask = Request(port=8080, seconds=1.5)
    kinds = (Behaviour("hang"), Behaviour("slow", seconds=0.5), Behaviour("status", status=503))
    gone = (Behaviour("refuse"), Behaviour("vanish"), Behaviour())
    steps = [step for kind in (*kinds, *gone) for step in (SetBehaviour("web", kind, FIRST), ask)]
    hung, slow, failing, refused, vanished, back = web(engine, *steps).answers
    assert (hung.status, hung.error) == (0, "timeout")
    assert slow.status == 200
    assert slow.seconds >= 0.5
    assert (failing.status, failing.answered_by) == (503, f"web@{FIRST}")
    assert refused.status in (502, 503)
    assert refused.answered_by is None
    assert refused.seconds < vanished.seconds
    assert vanished.status in (503, 504)
    assert vanished.seconds >= 0.3
    assert back.status == 200


@pytest.mark.parametrize("engine", ENGINES)
def test_readiness_can_fail_alone(engine: str) -> None:
    unready = SetBehaviour("web", Behaviour("status", status=503, paths="ready"))
    ready, other = web(engine, unready, Request("/health", port=8080), HOME).answers
    assert (ready.status, other.status) == (503, 200)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_bytes_of_a_path_arrive_as_they_were_sent(engine: str) -> None:
    paths = ("//images/../a", "/%69mages/a", "/x/../images/a", "/caf%e9;v=1?a=/../")
    answers = web(engine, *(Request(path, port=8080) for path in paths)).answers
    assert tuple(answer.echo.line.split(" ")[1] for answer in answers) == paths


def test_a_path_may_hold_any_byte() -> None:
    assert web("nginx", Request("/caf\xe9", port=8080)).answers[0].echo.line == "GET /caf\xe9 HTTP/1.1"


@pytest.mark.parametrize("engine", HAPROXIES)
def test_a_request_may_be_given_as_bytes(engine: str) -> None:
    report = web(engine, Request(raw="OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", port=8080))
    assert report.answers[0].echo.line == "OPTIONS * HTTP/1.1"


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("source", ["127.0.0.9", "10.7.7.7"])
def test_a_request_comes_from_its_source(engine: str, source: str) -> None:
    report = web(engine, Request(port=8080, source=source, headers=(("X-Two", "1"), ("X-Two", "2"))))
    assert report.answers[0].echo.header("client") == source
    assert report.answers[0].echo.header("x-two") == "1 | 2"


def test_requests_of_one_connection_share_it() -> None:
    kept = Request(port=8080, connection="kept")
    assert [answer.header("requests") for answer in web("nginx", kept, HOME, kept).answers] == ["1", "1", "2"]


def test_a_body_in_chunks_is_one_request() -> None:
    head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    report = web("haproxy", Request(raw=head + "3\r\nabc\r\n0\r\n\r\n", port=8080), HOME)
    assert [answer.status for answer in report.answers] == [200, 200]
    assert [arrival.split(" ")[1] for arrival in report.received] == ["GET", "POST", "GET"]


def test_a_method_without_a_body_is_answered_without_one() -> None:
    head, posted = web("nginx", Request(method="HEAD", port=8080), Request(method="POST", body="x", port=8080)).answers
    assert (head.status, head.body) == (200, "")
    assert posted.echo.header("content-length") == "1"


def test_files_lie_where_the_configuration_says_and_nowhere_on_this_machine() -> None:
    files = {NGINX_FILE: NGINX, "/srv/static/styles/a.png": "a picture"}
    made = (NGINX_FILE, "/srv/static", "/tmp/nginx.pid", "/run/netns/outside")
    before = {path: Path(path).exists() for path in made}
    answer = run(Scenario("nginx", files, (Request("//styles/a.png", port=8080),))).answers[0]
    assert (answer.status, answer.header("content-type"), answer.body) == (200, "image/png", "a picture")
    assert {path: Path(path).exists() for path in made} == before


def test_the_resolver_of_amazon_answers_too() -> None:
    files = {NGINX_FILE: NGINX.replace("127.0.0.11", "169.254.169.253")}
    web = Backend("web.twip.internal", ("10.0.1.1",))
    files = {path: text.replace("web:8080", "web.twip.internal:8080") for path, text in files.items()}
    scenario = Scenario("nginx", files, (Wait(HOME),), {"Web.twip.internal.": ("10.0.1.1",)}, (web,))
    assert run(scenario).waits[0].ok


@pytest.mark.parametrize("engine", HAPROXIES)
def test_an_engine_that_refuses_to_start_says_why(engine: str) -> None:
    closed = HAPROXY + "listen stats\n    bind :1936\n    acl pass http_auth_pass -m str -f /run/secrets/stats\n"
    report = run(Scenario(engine, {HAPROXY_FILE: closed}, (HOME,)))
    assert report.exit_code not in (None, 0)
    assert "/run/secrets/stats" in report.stderr
    assert report.outcomes == ()
    opened = {HAPROXY_FILE: closed, "/run/secrets/stats": "word\n"}
    assert run(Scenario(engine, opened, (HOME,))).answers[0].status == 503


def test_the_engine_sees_only_the_environment_that_is_given() -> None:
    told = HAPROXY.replace(
        "default_backend",
        "http-request return hdr Word %[env(WORD)] hdr User '%[env(HOME)]'\n    default_backend",
    )
    scenario = Scenario("haproxy", {HAPROXY_FILE: told}, (HOME,), environment={"WORD": "a'b\"$c#d"})
    answer = run(scenario).answers[0]
    assert (answer.header("word"), answer.header("user")) == ("a'b\"$c#d", None)


def test_syntax_is_checked_with_the_files_in_place() -> None:
    assert nginx_accepts({NGINX_FILE: NGINX})[0]
    refused, why = nginx_accepts({NGINX_FILE: NGINX.replace("listen 8080", "listen nowhere")})
    assert not refused
    assert "host not found" in why
    fixed = NGINX.replace(" resolve ", " ")
    assert not nginx_accepts({NGINX_FILE: fixed})[0]
    assert nginx_accepts({NGINX_FILE: fixed}, names={"web": ("10.0.1.1",)})[0]


@pytest.mark.parametrize("engine", HAPROXIES)
def test_a_warning_of_haproxy_is_a_refusal(engine: str) -> None:
    assert haproxy_accepts({HAPROXY_FILE: HAPROXY}, engine=engine) == (True, "")
    accepted, why = haproxy_accepts({HAPROXY_FILE: HAPROXY.replace("    timeout client 30s\n", "")}, engine=engine)
    assert not accepted
    assert "missing timeouts" in why


def test_what_never_comes_is_given_up_in_time() -> None:
    report = web("nginx", Wait(HOME, seen=("web@10.0.9.9",), seconds=0.3), Request(port=81))
    assert not report.waits[1].ok
    assert 0.3 <= report.waits[1].seconds < 5.0
    assert report.answers[0].error == "refused"


def test_a_fault_of_the_harness_is_not_taken_for_an_answer() -> None:
    with pytest.raises(HarnessError, match="a load is at most"):
        web("nginx", Load(HOME, count=10_001))
    with pytest.raises(HarnessError, match="no stand-in backend"):
        web("nginx", SetBehaviour("other", Behaviour()))


@pytest.mark.parametrize(
    ("codes", "started", "told"),
    [([None], 1, None), ([1], 1, 1), ([-11, None], 2, None), ([-11, -11], 2, -11), ([-6, 1], 2, 1)],
)
def test_an_engine_that_ends_by_a_signal_is_started_once_more(
    codes: list[int | None], started: int, told: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports = [Report(exit_code=code) for code in codes]
    runs = iter(reports)
    monkeypatch.setattr(sys.modules["tests.conformance.live.run"], "_run", lambda _scenario: next(runs))
    assert run(Scenario("nginx", {})).exit_code == told
    assert len(reports) - len([*runs]) == started
