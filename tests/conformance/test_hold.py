"""Requests wait while a standby takes over, on the real haproxy: no GET fails, and nothing is done twice."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.conformance.edge import ADDRESSES, EXPOSED, FIRST, HAPROXIES, PORT, READY, SECOND, serve
from tests.conformance.live import Backend, Behaviour, Load, Pause, Report, Request, SetBehaviour, Step, Talk, Wait

ONE = HAPROXIES[0]
every_haproxy = pytest.mark.parametrize("tool", HAPROXIES)
"""From 3.2 on it has a word for a request that waits; before, a program of ours does."""
CLOSED = Behaviour("refuse")
GONE = Behaviour("vanish")
ANSWERING = Behaviour()
BUSY = Behaviour("slow", seconds=0.03, paths="other")
GET = Request(port=PORT, seconds=20)
POST = Request(method="POST", port=PORT, body="x", seconds=20)
PAIR = (Backend("web", (FIRST, SECOND), PORT, ready=(READY,), behaviour=CLOSED),)
WEB: Mapping[str, Any] = {
    "image": "shop/web:1",
    "command": ["serve"],
    "ports": {"http": PORT},
    "ready": {"http": READY, "interval": "500ms"},
    "mounts": {"/data": "news"},
    "mode": {"active-standby": {"lock": "/data/.lock"}},
}
QUICK = {"connect": "300ms", "response": "1500ms"}
SLACK = 0.6


def take_over(tool: str, *steps: Step, working: Behaviour = ANSWERING, http: Mapping[str, Any] | None = None) -> Report:
    """One member works and another waits, which nobody can reach."""
    known = {"timeouts": QUICK, **(http or {})}
    settled = (SetBehaviour("web", working, FIRST), Wait(GET, seen=(f"web@{FIRST}",)))
    names = {"web": (FIRST, SECOND)}
    return serve(known, *settled, *steps, tool=tool, names=names, backends=PAIR, settled=False, web=WEB)


def backend(**fields: Any) -> dict[str, Any]:
    return {"backends": {"app": {"members": ["web.http"], **fields}}}


@every_haproxy
@pytest.mark.parametrize("end", [CLOSED, GONE], ids=["killed", "powered off"])
def test_no_get_fails_while_a_standby_takes_over(tool: str, end: Behaviour) -> None:
    handing_on = ((1.0, SetBehaviour("web", end, FIRST)), (2.5, SetBehaviour("web", BUSY, SECOND)))
    report = take_over(tool, Load(GET, count=600, concurrency=10, meanwhile=handing_on), working=BUSY)
    (load,) = report.loads
    assert load.statuses == {"200": 600}
    assert set(load.answered_by) == {f"web@{FIRST}", f"web@{SECOND}"}
    # Some waited for all of the 1.5s, and not much longer.
    assert 1.2 < load.longest < 1.5 + 0.5 + 0.5 + SLACK


@every_haproxy
def test_a_post_in_flight_is_not_sent_again(tool: str) -> None:
    handing_on = ((0.4, SetBehaviour("web", CLOSED, FIRST)), (0.5, SetBehaviour("web", ANSWERING, SECOND)))
    slow = Behaviour("slow", seconds=1.2, paths="other")
    report = take_over(tool, Load(POST, count=1, concurrency=1, meanwhile=handing_on), Wait(GET), working=slow)
    assert report.loads[0].statuses in ({"502": 1}, {"503": 1})
    assert [line for line in report.received if " POST " in line] == [f"web@{FIRST} POST / HTTP/1.1"]


@every_haproxy
def test_a_post_that_comes_while_nobody_is_ready_waits_and_is_sent_once(tool: str) -> None:
    handing_on = ((1.2, SetBehaviour("web", ANSWERING, SECOND)),)
    ended = (SetBehaviour("web", CLOSED, FIRST), Pause(1.5))
    report = take_over(tool, *ended, Load(POST, count=8, concurrency=8, meanwhile=handing_on))
    (load,) = report.loads
    assert load.statuses == {"200": 8}
    assert [line for line in report.received if " POST " in line] == [f"web@{SECOND} POST / HTTP/1.1"] * 8
    assert load.longest > 1


@every_haproxy
def test_who_waits_in_vain_has_our_page_when_the_time_is_over(tool: str) -> None:
    ended = (SetBehaviour("web", CLOSED), Pause(1.5))
    for answer in take_over(tool, *ended, GET, POST, http=backend(hold="1700ms")).answers:
        assert (answer.status, answer.body) == (504, "<p>our 50x</p>\n")
        assert 1.7 <= answer.seconds < 1.7 + SLACK


@every_haproxy
def test_a_first_member_is_waited_for(tool: str) -> None:
    begins = ((1.5, SetBehaviour("web", ANSWERING, FIRST)),)
    report = serve(
        {"timeouts": QUICK},
        Load(GET, count=4, concurrency=4, meanwhile=begins),
        tool=tool,
        names={"web": (FIRST, SECOND)},
        backends=PAIR,
        settled=False,
        web=WEB,
    )
    assert report.loads[0].statuses == {"200": 4}


@every_haproxy
def test_who_answered_is_told_and_logged_as_everywhere(tool: str) -> None:
    http = {"expose_headers": EXPOSED, "access_log": "json"}
    ask = Request("/a", port=PORT, headers=(("X-Twipc-Upstream", "forged"),))
    report = take_over(tool, ask, Pause(0.3), http=http)  # its line is written when both tiers have ended
    (answer,) = report.answers
    assert answer.header("upstream-address") == f"{FIRST}:{PORT}"
    assert float(answer.header("upstream-response-time") or "") < 1
    assert answer.header("x-twipc-upstream") is None
    assert answer.echo.header("x-forwarded-for") == "127.0.0.1"
    (logged,) = (entry for line in report.stdout.splitlines() if (entry := json.loads(line))["request"] == "GET /a HTTP/1.1")
    assert (logged["status"], logged["upstream"]) == (200, f"{FIRST}:{PORT}")


@every_haproxy
def test_a_kept_connection_waits_too(tool: str) -> None:
    kept = Request(port=PORT, connection="one", seconds=20)
    handing_on = ((0.8, SetBehaviour("web", ANSWERING, SECOND)),)
    ended = (kept, SetBehaviour("web", CLOSED, FIRST), Load(kept, count=3, concurrency=1, meanwhile=handing_on), kept)
    report = take_over(tool, *ended)
    assert [answer.status for answer in report.answers] == [200, 200]
    assert report.loads[0].statuses == {"200": 3}


@every_haproxy
def test_other_things_that_a_backend_does_are_done_as_before(tool: str) -> None:
    key = ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
    upgrade = Request(port=PORT, headers=(("Upgrade", "websocket"), ("Connection", "Upgrade"), key), seconds=10)
    http = {**backend(websockets="3s", balance="source"), "rate_limit": {"requests": 1, "per": "1m", "burst": 12}}
    report = take_over(tool, Talk(upgrade, ("hello", "you"), gap=2), Load(GET, count=15, concurrency=1), http=http)
    (talk,) = report.talks
    assert (talk.answer.status, talk.heard) == (101, ("hello", "you"))
    assert report.loads[0].statuses["429"] >= 3
    assert set(report.loads[0].statuses) == {"200", "429"}


def test_without_a_standby_nothing_waits() -> None:
    answers = serve({}, SetBehaviour("web", CLOSED), Pause(1.0), GET, tool=ONE, names={"web": ADDRESSES}).answers
    assert answers[0].status in (502, 503)
    assert answers[0].seconds < 1
