"""How many requests of one client the real engines let pass: a burst at once, and a rate over time, the same on all."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import pytest

from tests.conformance.edge import ERROR_PAGES, PORT, TOOLS, serve
from tests.conformance.live import Load, Pause, Request, Step, Talk
from tests.conformance.test_websockets import CHAT

every_engine = pytest.mark.parametrize("tool", TOOLS)
PAGES = [*ERROR_PAGES, {"status": [429], "page": "pages/400.html"}]


def limited(requests: int, per: str, burst: int, **http: Any) -> Mapping[str, Any]:
    return {"rate_limit": {"requests": requests, "per": per, "burst": burst}, "error_pages": PAGES, **http}


def asks(count: int, source: str = "10.7.7.7", path: str = "/", concurrency: int = 8) -> Load:
    return Load(Request(path, port=PORT, source=source), count=count, concurrency=concurrency)


THREADS = 8
"""haproxy's threads may each let one pass that others let pass too."""


@every_engine
def test_a_burst_passes_and_the_rest_has_our_429(tool: str) -> None:
    http = limited(1, "1m", 20, response_headers={"X-Frame-Options": "DENY"})
    report = serve(http, asks(60), Request(port=PORT, source="10.7.7.7"), asks(10, "10.7.7.8"), tool=tool)
    first, other = report.loads
    assert set(first.statuses) == {"200", "429"}
    assert 20 <= first.statuses["200"] <= 20 + (THREADS if tool != "nginx" else 0)
    (refused,) = report.answers
    assert (refused.status, refused.body, refused.header("x-frame-options")) == (429, "<p>our 400</p>\n", "DENY")
    assert other.statuses == {"200": 10}, "each client has its own"


@every_engine
def test_a_burst_of_one_is_one(tool: str) -> None:
    (load,) = serve(limited(1, "1m", 1), asks(10, concurrency=1), tool=tool).loads
    assert load.statuses == {"200": 1, "429": 9}


@every_engine
@pytest.mark.parametrize(("requests", "per"), [(20, "1s"), (600, "1m")], ids=["in a second", "in a minute"])
def test_over_time_the_rate_passes_however_many_are_asked_for(tool: str, requests: int, per: str) -> None:
    rate = requests / (1 if per == "1s" else 60)
    # One after the other: what haproxy's threads let pass at one moment is judged with the burst.
    steps: list[Step] = [step for _ in range(30) for step in (asks(8, concurrency=1), Pause(0.1))]
    began = time.monotonic()
    report = serve(limited(requests, per, 5), *steps, tool=tool)
    most = time.monotonic() - began
    least = 30 * 0.1 + sum(load.seconds for load in report.loads)
    passed = sum(load.statuses.get("200", 0) for load in report.loads)
    asked = sum(sum(load.statuses.values()) for load in report.loads)
    assert asked == 240
    assert 0.9 * (5 + rate * (least - 0.1)) - 1 <= passed <= 5 + rate * most + 1


@every_engine
def test_who_keeps_to_the_rate_is_never_refused(tool: str) -> None:
    one = Request(port=PORT, source="10.7.7.7")
    answers = serve(limited(10, "1s", 1), *[step for _ in range(15) for step in (one, Pause(0.13))], tool=tool).answers
    assert {answer.status for answer in answers} == {200}


@every_engine
def test_after_a_pause_as_many_pass_as_its_time_is_worth(tool: str) -> None:
    report = serve(limited(5, "1s", 10), asks(30), Pause(1.0), asks(30), Pause(2.5), asks(30), tool=tool)
    passed = [load.statuses["200"] for load in report.loads]
    slack = THREADS if tool != "nginx" else 1
    for found, least in zip(passed, (10, 5, 10), strict=True):
        assert least <= found <= least + slack + 1


@every_engine
@pytest.mark.parametrize("by", ["path", "host"])
def test_what_the_server_answers_itself_is_not_counted(tool: str, by: str) -> None:
    match = {"exact": "/app", **({"host": "twip.example"} if by == "host" else {})}
    routes = [
        {"match": {"exact": "/old"}, "redirect": {"to": "/new"}},
        {"match": match, "backend": "app"},
        {"match": {"exact": "/"}, "backend": "app"},
    ]
    own = ("/ready", "/none", "/old", "/a/../b", "/.twipc/404.html")
    free = [asks(5, "127.0.0.1", path) for path in own]
    probes = [Load(Request("/health", port=8079), count=5)]
    steps = (asks(3, "127.0.0.1", "/app", 1), *free, *probes, asks(2, "127.0.0.1", "/app", 1))
    report = serve(limited(1, "1m", 2, routes=routes), *steps, tool=tool, edge={"ready": {"http": "/ready"}})
    taken, *rest, refused = [dict(load.statuses) for load in report.loads]
    # The first was the harness's own.
    assert taken == {"200": 1, "429": 2}
    assert rest == [{"200": 5}, {"404": 5}, {"308": 5}, {"400": 5}, {"404": 5}, {"200": 5}]
    assert refused == {"429": 2}


@every_engine
def test_all_backends_count_together_and_upgrades_with_them(tool: str) -> None:
    backends = {name: {"members": ["web.http"], "websockets": "500ms"} for name in ("app", "other")}
    routes = [{"match": {"prefix": "/o/"}, "backend": "other"}, {"match": {"prefix": "/"}, "backend": "app"}]
    steps = (
        Talk(CHAT),
        asks(1, "127.0.0.1", "/o/", 1),
        asks(1, "127.0.0.1", "/", 1),
        asks(2, "127.0.0.1", "/o/", 1),
        Talk(CHAT),
    )
    report = serve(limited(1, "1m", 4, backends=backends, routes=routes), *steps, tool=tool)
    assert [dict(load.statuses) for load in report.loads] == [{"200": 1}, {"200": 1}, {"429": 2}]
    assert [talk.answer.status for talk in report.talks] == [101, 429]
