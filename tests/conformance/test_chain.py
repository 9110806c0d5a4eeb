"""Two real engines, one behind the other: who the client is, and how it came, goes through both."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.conformance.edge import ADDRESSES, HTTP, PORT, VERSIONS, files, spec
from tests.conformance.live import Backend, Inner, Load, Pause, Report, Request, Scenario, Step, Wait, run
from tests.conformance.test_edge import FORGED
from tests.conformance.test_tls import HTTP as TLS
from tests.conformance.test_tls import PLACE, SECRET, by_https, certified

CHAINS = [("nginx", "haproxy"), ("nginx", "haproxy-2.8"), ("haproxy", "nginx"), ("haproxy-2.8", "nginx")]
every_chain = pytest.mark.parametrize(("outer", "inner"), CHAINS, ids=[" then ".join(one) for one in CHAINS])
CLIENTS = ("10.7.7.7", "10.7.7.8", "10.20.0.1", "10.20.0.99", "10.33.1.4", "10.34.5.6", "10.99.0.2", "10.200.3.17")


def chain(
    outer: str, inner: str, *steps: Step, http: Mapping[str, Any] | None = None, past: Mapping[str, Any] | None = None
) -> Report:
    """Runs steps against `edge`, which serves as `HTTP` and by https, before `inner`, which serves as `http` says otherwise."""
    engine, version = VERSIONS[inner]
    second = {"http": {**HTTP, "engine": {"name": engine, "version": version}, **(http or {})}, **(past or {})}
    backends = {"app": {"members": ["inner.http"]}}
    document = json.loads(spec({**TLS, "backends": backends}, tool=outer, secrets=SECRET, inner=second))
    text = json.dumps({**document, "targets": {"nginx": {}, "haproxy": {}}})
    config = {**files(text), PLACE: certified("ec")[1]}
    first = Wait(Request("/", port=PORT), seconds=5)
    return run(
        Scenario(
            outer,
            config,
            (first, *steps),
            {"web": ADDRESSES},
            (Backend("web", ADDRESSES, PORT),),
            inner=Inner(inner, files(text, service="inner")),
        )
    )


@every_chain
def test_the_app_is_told_whose_request_it_is(outer: str, inner: str) -> None:
    plain = Request("/a?b=c", port=PORT, headers=FORGED, source="10.7.7.7", host="shop.example:9080")
    report = chain(outer, inner, plain, by_https(headers=FORGED, source="10.7.7.8"))
    names = ("Host", *(name for name, _ in FORGED))
    told = [{name: answer.echo.header(name) for name in names} for answer in report.answers]
    both = {"Forwarded": None, "Proxy": None, "X-Kept": "as it is"}
    assert told == [
        {
            **{"Host": "shop.example:9080", "X-Forwarded-Host": "shop.example:9080", "X-Forwarded-Port": "9080"},
            **{"X-Forwarded-For": "10.7.7.7", "X-Real-IP": "10.7.7.7", "X-Forwarded-Proto": "http"},
            **both,
        },
        {
            **{"Host": "shop.example", "X-Forwarded-Host": "shop.example", "X-Forwarded-Port": "443"},
            **{"X-Forwarded-For": "10.7.7.8", "X-Real-IP": "10.7.7.8", "X-Forwarded-Proto": "https"},
            **both,
        },
    ]


@every_chain
@pytest.mark.parametrize("log", ["json", "common"])
def test_both_log_the_client(outer: str, inner: str, log: str) -> None:
    ask = Request("/a", port=PORT, headers=FORGED, source="10.7.7.7")
    report = chain(outer, inner, ask, Pause(0.3), http={"access_log": log})
    *_, line = report.inner.splitlines()
    if log == "common":
        assert line.startswith("10.7.7.7 - - [")
    else:
        logged = json.loads(line)
        assert (logged["peer"], logged["forwarded_for"]) == ("192.0.2.1", "10.7.7.7")


@every_chain
def test_each_client_has_a_rate_of_its_own(outer: str, inner: str) -> None:
    """Over connections that the outer one keeps and shares among them."""
    limited = {"rate_limit": {"requests": 1, "per": "1m", "burst": 2}}
    loads = [Load(Request(port=PORT, source=client), count=4, concurrency=1) for client in CLIENTS]
    report = chain(outer, inner, *loads, http=limited)
    assert [dict(load.statuses) for load in report.loads] == [{"200": 2, "429": 2}] * len(CLIENTS)


@every_chain
@pytest.mark.parametrize("held", [False, True])
def test_balance_by_source_goes_by_the_client(outer: str, inner: str, held: bool) -> None:
    app = {"members": ["web.http"], "balance": "source", **({"hold": "1s"} if held and inner != "nginx" else {})}
    loads = [Load(Request(port=PORT, source=client), count=3, concurrency=1) for client in CLIENTS]
    report = chain(outer, inner, *loads, http={"backends": {"app": app}})
    assert {len(load.answered_by) for load in report.loads} == {1}, "a client comes to the same member each time"
    assert len({member for load in report.loads for member in load.answered_by}) > 1, "and not all to one"


@every_chain
def test_who_is_asked_past_the_other_says_so_itself(outer: str, inner: str) -> None:
    ask = Request("/a", port=PORT, headers=FORGED, source="10.7.7.7")
    (answer,) = chain(outer, inner, ask, past={"publish": [{"port": "http", "host": 8081}]}).answers
    assert (answer.echo.header("X-Forwarded-For"), answer.echo.header("X-Real-IP")) == ("192.0.2.1", "192.0.2.1")
