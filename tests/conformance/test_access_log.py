"""The lines that the real engines log: the same keys and values on all, and one JSON object a line whatever a client sends."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from tests.conformance import edge
from tests.conformance.edge import FIRST, PORT, TOOLS
from tests.conformance.live import Behaviour, Pause, Report, Request, SetBehaviour, Step
from tests.conformance.test_haproxy import SECRET_FILE, STATS, asked
from tests.conformance.test_tls import PLACE, TLS, certified

every_engine = pytest.mark.parametrize("tool", TOOLS)
KEYS = ("time", "peer", "forwarded_for", "request", "status", "bytes", "seconds", "upstream", "upstream_seconds")
ONE = {"web": (FIRST,)}


def serve(http: Mapping[str, Any], *steps: Step, **how: Any) -> Report:
    """Runs steps, and leaves the engine the time to log the last of them."""
    return edge.serve(http, *steps, Pause(0.3), **how)


def lines(report: Report) -> list[str]:
    """What stands on standard output, where only requests are logged."""
    return report.stdout.encode("latin-1").decode("utf-8").split("\n")[:-1]


def logged(report: Report) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines(report)]


def raw(line: str, *headers: str) -> Request:
    return Request(raw="\r\n".join((line, "Host: a", "Connection: close", *headers, "", "")), port=PORT)


@every_engine
def test_a_request_is_logged_by_the_same_words(tool: str) -> None:
    slow = SetBehaviour("web", Behaviour("slow", seconds=0.25))
    asks = (
        Request("/a?b=c", port=PORT, source="10.7.7.7", headers=(("X-Forwarded-For", "6.6.6.6, 7.7.7.7"),)),
        slow,
        Request("/slow", "POST", PORT, body="x"),
    )
    report = serve({}, *asks, tool=tool, names=ONE)
    by_request = {one["request"]: one for one in logged(report)}
    quick, slowed = by_request["GET /a?b=c HTTP/1.1"], by_request["POST /slow HTTP/1.1"]
    assert tuple(quick) == KEYS
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", quick["time"])
    assert (quick["peer"], quick["forwarded_for"]) == ("10.7.7.7", "6.6.6.6, 7.7.7.7")
    assert (quick["status"], quick["upstream"]) == (200, f"{FIRST}:{PORT}")
    body = report.answers[0].body
    assert len(body) < quick["bytes"] < len(body) + 400, "with the headers"
    assert 0 <= quick["seconds"] < 0.2
    assert re.fullmatch(r"0\.[01]\d\d", quick["upstream_seconds"])
    assert 0.24 < slowed["seconds"] < 0.7
    assert 0.24 < float(slowed["upstream_seconds"]) < 0.7


@every_engine
def test_a_request_that_no_member_answered_is_logged_too(tool: str) -> None:
    http = {
        "routes": [{"match": {"exact": ["/", "/gone"]}, "backend": "app"}],
        "timeouts": {"connect": "200ms", "response": "300ms"},
    }
    hang = SetBehaviour("web", Behaviour("hang"))
    report = serve(http, Request("/none", port=PORT), hang, Request("/gone", "POST", PORT), tool=tool, names=ONE)
    by_request = {one["request"]: one for one in logged(report)}
    none, hung = by_request["GET /none HTTP/1.1"], by_request["POST /gone HTTP/1.1"]
    assert (none["status"], none["upstream"], none["upstream_seconds"]) == (404, "", "")
    assert (hung["status"], hung["upstream"], hung["upstream_seconds"]) == (504, f"{FIRST}:{PORT}", "")
    assert 0.29 < hung["seconds"] < 0.9


NASTY = (
    raw('GET /"\\"},{"status":200}?a=\\u0000&b=\\x HTTP/1.1'),
    raw("GET /%0a%0d%22%5c%00 HTTP/1.1"),
    raw("GET /a HTTP/1.1", 'X-Forwarded-For: 1.2.3.4","status":"\\'),
    raw("GET /a HTTP/1.1", "X-Forwarded-For: \xc3\xa9\xff\xed\xa0\x80\x01\x1b[31m\t\x7f x"),
    raw("GET /a HTTP/1.1", "X-Forwarded-For: a", "X-Forwarded-For: b"),
    raw("GET /\xc3\xa9 HTTP/1.1"),
    raw("GET /\xff\xfe\xc0\x80\xf5\xed\xa0\x80 HTTP/1.1"),
    raw("GET /\xe2\x80\xa8\xc2\x85 HTTP/1.1"),
    raw("GET /a\x01\x1b\x7f HTTP/1.1"),
    raw("OPTIONS * HTTP/1.1"),
    raw("GET http://evil.example/x HTTP/1.1"),
    raw('FOO"BAR\\ /x HTTP/1.1'),
    raw("GET /a b HTTP/1.1"),
    raw("GET / HTTP/9.9"),
    raw("GET /x"),
    raw("GET /" + "x" * 14_000 + " HTTP/1.1"),
    raw("GET /" + '"' * 6_000 + " HTTP/1.1", "X-Forwarded-For: " + '"' * 7_000),
    raw("GET /a HTTP/1.1", "X-Forwarded-For: " + "\\" * 12_000),
    raw("GET /" + "x" * 20_000 + " HTTP/1.1"),
    Request(raw="garbage\r\n\r\n", port=PORT),
    Request(raw='\x16\x03\x01"\\{}\xff\r\n\r\n', port=PORT),
    Request(raw="GET / HTTP/1.1\r\nHost a\r\n\r\n", port=PORT),
    Request(raw="GET / HTTP/1.1\r\nHost: a\r\n", port=PORT, seconds=0.3),
)


@every_engine
def test_a_line_is_one_object_whatever_a_client_sends(tool: str) -> None:
    report = serve({}, *NASTY, tool=tool, names=ONE)
    found = logged(report)
    assert all(tuple(one) == KEYS for one in found)
    assert all(isinstance(one["status"], int) and isinstance(one["seconds"], float | int) for one in found)
    assert all(isinstance(one["bytes"], int) for one in found)
    # nginx says nothing of who asked for nothing whole.
    assert len(found) >= len(NASTY)
    by_request = {one["request"]: one for one in found}
    assert 'GET /"\\"},{"status":200}?a=\\u0000&b=\\x HTTP/1.1' in by_request
    assert by_request["GET /%0a%0d%22%5c%00 HTTP/1.1"]["status"] == 400
    assert "GET /" + "x" * 14_000 + " HTTP/1.1" in by_request
    claims = {one["forwarded_for"] for one in found}
    assert '1.2.3.4","status":"\\' in claims


COMMON = re.compile(r'10\.7\.7\.7 - - \[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000\] "([^"]*)" (\d{3}) (\d+)')


@every_engine
def test_the_common_format_is_ncsas(tool: str) -> None:
    asks = [Request(path, port=PORT, source="10.7.7.7") for path in ("/a?b=c", '/"x"\\', "/a/../b")]
    report = serve({"access_log": "common"}, *asks, tool=tool, names=ONE)
    found = [COMMON.fullmatch(line) for line in lines(report) if line.startswith("10.7.7.7")]
    told = {one[1]: (int(one[2]), int(one[3])) for one in found if one}
    assert len(told) == len(asks), "quotes are escaped, each engine's own way"
    status, size = told["GET /a?b=c HTTP/1.1"]
    assert status == 200
    assert size > len(report.answers[0].body)
    assert told["GET /a/../b HTTP/1.1"][0] == 400


@every_engine
def test_none_logs_nothing(tool: str) -> None:
    asks = (Request("/a", port=PORT), Request("/a/../b", port=PORT), raw("GET /x"))
    assert lines(serve({"access_log": "none"}, *asks, tool=tool)) == []


@every_engine
@pytest.mark.parametrize("log", ["json", "common"])
def test_probes_are_not_logged(tool: str, log: str) -> None:
    ready = {"ready": {"http": "/ready"}}
    asks = (
        Request("/ready", port=PORT),
        Request("//%72eady", port=PORT),
        Request("/health", port=8079),
        Request("/a", port=PORT),
    )
    found = lines(serve({"access_log": log}, *asks, tool=tool, edge=ready, names=ONE))
    assert [line for line in found if "eady" in line or "/health" in line] == []
    assert [line for line in found if "/a HTTP" in line.replace("\\/", "/")], "all else is"


@pytest.mark.parametrize("tool", TOOLS[1:])
@pytest.mark.parametrize("log", ["json", "common", "none"])
def test_the_statistics_are_logged_as_all_else(tool: str, log: str) -> None:
    http: Mapping[str, Any] = {"access_log": log, "stats": {"number": STATS, "auth": {"secret": "haproxy-stats"}}}
    report = serve(http, asked("stats", "right"), asked("stats", "wrong"), tool=tool, more={SECRET_FILE: "right\n"}, names=ONE)
    found = lines(report)[-2:]
    assert [answer.status for answer in report.answers] == [200, 401]
    if log == "json":
        assert [one["request"] for one in map(json.loads, found)] == ["GET / HTTP/1.1"] * 2
    if log == "none":
        assert found == []
    assert "right" not in report.stdout + report.stderr


@every_engine
@pytest.mark.parametrize("log", ["json", "common", "none"])
def test_a_failed_handshake_is_a_line_as_any_other_or_none(tool: str, log: str) -> None:
    http: Mapping[str, Any] = {"tls": {"listen": TLS, "certificate": "edge-cert"}, "access_log": log}
    junk = ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", '\x16\x03\x01\x00\x05hello"\\\r\n\r\n', '"}\r\n\r\n')
    steps = [Request(raw=text, port=TLS, seconds=0.5) for text in junk]
    pem = {"edge-cert": {"file": "edge.pem"}}
    report = serve(http, *steps, tool=tool, more={PLACE: certified()[1]}, secrets=pem, names=ONE)
    if log == "json":
        assert all(tuple(one) == KEYS for one in logged(report))
    if log == "common":
        assert all(re.fullmatch(r'127\.0\.0\.1 - - \[[^]]*\] "[^"]*" \d+ \d+', line) for line in lines(report))
    assert bool(lines(report)) == (log != "none")
