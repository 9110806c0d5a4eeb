"""haproxy itself judges the haproxy configuration: each committed one, and what haproxy alone does."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from tests.compiling import committed, compiled_spec
from tests.conformance.edge import ADDRESSES, FIRST, HAPROXIES, PORT, READY, WEB, carriers, copies, files, serve, spec
from tests.conformance.live import (
    Backend,
    Behaviour,
    Load,
    Pause,
    Report,
    Request,
    Scenario,
    SetBehaviour,
    Wait,
    haproxy_accepts,
    run,
)
from twipc.formats.haproxy.sections import tokenize
from twipc.target import DOCKER, Discovery

SECRET_FILE = "/run/secrets/haproxy-stats"
SECRET_VARIABLE = "HAPROXY_STATS"
IN_VARIABLE = Discovery(resolver="169.254.169.253", suffix=".twip.internal", secrets="variable")
GET = Request(port=PORT)
STATS = 1936
EVERYTHING: dict[str, Any] = {
    "backends": {
        "app": {"members": ["web.http"], "balance": "source", "retries": 0, "max_members": 1, "websockets": "168h"},
        "other": {"members": ["web.http"], "balance": "least-connections", "sticky": {"cookie": "C_1"}, "max_members": 1000},
        "waits": {"members": ["web.http"], "hold": "1700ms"},
    },
    "routes": [
        {"match": {"prefix": ["/a'b\"c", "/{x}/", "/$y;", "/*"]}, "backend": "other"},
        {"match": {"exact": ["/a*b", "/a|b"]}, "backend": "app"},
        {"match": {"glob": ["/*/**.x y"]}, "backend": "other"},
        {"match": {"prefix": ["/waits/"]}, "backend": "waits"},
    ],
    "default": {"backend": "app"},
    "timeouts": {"request": "1ms", "idle": "90s", "connect": "1500ms", "response": "168h"},
    "request_headers": {"X-Env": "it's 100% {x};"},
    "rate_limit": {"requests": 10_000, "per": "1m", "burst": 10_000},
    "stats": {"number": STATS, "auth": {"secret": "haproxy-stats"}},
}

every_haproxy = pytest.mark.parametrize("tool", HAPROXIES)
in_every_form = pytest.mark.parametrize("form", ["file", "variable"])


@pytest.mark.parametrize("environment", committed())
def test_each_copy_of_a_committed_configuration_is_accepted(environment: str) -> None:
    outcome = compiled_spec(environment)
    found = copies(outcome, "haproxy")
    assert {place.partition(":")[0] for place in found} == carriers(outcome, "haproxy")
    for place, config in found.items():
        said = haproxy_accepts({**config, SECRET_FILE: "x\n"}, {SECRET_VARIABLE: "x"})
        assert said == (True, ""), place


@every_haproxy
@in_every_form
def test_everything_the_language_has_is_accepted(tool: str, form: str) -> None:
    web = {**WEB, "ports": {"http": PORT, "admin": 9090}, "ready": {"http": {"path": READY, "port": "admin"}}}
    text = spec(EVERYTHING, tool=tool, edge={"ready": {"http": "/ready"}}, web=web if form == "file" else WEB)
    config = files(text, IN_VARIABLE if form == "variable" else DOCKER)
    assert haproxy_accepts({**config, SECRET_FILE: "x\n"}, {SECRET_VARIABLE: "x"}, engine=tool) == (True, "")


def test_what_an_older_haproxy_reads_a_newer_one_reads_without_a_warning() -> None:
    config = files(spec(EVERYTHING, tool="haproxy-2.8"))
    assert sum(place.endswith(".lua") for place in config) == 1
    assert haproxy_accepts({**config, SECRET_FILE: "x\n"}, engine="haproxy") == (True, "")


def test_an_older_haproxy_says_that_it_is_older() -> None:
    accepted, why = haproxy_accepts(files(spec({}, tool="haproxy")), engine="haproxy-2.8")
    assert not accepted
    assert "haproxy is older than this configuration needs" in why


# --- readiness


def member(address: str) -> str:
    return f"web@{address}"


@every_haproxy
@pytest.mark.parametrize("kind", ["status", "hang"])
def test_a_member_that_is_not_ready_gets_no_requests_until_it_is(tool: str, kind: Any) -> None:
    web = {**WEB, "ready": {"http": READY, "interval": "200ms", "timeout": "100ms", "failures": 2, "successes": 2}}
    everyone = Wait(GET, seen=tuple(member(address) for address in ADDRESSES))
    unready = SetBehaviour("web", Behaviour(kind, status=503, paths="ready"), FIRST)
    again = SetBehaviour("web", Behaviour(), FIRST)
    steps = (everyone, unready, Pause(1.2), Load(GET, count=30), again, Wait(GET, seen=(member(FIRST),), seconds=3))
    report = serve({}, *steps, tool=tool, web=web)
    assert set(report.loads[0].answered_by) == {member(address) for address in ADDRESSES if address != FIRST}
    assert report.loads[0].statuses == {"200": 30}
    assert [wait.ok for wait in report.waits] == [True, True, True]


@every_haproxy
def test_readiness_is_asked_at_its_own_port(tool: str) -> None:
    web = {
        **WEB,
        "ports": {"http": PORT, "admin": 9090},
        "ready": {"http": {"path": READY, "port": "admin"}, "interval": "200ms", "timeout": "100ms"},
    }
    backends = (Backend("web", ADDRESSES[:2], PORT), Backend("admin", ADDRESSES[:2], 9090, ready=(READY,)))
    unready = SetBehaviour("admin", Behaviour("status", status=503), FIRST)
    everyone = Wait(GET, seen=tuple(member(address) for address in ADDRESSES[:2]))
    report = serve({}, everyone, unready, Pause(1.2), Load(GET, count=30), tool=tool, web=web, backends=backends)
    assert set(report.loads[0].answered_by) == {member(ADDRESSES[1])}


# --- the statistics page


def asked(user: str | None, password: str = "") -> Request:
    if user is None:
        return Request(port=STATS)
    return Request(port=STATS, headers=(("Authorization", "Basic " + b64encode(f"{user}:{password}".encode()).decode()),))


def stats(tool: str, form: str, secret: str | None, *asks: Request) -> Report:
    config = files(spec({"stats": EVERYTHING["stats"]}, tool=tool), IN_VARIABLE if form == "variable" else DOCKER)
    known = secret is not None
    more = {SECRET_FILE: f"{secret}\n" if secret else ""} if known and form == "file" else {}
    environment = {SECRET_VARIABLE: secret or ""} if known and form == "variable" else {}
    return run(Scenario(tool, {**config, **more}, asks, environment=environment))


PASSWORDS = ('it\'s "$HOME" `a` \\n #1 %[env(PATH)] {x};é:', "-i")


@every_haproxy
@in_every_form
@pytest.mark.parametrize("password", PASSWORDS)
def test_the_statistics_are_for_the_user_with_the_password(tool: str, form: str, password: str) -> None:
    wrong = (asked("stats", password + "x"), asked("stats", password[:-1]), asked("stats", password.swapcase() + "X"))
    others = (
        asked("admin", password),
        asked("", password),
        asked("Stats", password),
        asked("stats"),
        asked("", ""),
        asked(None),
    )
    right, *refused = stats(tool, form, password, asked("stats", password), *wrong, *others).answers
    assert right.status == 200
    assert "Statistics Report" in right.body
    assert {answer.status for answer in refused} == {401}


@every_haproxy
@in_every_form
def test_an_empty_password_lets_nobody_in(tool: str, form: str) -> None:
    asks = (asked("stats", ""), asked("stats", "x"), asked("", ""), asked(None))
    assert {answer.status for answer in stats(tool, form, "", *asks).answers} <= {401, 403}


@every_haproxy
@in_every_form
def test_without_its_password_haproxy_does_not_start(tool: str, form: str) -> None:
    report = stats(tool, form, None, asked("stats", ""))
    assert report.exit_code not in (None, 0)
    assert report.outcomes == ()
    assert (SECRET_FILE if form == "file" else "the password of the statistics page is not in the environment") in report.stderr


@every_haproxy
def test_the_statistics_are_read_only_and_at_their_own_port(tool: str) -> None:
    shut = Request("/", "POST", STATS, headers=asked("stats", "right").headers, body="s=app&action=shutdown&b=app")
    page, posted = stats(tool, "file", "right", asked("stats", "right"), shut).answers
    assert "<form" not in page.body or "action=" not in page.body.partition("<form")[2].partition("</form>")[0]
    assert posted.status != 200
    assert "haproxy version" not in page.body.lower(), "the version is nobody's business"


# --- the reader's tokenizer

WORDS = (
    "plain",
    "a\\ b",
    "a\\\\b",
    "a\\#b",
    "a\\'b",
    'a\\"b',
    "a\\qb",
    "a\\nb",
    "a\\tb",
    "a\\x41b",
    "a\\$b",
    '"a\\#b"',
    '"a\\\'b"',
    '"a\\x4Ab"',
    "'strong'",
    "'a b#c\"d'",
    "'a\\b'",
    "'a\\nb'",
    "'it'\\''s'",
    "'$HOME'",
    '"weak"',
    '"a b#c\'d"',
    '"a\\"b"',
    '"a\\\\b"',
    '"a\\$b"',
    '"a\\qb"',
    '"a\\nb"',
    '"a\\ b"',
    "a\"b\"'c'd",
    "$HOME",
    "a;b",
    "é",
)


@every_haproxy
def test_the_reader_takes_words_as_haproxy_does(tool: str) -> None:
    lines = [
        f"    http-request return status 200 content-type text/plain string {word} if {{ path /{at} }}"
        for at, word in enumerate(WORDS)
    ]
    head = "defaults\n    mode http\n    timeout client 1s\n    timeout server 1s\n    timeout connect 1s\n"
    text = f"{head}frontend in\n    bind :{PORT}\n" + "\n".join(lines) + "\n"
    asks = tuple(Request(f"/{at}", port=PORT) for at in range(len(WORDS)))
    report = run(Scenario(tool, {"/usr/local/etc/haproxy/haproxy.cfg": text}, asks))
    assert report.exit_code is None, report.stderr
    said = {word: answer.body.encode("latin-1").decode() for word, answer in zip(WORDS, report.answers, strict=True)}
    assert {word: " ".join(tokenize(line, 1)[0][7:-5]) for word, line in zip(WORDS, lines, strict=True)} == said
