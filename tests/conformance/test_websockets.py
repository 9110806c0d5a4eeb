"""Upgraded connections on the real engines: only to a WebSocket, only where a backend takes them, and they end when idle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.conformance.edge import FIRST, PORT, SECOND, TOOLS, WEB, serve
from tests.conformance.live import Backend, Behaviour, Request, SetBehaviour, Talk, Wait

every_engine = pytest.mark.parametrize("tool", TOOLS)
TIMES = {"connect": "200ms", "response": "500ms"}
SLACK = 0.6
TAKING: Mapping[str, Any] = {
    "backends": {"app": {"members": ["web.http"], "websockets": "1500ms", "retries": 0}},
    "timeouts": TIMES,
}
REFUSING: Mapping[str, Any] = {"backends": {"app": {"members": ["web.http"]}}}
HEADERS = (
    ("Connection", "keep-alive, Upgrade"),
    ("Sec-WebSocket-Version", "13"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
)


def upgrade(*to: str, path: str = "/", host: str = "twip.example") -> Request:
    headers = (*HEADERS, *(("Upgrade", one) for one in to))
    # A name for the connection: without one `Connection: close` is asked for.
    return Request(path, port=PORT, host=host, headers=headers, connection="talk")


CHAT = upgrade("websocket")
CHOSEN: Mapping[str, Any] = {
    **TAKING,
    "routes": [
        {"match": {"prefix": "/", "host": "chat.example"}, "backend": "app"},
        {"match": {"exact": "/none", "method": "GET"}, "backend": "app"},
    ],
    "default": {"backend": "app"},
}


@every_engine
@pytest.mark.parametrize("http", [TAKING, CHOSEN], ids=["by path", "by host"])
@pytest.mark.parametrize(
    "ask", [CHAT, upgrade("WebSocket", path="/a//b%20c?d=/%2f", host="chat.example")], ids=["plain", "odd"]
)
def test_an_upgraded_connection_outlives_the_time_of_an_answer_and_ends_when_idle(
    tool: str, http: Mapping[str, Any], ask: Request
) -> None:
    talk = Talk(ask, words=("one\r\n", "\x00\xff two"), gap=0.9)
    (talked,) = serve(http, talk, tool=tool).talks
    assert (talked.answer.status, (talked.answer.header("upgrade") or "").lower()) == (101, "websocket")
    assert talked.heard == ("one\r\n", "\x00\xff two"), "silence was longer than an answer may take, shorter than idle"
    assert 1.4 <= talked.idle < 1.5 + SLACK


@every_engine
def test_other_requests_of_such_a_backend_have_the_time_of_an_answer(tool: str) -> None:
    slow = SetBehaviour("web", Behaviour("slow", seconds=1.2))
    late, small = serve(TAKING, slow, Request(port=PORT), Request("/x", "POST", PORT, body="x"), tool=tool).answers
    for answer in (late, small):
        assert answer.status == 504
        assert 0.5 <= answer.seconds < 0.5 + SLACK


@every_engine
def test_who_asks_for_an_upgrade_and_gets_no_answer_waits_as_the_engine_can(tool: str) -> None:
    hang = SetBehaviour("web", Behaviour("hang"))
    (talked,) = serve(TAKING, hang, Talk(CHAT), tool=tool).talks
    assert talked.answer.status == 504
    most = 1.5 if tool == "nginx" else 0.5
    assert most <= talked.answer.seconds < most + SLACK


@every_engine
@pytest.mark.parametrize("http", [REFUSING, {**REFUSING, **{"routes": CHOSEN["routes"]}}], ids=["by path", "by host"])
def test_where_no_upgrade_is_taken_none_is_asked_for(tool: str, http: Mapping[str, Any]) -> None:
    talks = serve(
        http, Wait(upgrade(host="chat.example")), Talk(upgrade("websocket", host="chat.example")), tool=tool, settled=False
    )
    answer = talks.talks[0].answer
    assert answer.status == 200
    assert answer.echo.header("Upgrade") is None
    assert "upgrade" not in (answer.echo.header("Connection") or "").lower()
    assert answer.echo.header("Sec-WebSocket-Version") == "13"


SEVERAL = [("websocket, h2c",), ("websocket", "h2c"), ("h2c", "websocket"), ("websocket, irc",), ("irc", "websocket")]


@every_engine
@pytest.mark.parametrize("to", [("h2c",), ("websocketx",), ("TLS/1.3",), *SEVERAL])
def test_only_to_a_websocket_is_upgraded(tool: str, to: tuple[str, ...]) -> None:
    answer = serve(TAKING, Talk(upgrade(*to)), tool=tool).talks[0].answer
    if answer.status == 101:
        assert to in SEVERAL
        assert answer.header("upgrade") == "websocket", "haproxy itself takes h2c out"
        return
    assert answer.status == 200
    assert answer.echo.header("Upgrade") is None
    assert "upgrade" not in (answer.echo.header("Connection") or "").lower()


@every_engine
@pytest.mark.parametrize("http", [TAKING, REFUSING], ids=["taken", "refused"])
def test_a_client_cannot_have_headers_dropped_behind_the_server(tool: str, http: Mapping[str, Any]) -> None:
    ask = Request(port=PORT, headers=(("Connection", "X-Real-IP, X-Forwarded-For, close"),))
    (answer,) = serve(http, ask, tool=tool).answers
    assert answer.echo.header("X-Real-IP") == "127.0.0.1"
    assert (answer.echo.header("Connection") or "").lower() in ("", "keep-alive")


@every_engine
def test_each_backend_has_its_own_say(tool: str) -> None:
    http = {
        "backends": {
            "app": {"members": ["web.http"]},
            "chat": {"members": ["other.http"], "websockets": "500ms"},
            "call": {"members": ["other.http"], "websockets": "1500ms"},
        },
        "routes": [
            {"match": {"prefix": "/chat/"}, "backend": "chat"},
            {"match": {"prefix": "/call/"}, "backend": "call"},
            {"match": {"prefix": "/"}, "backend": "app"},
        ],
        "request_headers": {"X-Env": "prod"},
    }
    backends = (Backend("web", (FIRST,), PORT), Backend("other", (SECOND,), PORT))
    asks = [Talk(upgrade("websocket", path=path)) for path in ("/chat/", "/call/", "/else")]
    up = [Wait(Request(path, port=PORT)) for path in ("/chat/", "/call/")]
    chat, call, app = serve(http, *up, *asks, tool=tool, backends=backends, other=WEB).talks
    assert [one.answer.status for one in (chat, call, app)] == [101, 101, 200]
    assert chat.idle < 0.5 + SLACK < 1.4 <= call.idle
    assert (app.answer.answered_by, app.answer.echo.header("X-Env")) == (f"web@{FIRST}", "prod")
