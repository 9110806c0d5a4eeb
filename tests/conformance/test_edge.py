"""What every engine does alike for a server of ours: members, errors, headers, retries, balance. On the real ones."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.conformance.edge import ADDRESSES, ERROR_PAGES, EXPOSED, FIRST, PORT, SECOND, THIRD, TOOLS, WEB, serve
from tests.conformance.live import Answer, Backend, Behaviour, Load, Pause, Request, SetBehaviour, SetNames, Step, Wait
from twipc.spec.headers import SETTABLE_HEADERS
from twipc.target import Discovery

GET = Request(port=PORT)
POST = Request(method="POST", port=PORT, body="x")
QUICK = {"connect": "200ms", "response": "300ms"}
HANGING = Behaviour("hang")
GONE = Behaviour("vanish")
CLOSED = Behaviour("refuse")
FAILING = Behaviour("status", status=503)
ANSWERING = Behaviour()
# A machine under load wakes late.
SLACK = 0.4

every_engine = pytest.mark.parametrize("tool", TOOLS)


def member(address: str) -> str:
    return f"web@{address}"


def app(**backend: Any) -> Mapping[str, Any]:
    """An `http` with a quick backend that is said otherwise than by default."""
    return {"backends": {"app": {"members": ["web.http"], **backend}}, "timeouts": QUICK}


# --- members are found by name while the engine runs


@every_engine
def test_members_come_and_go_without_a_reload(tool: str) -> None:
    report = serve(
        app(),
        SetNames({"web": ADDRESSES}),
        Wait(GET, seen=tuple(member(address) for address in ADDRESSES)),
        SetNames({"web": (SECOND,)}),
        SetBehaviour("web", GONE, FIRST),
        SetBehaviour("web", GONE, THIRD),
        Load(GET, count=40, concurrency=4),
        tool=tool,
        names={"web": (FIRST,)},
    )
    first, three = report.waits
    assert first.answered_by == (member(FIRST),)
    assert three.ok
    assert three.seconds < 4
    (after,) = report.loads
    assert (after.statuses, after.answered_by) == ({"200": 40}, {member(SECOND): 40})
    assert report.exit_code is None


@every_engine
def test_a_member_that_comes_back_with_another_address_is_found(tool: str) -> None:
    moved = (SetBehaviour("web", GONE, FIRST), SetNames({"web": (THIRD,)}), Wait(GET, seen=(member(THIRD),), seconds=5))
    assert [wait.ok for wait in serve(app(), *moved, tool=tool, names={"web": (FIRST,)}).waits] == [True, True]


@every_engine
def test_without_any_member_our_page_comes_at_once_and_the_first_member_is_found(tool: str) -> None:
    come = (SetNames({"web": (SECOND,)}), Wait(GET, seen=(member(SECOND),), seconds=8))
    report = serve(app(), GET, *come, tool=tool, names={"web": ()}, settled=False)
    (none,) = report.answers
    assert none.status in (502, 503)
    assert none.body == "<p>our 50x</p>\n"
    assert none.seconds < 1
    assert float(none.header("request-time") or "") < 1
    assert (none.header("upstream-address"), none.header("upstream-response-time")) == (None, None)
    assert report.waits[0].ok


@every_engine
def test_members_that_all_vanish_cost_a_request_what_its_retries_may_cost(tool: str) -> None:
    report = serve(app(), SetBehaviour("web", GONE), GET, GET, tool=tool)
    assert {answer.status for answer in report.answers} <= {502, 503, 504}
    assert {answer.body for answer in report.answers} == {"<p>our 50x</p>\n"}
    # Three times the time to connect; haproxy waits up to a second before it tries a member again.
    assert report.answers[0].seconds < 3 * 0.2 + 1 + SLACK


@every_engine
def test_members_are_found_by_the_names_that_the_discovery_gives(tool: str) -> None:
    cloud_map = Discovery(resolver="169.254.169.253", prefix="x-", suffix=".twip.internal")
    backend = Backend("x-web.twip.internal", (FIRST,), PORT)
    assert serve(app(), tool=tool, backends=(backend,), discovery=cloud_map).waits[0].ok


# --- errors


@every_engine
@pytest.mark.parametrize("status", [403, 404, 410, 503])
def test_the_default_status_has_its_page_and_the_exposed_headers(tool: str, status: int) -> None:
    http = {"routes": [{"match": {"exact": "/"}, "backend": "app"}], "default": {"status": status}}
    asks = [Request("/nowhere", port=PORT, method=method) for method in ("GET", "HEAD", "POST")]
    got, head, posted = serve(http, *asks, tool=tool).answers
    for answer in (got, head, posted):
        assert answer.status == status
        assert float(answer.header("request-time") or "") < 1
        assert answer.header("upstream-address") is None
    page = {404: "<p>our 404</p>\n", 503: "<p>our 50x</p>\n"}.get(status, got.body)
    assert (got.body, head.body, posted.body) == (page, "", page)
    assert (got.header("content-type") or "").startswith("text/html")


@every_engine
def test_a_refused_request_has_our_page(tool: str) -> None:
    for answer in serve({}, *(Request(path, port=PORT) for path in ("/a/../b", "/%zz", "/a%0ab")), tool=tool).answers:
        assert (answer.status, answer.body) == (400, "<p>our 400</p>\n")
        assert float(answer.header("request-time") or "") < 1


@every_engine
def test_a_member_that_hangs_or_refuses_gives_our_page(tool: str) -> None:
    hang = (SetBehaviour("web", HANGING), GET, SetBehaviour("web", CLOSED), GET)
    hung, refused = serve(app(retries=0), *hang, tool=tool, names={"web": (FIRST,)}).answers
    assert (hung.status, hung.body) == (504, "<p>our 50x</p>\n")
    assert hung.header("upstream-address") == f"{FIRST}:{PORT}"
    assert hung.header("upstream-response-time") is None
    assert 0.3 <= float(hung.header("request-time") or "") < 0.3 + SLACK
    assert refused.status in (502, 503)
    assert refused.body == "<p>our 50x</p>\n"


@every_engine
def test_a_page_of_a_member_passes_as_it_is(tool: str) -> None:
    statuses = (404, 500, 503)
    steps = [step for status in statuses for step in (SetBehaviour("web", Behaviour("status", status=status)), POST)]
    answers = serve({}, *steps, tool=tool).answers
    assert [(answer.status, (answer.answered_by or "")[:4]) for answer in answers] == [(status, "web@") for status in statuses]


@every_engine
def test_our_pages_can_not_be_asked_for(tool: str) -> None:
    paths = ("/.twipc/404.html", "//.twipc//50x.html", "/%2e%74wipc/400.html", "/.twipc/", "/.twipc/none")
    answers = serve({}, *(Request(path, port=PORT) for path in paths), tool=tool).answers
    assert {(answer.status, answer.body) for answer in answers} == {(404, "<p>our 404</p>\n")}


# --- headers


FORGED = (
    ("X-Forwarded-For", "6.6.6.6"),
    ("X-Forwarded-For", "7.7.7.7"),
    ("X-Real-IP", "6.6.6.6"),
    ("X-Forwarded-Proto", "https"),
    ("X-Forwarded-Host", "evil.example"),
    ("X-Forwarded-Port", "443"),
    ("Forwarded", "for=6.6.6.6"),
    ("Proxy", "http://evil.example"),
    ("X-Kept", "as it is"),
)


@every_engine
def test_the_edge_says_who_the_client_is(tool: str) -> None:
    ask = Request("/a?b=c", port=PORT, headers=FORGED, source="10.7.7.7", host="shop.example")
    (answer,) = serve({}, ask, tool=tool).answers
    seen = answer.echo
    assert {name: seen.header(name) for name in ("Host", *(name for name, _ in FORGED))} == {
        "Host": "shop.example",
        "X-Forwarded-For": "10.7.7.7",
        "X-Real-IP": "10.7.7.7",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Host": "shop.example",
        "X-Forwarded-Port": "80",
        "Forwarded": None,
        "Proxy": None,
        "X-Kept": "as it is",
    }
    assert seen.line == "GET /a?b=c HTTP/1.1"


@every_engine
def test_the_host_keeps_its_port(tool: str) -> None:
    ports = {"shop.example:9080": "9080", "10.0.0.1": "80", "[2001:db8::1]": "80", "[2001:db8::1]:81": "81"}
    for answer in serve({}, *(Request(port=PORT, host=host) for host in ports), tool=tool).answers:
        seen = answer.echo
        host = seen.header("Host") or ""
        assert (seen.header("X-Forwarded-Host"), seen.header("X-Forwarded-Port")) == (host, ports.pop(host))
    assert not ports


@every_engine
def test_requests_without_one_host_are_refused(tool: str) -> None:
    heads = ("GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n", "GET / HTTP/1.1\r\nHost:\r\n")
    asks = (Request(raw=f"{head}Connection: close\r\n\r\n", port=PORT) for head in heads)
    assert [answer.status for answer in serve({}, *asks, tool=tool).answers] == [400, 400, 400]


@every_engine
def test_the_exposed_headers_tell_how_a_request_was_served(tool: str) -> None:
    slow = SetBehaviour("web", Behaviour("slow", seconds=0.25))
    quick, slowed = serve({}, GET, slow, GET, tool=tool, names={"web": (FIRST,)}).answers
    for answer in (quick, slowed):
        assert answer.header("upstream-address") == f"{FIRST}:{PORT}"
        for name in ("request-time", "upstream-response-time"):
            assert re.fullmatch(r"\d+\.\d{3}", answer.header(name) or ""), (name, answer.header(name))
    assert times(quick) < (0.2, 0.2)
    assert times(slowed) >= (0.24, 0.24)
    assert times(slowed) < (0.25 + SLACK, 0.25 + SLACK)


def times(answer: Answer) -> tuple[float, float]:
    return float(answer.header("request-time") or ""), float(answer.header("upstream-response-time") or "")


@every_engine
def test_what_is_not_asked_for_is_not_exposed(tool: str) -> None:
    (plain,) = serve({"expose_headers": {}}, GET, tool=tool).answers
    assert not [name for name, _ in plain.headers if name.title() in EXPOSED]


# --- routes by host and method


CHOOSING: Mapping[str, Any] = {
    "backends": {
        "app": {"members": ["web.http"], "retries": 0},
        "other": {"members": ["other.http"], "retries": 1},
    },
    "routes": [
        {"match": {"prefix": "/a/", "host": ["app.example", "a-b.example"], "method": ["GET", "POST"]}, "backend": "app"},
        {"match": {"prefix": ["/a/", "/b c/"], "host": "*.app.example"}, "backend": "other"},
        {"match": {"glob": "/a/*.x", "host": "10.0.0.9"}, "backend": "app"},
        {"match": {"prefix": "/a/"}, "backend": "other"},
        {"match": {"exact": "/only", "method": "DELETE"}, "backend": "app"},
        {"match": {"exact": "/"}, "backend": "app"},
    ],
    "timeouts": QUICK,
}
TWO = (Backend("web", (FIRST,), PORT), Backend("other", (SECOND,), PORT))
CHOSEN = (
    ("GET", "app.example", "/a/x", "web"),
    ("POST", "app.example", "/a/x", "web"),
    ("HEAD", "app.example", "/a/x", "other"),
    ("DELETE", "app.example", "/a/x", "other"),
    ("GET", "APP.Example", "/a/x", "web"),
    ("GET", "app.example.", "/a/x", "web"),
    ("GET", "app.example:8443", "/a/x", "web"),
    ("GET", "App.Example.:8443", "/a/x?q=%2f", "web"),
    ("GET", "a-b.example", "/a/x", "web"),
    ("GET", "axb.example", "/a/x", "other"),
    ("GET", "appxexample", "/a/x", "other"),
    ("GET", "xapp.example", "/a/x", "other"),
    ("GET", "app.example.org", "/a/x", "other"),
    ("GET", "x.app.example", "/b%20c/x", "other"),
    ("GET", "x.y.app.example:1", "/b%20c//%78", "other"),
    ("GET", "app.example", "/b%20c/x", 404),
    ("GET", "xapp.example", "/b%20c/x", 404),
    ("GET", "10.0.0.9", "/a/b.x", "web"),
    ("GET", "10.0.0.9:80", "/a/b/c.x", "other"),
    ("GET", "10x0.0.9", "/a/b.x", "other"),
    ("GET", "[::1]:80", "/a/b.x", "other"),
    ("DELETE", "any", "/only", "web"),
    ("GET", "any", "/only", 404),
    ("GET", "any", "/.twipc/route_0/x", 404),
    ("GET", "any", "/.twipc/route_0/a/x", 404),
)


@every_engine
def test_a_route_asks_for_host_and_method_besides_the_path(tool: str) -> None:
    asks = [Request(path, method=method, host=host, port=PORT) for method, host, path, _ in CHOSEN]
    answers = serve(CHOOSING, *asks, tool=tool, backends=TWO, other=WEB).answers
    seen = [(answer.answered_by or "@").partition("@")[0] or answer.status for answer in answers]
    assert dict(zip(CHOSEN, seen, strict=True)) == {ask: ask[3] for ask in CHOSEN}


@every_engine
def test_what_a_chosen_route_sends_on_is_what_came(tool: str) -> None:
    path = "/a//b%20c/%3Fd;e=1/%2f?f=%20&g=?/..%2f"
    body = "x" * 5000
    ask = Request(path, "POST", PORT, host="app.example:9080", body=body)
    sent, large, failed = serve(
        {**CHOOSING, "max_body": "5000B"},
        ask,
        replace(ask, body=f"{body}x"),
        SetBehaviour("web", FAILING),
        Request("/a/", host="app.example", port=PORT),
        tool=tool,
        backends=TWO,
        other=WEB,
    ).answers
    assert (sent.status, sent.echo.line) == (200, f"POST {path} HTTP/1.1")
    assert sent.echo.header("Host") == "app.example:9080"
    assert (large.status, large.body) == (413, "<p>our 413</p>\n")
    assert failed.status == 503


# --- headers that are set


VALUES = (
    *("$", "$5!", "$uri ${dollar}", "a$b$$c", "100% sure", "%%", "%[env(PATH)]", "%[src]", "%ci", "%{+Q}o"),
    *(
        "it's",
        'say "x"',
        "\\",
        "a\\r\\nSet-Cookie: z=1",
        "\\x41",
        "a\\",
        "'",
        '"',
        "; return 200;",
        "} server {",
        "#c",
        "a  b",
        "é 日本 😀",
    ),
    *("if { always_true }", "{a: 1}", "default-src 'self'; img-src *"),
)


@every_engine
def test_a_header_says_its_value_to_the_letter(tool: str) -> None:
    http = {"response_headers": {f"X-{at}": value for at, value in enumerate(VALUES)}, "expose_headers": {}}
    (answer,) = serve(http, GET, tool=tool).answers
    assert [(answer.header(f"x-{at}") or "").encode("latin-1").decode() for at in range(len(VALUES))] == list(VALUES)
    assert answer.header("set-cookie") is None


@every_engine
def test_a_header_is_set_on_every_answer_once(tool: str) -> None:
    said = {"X-Answered-By": "edge", **dict.fromkeys(sorted(SETTABLE_HEADERS), "a=1")}
    http = {
        "response_headers": said,
        "routes": [{"match": {"exact": "/"}, "backend": "app"}],
        "max_body": "1KiB",
    }
    asks = (
        GET,
        Request("/none", port=PORT),
        Request("/ready", port=PORT),
        Request("/a/../b", port=PORT),
        posted("Content-Length: 2000"),
    )
    steps = (SetBehaviour("web", CLOSED), GET)
    answers = serve(http, *asks, *steps, tool=tool, edge={"ready": {"http": "/ready"}}).answers
    assert [answer.status for answer in answers][:5] == [200, 404, 200, 400, 413]
    for answer in answers:
        assert {name: answer.header(name) for name in said} == said, "several would be joined by a bar"


@every_engine
def test_a_members_header_says_its_value_to_the_letter(tool: str) -> None:
    said = {f"X-{at}": value for at, value in enumerate(VALUES)}
    (answer,) = serve({"request_headers": said}, GET, tool=tool).answers
    assert {name: (answer.echo.header(name) or "").encode("latin-1").decode() for name in said} == said


@every_engine
@pytest.mark.parametrize("chosen", [False, True])
def test_a_members_header_is_set_once_whatever_the_client_says(tool: str, chosen: bool) -> None:
    forged = (("X-Env", "forged"), ("x-env", "forged"), ("X_Env", "forged"), ("x_forwarded_for", "6.6.6.6"), ("X-Kept", "kept"))
    route = {"match": {"prefix": "/", **({"host": "shop.example"} if chosen else {})}, "backend": "app"}
    ask = Request(port=PORT, headers=forged, host="shop.example", source="10.7.7.7")
    elsewhere = Request(port=PORT, host="other.example")
    http = {"request_headers": {"X-Env": "prod"}, "routes": [route], "error_pages": ERROR_PAGES}
    answer, other = serve(http, Wait(replace(ask, headers=())), ask, elsewhere, tool=tool, settled=False).answers
    env = [(name.lower(), value) for name, value in answer.echo.headers if re.fullmatch("(?i)x.(env|kept|forwarded.for)", name)]
    assert sorted(env) == [("x-env", "prod"), ("x-forwarded-for", "10.7.7.7"), ("x-kept", "kept")]
    assert answer.header("x-env") is None, "it is said to members only"
    assert other.status == (404 if chosen else 200)


@every_engine
def test_the_longest_headers_of_members_fit(tool: str) -> None:
    ask = Request(port=PORT, headers=(("X-Big", "y" * 14_000),), host="a" * 250)
    (answer,) = serve({"request_headers": {"X-Long": "x" * (640 - 10)}}, ask, tool=tool).answers
    assert (answer.status, len(answer.echo.header("X-Long") or "")) == (200, 630)


@every_engine
def test_no_request_is_too_long_for_a_pattern(tool: str) -> None:
    """A pattern that is compiled to machine code has 32 KiB of stack (pcre2jit(3)), and a match that wants more is an error."""
    sharp = "".join(map(chr, "é".encode()))
    asked = {
        "/" + "a/" * 6500: 200,
        "/" + "%41" * 4300: 200,
        "/?" + "%41/" * 3200: 200,
        "/" + sharp * 6500: 400,
        "/%2e%2" * 2100: 400,
    }
    hosts = {"a." * 125: 200, "a." * 6500: 400}
    headers = [(("X-Forwarded-For", one * 13_000),) for one in ("a", "1,", sharp)]
    asks = [
        *(Request(path, port=PORT) for path in asked),
        *(Request(host=host, port=PORT) for host in hosts),
        *(Request(headers=((name, value[:13_000]),), port=PORT) for ((name, value),) in headers),
    ]
    report = serve({"response_headers": {"X-Set": "yes"}}, *asks, tool=tool)
    assert [answer.status for answer in report.answers] == [*asked.values(), *hosts.values(), 200, 200, 200]
    assert "pcre" not in report.stderr


@every_engine
def test_the_longest_headers_fit(tool: str) -> None:
    http = {
        "response_headers": {"X-Long": "x" * (640 - 10)},
        "backends": {"app": {"members": ["web.http"], "sticky": {"cookie": "S"}}},
    }
    echoed = Request(port=PORT, headers=(("X-Big", "y" * 12_000),))
    (answer,) = serve(http, echoed, tool=tool, version="1.31" if tool == "nginx" else "").answers
    assert (answer.status, len(answer.header("x-long") or "")) == (200, 630)
    assert "y" * 12_000 in answer.body


# --- bodies


LARGEST = {"max_body": "100KiB"}
ALL = 100 << 10


def posted(text: str, size: int = ALL, body: str = "") -> Request:
    body = body or "x" * size
    return Request(raw=f"POST / HTTP/1.1\r\nHost: a\r\n{text}\r\nConnection: close\r\n\r\n{body}", port=PORT)


def chunked(*sizes: int) -> Request:
    chunks = "".join(f"{size:x}\r\n{'x' * size}\r\n" for size in sizes)
    return posted("Transfer-Encoding: chunked", body=f"{chunks}0\r\n\r\n")


@every_engine
def test_a_body_of_the_largest_size_passes_and_a_larger_one_has_our_page(tool: str) -> None:
    lengths = (ALL + 1, 1 << 31, (1 << 32) + 1, (1 << 63) - 1)
    asks = (posted(f"Content-Length: {length}", 0) for length in lengths)
    passes, *refused = serve(LARGEST, posted(f"Content-Length: {ALL}"), *asks, tool=tool).answers
    assert (passes.status, (passes.answered_by or "")[:4]) == (200, "web@")
    assert [(answer.status, answer.body) for answer in refused] == [(413, "<p>our 413</p>\n")] * len(lengths)


@every_engine
@pytest.mark.parametrize(("size", "status"), [("1B", 413), ("1MiB", 200), ("1537KiB", 200), ("1024GiB", 200)])
def test_every_unit_is_the_engines(tool: str, size: str, status: int) -> None:
    (answer,) = serve({"max_body": size}, posted("Content-Length: 1000000", 1_000_000), tool=tool).answers
    assert answer.status == status


@every_engine
def test_of_a_chunked_body_haproxy_counts_only_the_beginning(tool: str) -> None:
    early, late = serve(LARGEST, chunked(ALL + 1), chunked(*[1000] * 200), tool=tool).answers
    assert early.status == 413, "the first chunk's size is seen at once"
    assert late.status == (413 if tool == "nginx" else 200), "haproxy sees what its buffer holds"


# --- retries


@every_engine
@pytest.mark.parametrize("kind", [CLOSED, GONE], ids=["refuses", "vanishes"])
def test_the_crash_of_one_of_two_members_loses_no_get(tool: str, kind: Behaviour) -> None:
    report = serve(
        app(),
        Wait(GET, seen=(member(FIRST), member(SECOND))),
        Load(GET, count=20, concurrency=4),
        SetBehaviour("web", kind, FIRST),
        Load(GET, count=100, concurrency=4),
        tool=tool,
        names={"web": (FIRST, SECOND)},
    )
    before, after = report.loads
    assert set(before.answered_by) == {member(FIRST), member(SECOND)}
    assert (after.statuses, after.answered_by) == ({"200": 100}, {member(SECOND): 100})
    # At most an answer that never comes on an open connection, two tries to connect, and the waits before them.
    assert after.longest < 0.3 + 2 * 0.2 + SLACK


@every_engine
def test_who_failed_is_left_out_before_he_is_asked_again(tool: str) -> None:
    seen = Wait(GET, seen=(member(FIRST), member(SECOND)))
    report = serve(app(), seen, SetBehaviour("web", GONE, FIRST), *[GET] * 8, tool=tool, names={"web": (FIRST, SECOND)})
    assert {answer.status for answer in report.answers} == {200}
    # One may wait for an answer on an open connection, one for a new connection; the checks would take a second.
    assert len([answer for answer in report.answers if answer.seconds > 0.15]) <= 2


@every_engine
def test_a_hanging_member_costs_a_get_its_time_once(tool: str) -> None:
    report = serve(
        app(),
        Wait(GET, seen=(member(FIRST), member(SECOND))),
        SetBehaviour("web", HANGING, FIRST),
        GET,
        GET,
        GET,
        tool=tool,
        names={"web": (FIRST, SECOND)},
    )
    assert [(answer.status, answer.answered_by) for answer in report.answers] == [(200, member(SECOND))] * 3
    assert max(answer.seconds for answer in report.answers) < 0.3 + SLACK


@every_engine
@pytest.mark.parametrize("behaviour", [HANGING, FAILING], ids=["hangs", "fails"])
def test_a_post_is_not_sent_twice(tool: str, behaviour: Behaviour) -> None:
    report = serve(app(), SetBehaviour("web", behaviour), POST, tool=tool)
    assert report.answers[0].status == (504 if behaviour.kind == "hang" else 503)
    assert report.answers[0].seconds < 0.3 + SLACK
    assert len([arrival for arrival in report.received if "POST" in arrival]) == 1


@every_engine
@pytest.mark.parametrize("retries", [0, 1, 4])
def test_a_get_is_sent_so_often_as_the_spec_says(tool: str, retries: int) -> None:
    # As many members as tries: nginx asks none twice for one request.
    many = tuple(f"10.0.1.{number}" for number in range(1, 7))
    web = Backend("web", many, PORT)
    seen = Wait(Request("/first", port=PORT), seen=tuple(member(address) for address in many))
    report = serve(app(retries=retries), seen, SetBehaviour("web", FAILING), GET, tool=tool, backends=(web,), settled=False)
    assert report.answers[0].status == 503
    assert len([arrival for arrival in report.received if "GET / " in arrival]) == retries + 1


# --- balance


SOURCES = tuple(f"10.7.{number}.{number}" for number in range(1, 13))


@every_engine
@pytest.mark.parametrize("balance", ["round-robin", "least-connections"])
def test_requests_spread_over_the_members(tool: str, balance: str) -> None:
    all_seen = Wait(GET, seen=tuple(member(address) for address in ADDRESSES))
    (load,) = serve(app(balance=balance), all_seen, Load(GET, count=90, concurrency=3), tool=tool).loads
    assert load.statuses == {"200": 90}
    # nginx counts in each of its workers, so shares are near equal, not equal.
    assert min(load.answered_by.get(member(address), 0) for address in ADDRESSES) >= 15


@every_engine
def test_a_client_stays_with_its_member_by_its_address(tool: str) -> None:
    asks = [Request(port=PORT, source=source) for source in SOURCES * 3]
    report = serve(app(balance="source"), Pause(0.5), *asks, tool=tool)
    by_source = [{answer.answered_by for answer in report.answers[at :: len(SOURCES)]} for at in range(len(SOURCES))]
    assert [len(members) for members in by_source] == [1] * len(SOURCES)
    assert len(set.union(*by_source)) > 1


def keepers(tool: str, addresses: tuple[str, str], *steps: Step, **names: tuple[str, ...]) -> list[str]:
    """Whom each source gets of two members that have a journal each, by name."""
    one, two = addresses
    asks = [Request(port=PORT, source=source) for source in SOURCES]
    report = serve(
        {**app(balance="source"), "backends": {"app": {"members": ["one.http", "two.http"], "balance": "source"}}},
        *steps,
        *asks,
        tool=tool,
        names=names,
        backends=(Backend("one", (one,), PORT), Backend("two", (two,), PORT)),
        one={**WEB, "mounts": {"/data": "of-one"}},
        two={**WEB, "mounts": {"/data": "of-two"}},
    )
    return [str(answer.answered_by).partition("@")[0] for answer in report.answers[-len(SOURCES) :]]


@every_engine
def test_a_client_finds_its_journal_again_wherever_its_keeper_is(tool: str) -> None:
    before = keepers(tool, (FIRST, SECOND), Pause(2))
    swapped = keepers(
        tool,
        (SECOND, FIRST),
        SetNames({"one": (SECOND,)}),
        Pause(2),
        one=(),
    )
    assert set(before) == {"one", "two"}
    assert swapped == before


@every_engine
def test_a_client_stays_with_its_member_by_a_cookie(tool: str) -> None:
    http = app(sticky={"cookie": "MEMBER"})
    version = "1.31" if tool == "nginx" else ""
    given = {
        answer.answered_by: cookie
        for answer in serve(http, Pause(0.5), *[GET] * 9, tool=tool, version=version).answers
        if (cookie := answer.header("set-cookie"))
    }
    assert set(given) == {member(address) for address in ADDRESSES}
    for cookie in given.values():
        words = {word.strip().lower() for word in cookie.split(";")[1:]}
        assert {"path=/", "httponly", "samesite=lax"} <= words, cookie
    pinned = [
        (who, Request(port=PORT, headers=(("Cookie", f"a=b; {cookie.partition(';')[0]}"),)))
        for who, cookie in given.items()
        for _ in range(4)
    ]
    lost = next(ask for who, ask in pinned if who == member(FIRST))
    steps: tuple[Step, ...] = (*(ask for _, ask in pinned), SetBehaviour("web", CLOSED, FIRST), lost)
    *again, moved = serve(http, Pause(0.5), *steps, tool=tool, version=version).answers
    assert [answer.answered_by for answer in again] == [who for who, _ in pinned]
    # Who is gone is replaced, and the client told.
    assert moved.status == 200
    assert moved.header("set-cookie")


# --- the server itself


@every_engine
def test_liveness_is_asked_on_the_loopback_only(tool: str) -> None:
    inside = Request("/health", port=8079)
    outside = Request("/health", port=8079, source="10.7.7.7")
    report = serve({}, inside, outside, Request("/", port=8079), tool=tool, names={"web": ()}, settled=False)
    alive, refused, other = report.answers
    assert (alive.status, refused.error, other.status) == (200, "refused", 404)


@every_engine
def test_the_path_of_readiness_is_the_servers_own(tool: str) -> None:
    edge = {"ready": {"http": "/ready?own=1"}}
    asks = [Request(path, port=PORT) for path in ("/ready", "//ready", "/%72eady", "/ready/", "/readyx", "/ready?x")]
    answers = serve({}, *asks, tool=tool, edge=edge).answers
    own = [answer.answered_by is None and (answer.status, answer.body.strip()) == (200, "ready") for answer in answers]
    assert own == [True, True, True, False, False, True]


# --- redirects


SENT: Mapping[str, Any] = {
    "routes": [
        {"match": {"prefix": "/old/"}, "redirect": "/new/?a=1#top"},
        {"match": {"prefix": "/old"}, "backend": "app"},
        {"match": {"exact": "/url"}, "redirect": {"to": "https://www.example.com:8443", "status": 301}},
        {"match": {"exact": "/nasty"}, "redirect": {"to": "/$uri/$dollar/it's;%25%ac%bc%fc%0d%0a(*)&b=$1!~", "status": 307}},
        {"match": {"prefix": "/secure/"}, "redirect": {"scheme": "https"}},
        {"match": {"prefix": "/port/"}, "redirect": {"scheme": "https", "port": 8443, "status": 302}},
        {"match": {"prefix": "/host/", "host": "a.example"}, "redirect": {"host": "www.example.com", "status": 303}},
        {"match": {"prefix": "/"}, "backend": "app"},
    ],
    "response_headers": {"X-Set": "yes"},
}
REFLECTED = "/secure//a%20b/%2F;c=1/%c3%a9/$uri%25[src]/{d}/'\"?e=%0d%0aSet-Cookie:%20z=1&f=?/../&g='<%00"
"""What is told again to the letter: nothing in it is decoded, expanded or split."""
GOES = {
    ("GET", "a.example", "/old/x?y=z"): (308, "/new/?a=1#top"),
    ("POST", "a.example", "//old/x"): (308, "/new/?a=1#top"),
    ("GET", "a.example", "/url?y=z"): (301, "https://www.example.com:8443"),
    ("GET", "a.example", "/nasty"): (307, "/$uri/$dollar/it's;%25%ac%bc%fc%0d%0a(*)&b=$1!~"),
    ("GET", "a.example", "/secure/"): (308, "https://a.example/secure/"),
    ("GET", "A.Example.:8080", "/secure/?"): (308, "https://a.example/secure/?"),
    ("HEAD", "10.0.0.1:8080", "/secure/"): (308, "https://10.0.0.1/secure/"),
    ("GET", "[2001:db8::1]:8080", "/secure/x"): (308, "https://[2001:db8::1]/secure/x"),
    ("GET", "a_b.example", "/secure/x"): (308, "https://a_b.example/secure/x"),
    ("GET", "a.example", REFLECTED): (308, f"https://a.example{REFLECTED}"),
    ("GET", "a.example", "/port/x?y"): (302, "https://a.example:8443/port/x?y"),
    ("GET", "a.example:80", "/host//x?y=/%2f"): (303, "//www.example.com/host//x?y=/%2f"),
    ("GET", "good.example@evil.example", "/secure/x"): (400, None),
    ("GET", "-a.example", "/secure/x"): (400, None),
    ("GET", "a.example", "/old"): (200, None),
    ("GET", "b.example", "/host/x"): (200, None),
    ("GET", "a.example", "/secure"): (200, None),
    ("GET", "a.example", "/secure/..//evil.example"): (400, None),
}


@every_engine
@pytest.mark.parametrize("chosen", [True, False])
def test_a_client_is_sent_on_to_the_same_place_by_every_engine(tool: str, chosen: bool) -> None:
    """With and without a route that asks for a host, as nginx writes both otherwise."""
    routes = SENT["routes"] if chosen else [route for route in SENT["routes"] if "host" not in route["match"]]
    goes = {ask: said for ask, said in GOES.items() if chosen or not ask[2].startswith("/host/")}
    asks = [Request(path, method, PORT, host=host) for method, host, path in goes]
    answers = serve({**SENT, "routes": routes}, *asks, tool=tool).answers
    assert {ask: (a.status, a.header("location")) for ask, a in zip(goes, answers, strict=True)} == goes
    sent = [answer for answer in answers if answer.header("location")]
    assert {answer.header("x-set") for answer in sent} == {"yes"}, "headers are set on redirects too"
    assert not [answer for answer in answers if answer.header("set-cookie")]
    ours = [answer.body for ask, answer in zip(goes, answers, strict=True) if answer.status == 400 and "@" not in ask[1]]
    assert set(ours) == {"<p>our 400</p>\n"}, "but for a host that haproxy itself does not take"


@every_engine
def test_a_request_without_a_host_is_not_sent_anywhere(tool: str) -> None:
    raw = [f"GET {target} HTTP/1.0\r\n\r\n" for target in ("/secure/x", "http://b.example/secure/x")]
    nowhere, absolute = serve(SENT, *(Request(raw=text, port=PORT) for text in raw), tool=tool).answers
    assert (nowhere.status, nowhere.header("location")) == (400, None)
    assert (absolute.status, absolute.header("location")) in ((308, "https://b.example/secure/x"), (400, None))


@every_engine
def test_an_absolute_target_is_sent_on_by_its_path(tool: str) -> None:
    raw = "GET http://a.example/secure/x?y HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n"
    (answer,) = serve(SENT, Request(raw=raw, port=PORT), tool=tool).answers
    assert (answer.status, answer.header("location")) == (308, "https://a.example/secure/x?y")


@every_engine
def test_the_longest_target_fits_beside_the_longest_headers(tool: str) -> None:
    target = "/" + "x" * 1023
    http = {
        "routes": [{"match": {"exact": "/a"}, "redirect": target}, {"match": {"exact": "/"}, "backend": "app"}],
        "response_headers": {"X-Long": "x" * (640 - 10)},
    }
    (answer,) = serve(http, Request("/a", port=PORT), tool=tool).answers
    assert (answer.status, answer.header("location"), len(answer.header("x-long") or "")) == (308, target, 630)
