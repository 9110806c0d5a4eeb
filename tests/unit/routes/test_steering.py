"""Lines of haproxy that change requests or answers are left open where they matter, and nowhere else."""

from __future__ import annotations

import pytest

from tests.unit.routes.test_foreign_files import BACKENDS, haproxy, left_open, said
from twipc.formats.reading import routing_of
from twipc.routes.table import OPEN

ANSWERS = (
    *("deny", "return status 404", "redirect location /login", "set-status 503 if { status 200 }", "silent-drop", "lua.x"),
    "deny deny_status 404 if { status 200 }",
)


@pytest.mark.parametrize("where", ["frontend", "backend"])
@pytest.mark.parametrize("action", ANSWERS)
def test_what_is_made_of_a_members_answer_is_left_open(action: str, where: str) -> None:
    deny = "http-request deny if { path /no }"
    table = haproxy(**{where: f"http-response {action}\n{deny}"})
    line = 5 if where == "frontend" else 7
    assert said(table, "/x") == f"{OPEN} `http-response {action.split()[0]}`, line {line}"
    assert said(table, "/no") == "status 403"


def test_defaults_have_answers_changed_too() -> None:
    text = "defaults x\n mode http\n http-response deny\nfrontend in from x\n bind :80\n default_backend a\n"
    assert said(routing_of("x.cfg", text + BACKENDS % ""), "/") == f"{OPEN} `http-response deny`, line 3"


@pytest.mark.parametrize("action", ["set-status 503", "set-header Location /x", "del-header loc -m beg"])
def test_what_is_made_of_every_answer_is_left_open(action: str) -> None:
    table = haproxy(f"http-request redirect location /y if {{ path /y }}\nhttp-after-response {action}")
    assert said(table, "/y") == said(table, "/x") == f"{OPEN} `http-after-response {action.split()[0]}`, line 6"


@pytest.mark.parametrize(
    ("rule", "opened"),
    [
        ("connection reject", "`tcp-request connection`, line 5"),
        ("connection reject if { src 10.0.0.0/8 }", "`src 10.0.0.0/8`, line 5"),
        ("session reject", "`tcp-request session`, line 5"),
        ("session silent-drop", "`tcp-request session`, line 5"),
        ("content close", "`tcp-request content`, line 5"),
        ("content reject", "`tcp-request content`, line 5"),
        ("content set-dst-port int(81)", "`tcp-request content`, line 5"),
    ],
)
def test_connections_that_are_not_kept_are_left_open(rule: str, opened: str) -> None:
    assert said(haproxy(f"tcp-request {rule}"), "/x") == f"{OPEN} {opened}"


@pytest.mark.parametrize(
    "action",
    [
        *("set-path /y", "set-pathq /y", "replace-path /x/(.*) /1", "replace-pathq x y", "replace-uri x y", "set-uri /y"),
        *("set-query a=b", "set-method POST", "set-header Host b.example", "add-header host b", "replace-header HOST . b"),
        *("replace-value host . b", "del-header host", "set-dst-port int(81)"),
    ],
)
def test_a_member_that_is_asked_for_something_else_is_left_open(action: str) -> None:
    table = haproxy(backend=f"http-request {action} if {{ path /x }}")
    assert said(table, "/x") == f"{OPEN} `{action.split()[0]}`, line 7"
    assert said(table, "/y") == "backend a"


@pytest.mark.parametrize(
    "pattern", ["host", "HO -m beg", "st -m end", "os -m sub", "^ho -m reg", "[h]ost -m reg", r"\\Qhost -m reg"]
)
def test_a_host_that_is_deleted_by_a_part_of_its_name_is_left_open(pattern: str) -> None:
    table = haproxy(f"http-request del-header {pattern}\nuse_backend b if {{ hdr(host) a.example }}")
    assert said(table, "/x") == f"{OPEN} `del-header`, line 5"


@pytest.mark.parametrize(
    "line",
    [
        *(f"http-request del-header {one}" for one in ("_ -m sub", "x- -m beg", "^x-internal -m reg", "Forwarded", "Hos")),
        *("http-request set-header X-Host b", "http-request set-src hdr(x)", "http-request set-log-level silent"),
        *(
            f"{answers} {action}"
            for answers in ("http-response", "http-after-response")
            for action in (
                *("set-header X-A b", "add-header X-A b", "del-header X-A", "replace-header X-A . b", "replace-value X-A . b"),
                *("set-var(txn.x) status", "set-var-fmt(txn.x) y", "unset-var(txn.x)", "set-log-level silent", "allow"),
                *("capture res.hdr(x) len 10", "sc-inc-gpc0(0)", "sc-inc-gpc(0,0)", "sc-set-gpt0(0) 1", "strict-mode on"),
                *("set-map(x) a b", "del-map(x) a", "add-acl(x) a", "del-acl(x) a", "do-log"),
            )
        ),
        *("http-response cache-store x", "http-response wait-for-body time 1s", "http-response track-sc0 src"),
        *("http-response set-header Location /x", "http-response set-timeout server 1s"),
        *("tcp-request inspect-delay 5s", "tcp-request connection accept", "tcp-request connection track-sc0 src"),
        *("tcp-request connection expect-proxy layer4", "tcp-request session track-sc1 src", "tcp-request content accept"),
        *("tcp-request content capture req.hdr(x) len 10", "tcp-request content set-var(txn.x) src"),
        "tcp-request connection reject if { sc_conn_rate(0) gt 10 }",
    ],
)
def test_what_changes_no_answer_is_not(line: str) -> None:
    table = haproxy(f"{line}\nuse_backend b if {{ hdr(host) b.example }}")
    assert (said(table, "/x"), said(table, "/x", host="b.example")) == ("backend a", "backend b")
    assert not left_open(table)


MADE = "http-request set-var(txn.path) path,url_dec,regsub(/+,/,g)"


@pytest.mark.parametrize("more", ["set-var-fmt(txn.path) /y", "unset-var(txn.path)", "set-var(txn.path,ifexists) str(/y)"])
def test_a_variable_that_is_made_twice_is_not_known(more: str) -> None:
    asks = "use_backend b if { var(txn.path) -m str /x }"
    assert said(haproxy(f"{MADE}\n{asks}"), "/x") == "backend b"
    assert said(haproxy(f"{MADE}\nhttp-request {more}\n{asks}"), "/x").startswith(OPEN)
