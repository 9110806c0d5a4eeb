"""What stands in files that people wrote by hand is read rightly, or left open with its line."""

from __future__ import annotations

import pytest

from twipc.formats.haproxy.read.needs import MOST_ALTERNATIVES
from twipc.formats.reading import routing_of
from twipc.routes.cases import Case
from twipc.routes.expression import NotUnderstood, expression
from twipc.routes.follow import taken
from twipc.routes.table import OPEN, Answer, Site, Table

FRONTEND = "defaults\n    mode http\nfrontend in\n    bind :80\n%s    default_backend a\n"
BACKENDS = "backend a\n%s    server s a:80\nbackend b\n    server s b:80\n"
SERVICES = "services:\n  proxy: {image: dockercloud/haproxy:1.2.1, links: [a, b]}\n"


def haproxy(frontend: str = "", backend: str = "") -> Table:
    lines = ["".join(f"    {line}\n" for line in text.splitlines()) for text in (frontend, backend)]
    return routing_of("x.cfg", FRONTEND % lines[0] + BACKENDS % lines[1])


def said(table: Table, path: str, *, host: str = "a.example", method: str = "GET") -> str:
    found = taken(Site("x", {"x": table}), Case("http", method, host), path.encode(), raw=True)
    return str(found)


def left_open(table: Table) -> set[str]:
    leads = [one for rule in table.rules for one in rule.leads]
    return {one.what for one in leads if isinstance(one, Answer) and one.kind == OPEN}


DENY = "http-request deny if { path_beg /adm }"


@pytest.mark.parametrize(
    ("lines", "opened"),
    [
        (rf"http-request replace-path /api/(.*) /\1{chr(10)}{DENY}", "`replace-path`, line 7"),
        (f"http-request set-path /adm if TRUE\n{DENY}", "`set-path`, line 7"),
        (f"http-request set-method POST\n{DENY}", "`set-method`, line 7"),
        ("http-request set-path /adm\nuse-server s if { path_beg /adm }", "`set-path`, line 7"),
        ("redirect location /x if { path /adm }\nhttp-request set-path /adm", "`set-path`, line 8"),
        ("stats enable\nhttp-request set-path /haproxy", "`set-path`, line 8"),
        ("http-request use-service lua.x", "`use-service`, line 7"),
        ("http-request lua.x", "`lua.x`, line 7"),
        ("use-server s", "`use-server s`, line 7"),
    ],
)
def test_what_a_backend_changes_before_it_asks_is_left_open(lines: str, opened: str) -> None:
    table = haproxy(backend=lines)
    assert opened in left_open(table)
    assert said(table, "/api/adm") == f"{OPEN} {opened}"


def test_what_a_backend_answers_before_it_changes_the_rest_is_read() -> None:
    table = haproxy(backend=f"{DENY}\nhttp-request set-path /adm")
    assert said(table, "/adm") == "status 403"
    assert said(table, "/api/adm") == f"{OPEN} `set-path`, line 8"


def test_a_server_that_is_chosen_by_the_request_is_left_open_for_those() -> None:
    table = haproxy(backend="use-server t if { path_beg /t }")
    assert (said(table, "/t"), said(table, "/x")) == (f"{OPEN} `use-server t`, line 7", "backend a")


def test_defaults_inherit_from_those_they_name_alone() -> None:
    text = (
        "defaults y\n mode http\n monitor-uri /alive\ndefaults x%s\n mode http\nfrontend in%s\n bind :80\n default_backend a\n"
    )
    answers = {
        (of, by): said(routing_of("x.cfg", text % (of, by) + BACKENDS % ""), "/alive")
        for of in ("", " from y")
        for by in ("", " from x", " from y")
    }
    assert {key for key, answer in answers.items() if answer == "status 200"} == {
        ("", " from y"),
        (" from y", ""),
        (" from y", " from x"),
        (" from y", " from y"),
    }
    assert (
        said(routing_of("x.cfg", text.replace("defaults x", "defaults") % (" from y", "") + BACKENDS % ""), "/alive")
        == "status 200"
    )


@pytest.mark.parametrize("source", ["^/a{,2}$", "^/a{ 1}$", "^/a{1, 2}$", "^/a{1 ,}$", "^/(?:{,2})", "^{,2}", "^/({1,2})"])
def test_braces_that_count_in_some_versions_alone_are_not_understood(source: str) -> None:
    with pytest.raises(NotUnderstood):
        expression(source)


@pytest.mark.parametrize("source", ["^/a{,}$", "^/a{}$", "^/a{x}$", "^/a{1,2}$", "^/a{2,}$", r"^/a\{,2}$", "^/[{,2}]"])
def test_other_braces_are(source: str) -> None:
    assert expression(source)


PAIR = "{{ path_beg /a{0} }} METH_POST"
MANY = {
    "allow": "\n".join(f"http-request allow if {PAIR.format(at)}" for at in range(30)) + "\nhttp-request deny",
    "unless": f"use_backend b unless {' or '.join(PAIR.format(at) + f' {{ path_end .b{at} }}' for at in range(30))}",
    "named": "\n".join(
        f"acl n{at} path_beg /a{at}\nacl n{at} hdr(host) h{at}.example\nacl n{at} method POST" for at in range(30)
    )
    + f"\nuse_backend b if {' '.join(f'n{at}' for at in range(30))}",
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("kind", MANY)
def test_alternatives_without_end_are_left_open(kind: str) -> None:
    table = haproxy(MANY[kind])
    assert len(table.rules) <= MOST_ALTERNATIVES
    (opened,) = left_open(table)
    assert opened.startswith(f"`over {MOST_ALTERNATIVES} alternatives`, line ")
    assert said(table, "/a1", method="POST").startswith((OPEN, "backend a"))
    assert said(table, "/x").startswith(OPEN)


def test_few_alternatives_and_a_long_list_of_them_are_read() -> None:
    few = haproxy("\n".join((*(f"http-request allow if {PAIR.format(at)}" for at in range(4)), "http-request deny")))
    assert not left_open(few)
    assert (said(few, "/a1", method="POST"), said(few, "/a1"), said(few, "/x")) == ("backend a", "status 403", "status 403")
    long = haproxy(f"use_backend b if {' or '.join(PAIR.format(at) for at in range(3 * MOST_ALTERNATIVES))}")
    assert not left_open(long)
    assert (said(long, "/a100", method="POST"), said(long, "/a100")) == ("backend b", "backend a")


@pytest.mark.parametrize("where", ["frontend", "backend"])
def test_a_line_without_an_action_is_named(where: str) -> None:
    with pytest.raises(ValueError, match=f"line {5 if where == 'frontend' else 7}: `http-request` without an action"):
        haproxy(**{where: "http-request"})


RATE = "{ sc_http_req_rate(0) gt 1000 }"


@pytest.mark.parametrize(
    "lines",
    [
        f"http-request deny deny_status 429 if {RATE}",
        "acl often sc0_http_req_rate gt 10\nhttp-request deny if often",
        f"http-request tarpit if {{ path_beg /x }} {RATE}",
        "http-request auth unless { http_auth(users) }",
        "http-request auth realm x if { path_beg /x } !{ http_auth(users) }",
    ],
)
def test_who_may_ask_and_how_often_is_not_asked(lines: str) -> None:
    table = haproxy(lines)
    assert not left_open(table)
    assert said(table, "/x") == "backend a"


@pytest.mark.parametrize(
    ("lines", "answer"),
    [
        (f"http-request deny if {RATE} or {{ path_beg /x }}", "status 403"),
        (f"http-request deny if !{RATE}", "status 403"),
        ("http-request auth if { path_beg /x }", "status 401"),
        (f"use_backend b if {RATE}", f"{OPEN} `sc_http_req_rate(0) gt 1000`, line 5"),
        ("use_backend b if { http_auth(users) }", f"{OPEN} `http_auth(users)`, line 5"),
        (f"http-request return status 200 if {RATE}", f"{OPEN} `sc_http_req_rate(0) gt 1000`, line 5"),
        ("http-request deny if { sc_http_req_rate(0) lt 5 }", f"{OPEN} `sc_http_req_rate(0) lt 5`, line 5"),
        ("http-request deny if { src_get_gpc0 gt 5 }", f"{OPEN} `src_get_gpc0 gt 5`, line 5"),
    ],
)
def test_what_else_stands_there_is(lines: str, answer: str) -> None:
    assert said(haproxy(lines), "/x") == answer


@pytest.mark.parametrize(
    ("lines", "path", "answer"),
    [
        (f"errorloc 403 /no%20\n{DENY}", "/adm", "redirect 302 to /no%20"),
        (f"errorloc302 403 /no\n{DENY}", "/adm", "redirect 302 to /no"),
        (f"errorloc303 403 http://b.example/\n{DENY}", "/adm", "redirect 303 to http://b.example/"),
        (f"errorloc 404 /no\n{DENY}", "/adm", "status 403"),
        (f"errorloc 403 /no\nerrorloc303 403 /none\n{DENY}", "/adm", "redirect 303 to /none"),
        (f"errorloc 403 /no\nerrorfile 403 x.http\n{DENY}", "/adm", "status 403"),
        (f"errorloc 403 /no\nhttp-error status 403 errorfile x.http\n{DENY}", "/adm", "status 403"),
        (f"errorfile 403 x.http\nerrorfiles x\n{DENY}", "/adm", "status 403"),
        (f"errorloc 403 /no\nerrorfiles x 404\n{DENY}", "/adm", "redirect 302 to /no"),
        (f"errorloc 403 /no\nerrorfiles x\n{DENY}", "/adm", f"{OPEN} `errorfiles x`, line 6"),
        (f".if defined(X)\nerrorloc 403 /no\n.endif\n{DENY}", "/adm", f"{OPEN} `errorloc 403`, line 6"),
        ("errorloc 401 /in\nhttp-request auth if { path /adm }", "/adm", "redirect 302 to /in"),
        ("errorloc 404 /no\nhttp-request deny deny_status 404 content-type a/b string no", "/adm", "status 404"),
        ("errorloc 404 /no\nhttp-request return status 404", "/adm", "status 404"),
        ("errorloc 404 /no\nhttp-request return status 404 default-errorfiles", "/adm", "redirect 302 to /no"),
        ("errorloc 503 /later\nuse_backend none if { path /x }", "/x", "redirect 302 to /later"),
        ("errorloc 503 /later\nuse_backend none if { path /x }", "/y", "backend a"),
    ],
)
def test_an_error_that_sends_elsewhere_is_a_redirect(lines: str, path: str, answer: str) -> None:
    frontend = "".join(f"    {line}\n" for line in lines.splitlines())
    assert said(routing_of("x.cfg", FRONTEND % frontend + BACKENDS % "" + "backend none\n"), path) == answer
    inherited = "defaults\n    mode http\n" + frontend.replace("    use_backend none if { path /x }\n", "")
    everywhere = f"{inherited}frontend in\n    bind :80\n    use_backend none if {{ path /x }}\n    default_backend a\n"
    moved = {"line 6": "line 4", "line 5": "line 3"}
    wanted = next((answer.replace(old, new) for old, new in moved.items() if old in answer), answer)
    assert said(routing_of("x.cfg", everywhere + BACKENDS % "" + "backend none\n"), path) == wanted


def test_an_error_of_a_backend_goes_where_that_says_before_its_frontend() -> None:
    table = haproxy(
        "errorloc 403 /outer\nerrorloc 404 /outer", f"errorloc 403 /inner\n{DENY}\nhttp-request deny deny_status 404"
    )
    assert said(table, "/adm") == "redirect 302 to /inner"
    assert said(table, "/x") == "redirect 302 to /outer"


MAYBE = ".if defined(X)\n    default_backend b\n"


@pytest.mark.parametrize(
    ("before", "behind", "answer"),
    [
        (f"{MAYBE}.endif\n", "", "backend a"),
        ("", f"{MAYBE}.endif\n", f"{OPEN} `default_backend b`, line 7"),
        ("", f"{MAYBE}.elif TRUE\n    default_backend a\n.endif\n", f"{OPEN} `default_backend a`, line 9"),
    ],
)
def test_a_default_that_stands_there_only_where_a_condition_holds_is_left_open(before: str, behind: str, answer: str) -> None:
    text = f"{FRONTEND % before}{behind}{BACKENDS % ''}    http-request deny\n"
    assert said(routing_of("x.cfg", text), "/x") == answer


@pytest.mark.parametrize(
    ("lines", "path", "opened"),
    [
        ("monitor-uri /alive", "/alive", "`monitor-uri /alive`, line 6"),
        ("stats enable", "/haproxy", "`stats enable`, line 6"),
        ("use_backend b if { path /x }", "/x", "`use_backend b`, line 6"),
    ],
)
def test_what_else_stands_there_only_where_a_condition_holds_is_left_open(lines: str, path: str, opened: str) -> None:
    assert said(haproxy(f".if defined(X)\n{lines}\n.endif"), path).startswith(f"{OPEN} {opened}")


def test_an_end_of_a_backend_without_servers_that_a_condition_has_is_left_open() -> None:
    backends = "backend a\n.if defined(X)\n    http-request redirect location /x\n.endif\n"
    assert said(routing_of("x.cfg", FRONTEND % "" + backends), "/") == f"{OPEN} `http-request redirect`, line 8"


@pytest.mark.parametrize(
    ("backend", "path", "answer"),
    [
        ("http-request deny if { path /x }\nserver s a:80", "/x", "status 403"),
        ("http-request redirect location /y code 301\nserver s a:80", "/x", "redirect 301 to /y"),
        ("http-request redirect location /y code 301\nhttp-request deny if { path /x }", "/x", "redirect 301 to /y"),
        ("http-request deny if { path /x }\nhttp-request redirect location /y code 301", "/x", "status 403"),
        ("http-request deny deny_status 504 if { nbsrv(twipc_x) eq 0 }\nserver s a:80", "/x", OPEN),
        ("http-request set-path /y\nserver s a:80", "/x", f"{OPEN} `set-path`, line 7"),
        ("redirect location /y\nserver s a:80", "/x", "redirect 302 to /y"),
        ("use-server t if { path /x }\nserver s a:80", "/x", f"{OPEN} `use-server t`, line 7"),
        (
            "http-request deny deny_status 400 unless { var(txn.host) -m reg -- a }\nhttp-request redirect location /y",
            "/x",
            OPEN,
        ),
        ("http-request return status 404 default-errorfiles", "/x", "status 404"),
    ],
)
def test_a_backend_that_is_called_like_ours_and_does_more_is_read(backend: str, path: str, answer: str) -> None:
    lines = "".join(f"    {line}\n" for line in backend.splitlines())
    text = (FRONTEND % "").replace("default_backend a", "default_backend twipc_x")
    assert said(routing_of("x.cfg", f"{text}backend twipc_x\n{lines}"), path).startswith(answer)


def services(a: str, b: str = "environment: [VIRTUAL_HOST=b.example]") -> Table:
    return routing_of("x.yml", f"{SERVICES}  a: {{image: a, {a}}}\n  b: {{image: b, {b}}}\n")


@pytest.mark.parametrize(
    ("a", "opened"),
    [
        ("environment: [VIRTUAL_HOST=$HOSTS]", "`$HOSTS`, line 3"),
        ("environment: {VIRTUAL_HOST: '${HOST}/a'}", "`${HOST}/a`, line 3"),
        ("environment: [VIRTUAL_HOST]", "`a variable without a value`, line 3"),
        ("environment: {VIRTUAL_HOST: }", "`a variable without a value`, line 3"),
        ("environment: {VIRTUAL_HOST: null}", "`a variable without a value`, line 3"),
        ("env_file: a.env", "`env_file`, line 3"),
        ("extends: {file: a.yml, service: a}", "`extends`, line 3"),
        ("environment: {VIRTUAL_HOST: '*', VIRTUAL_HOST_WEIGHT: $HEAVY}", "`$HEAVY`, line 3"),
        ("environment: {VIRTUAL_HOST: '*'}, env_file: a.env", "`env_file`, line 3"),
    ],
)
def test_variables_whose_values_stand_elsewhere_are_left_open(a: str, opened: str) -> None:
    table = services(a)
    assert said(table, "/") == f"{OPEN} {opened}"
    heavier = services(a, "environment: {VIRTUAL_HOST: b.example, VIRTUAL_HOST_WEIGHT: 5}")
    known = "HOST_WEIGHT" not in a and "VIRTUAL_HOST" in a and "env_file" not in a
    assert said(heavier, "/", host="b.example") == ("backend b" if known else f"{OPEN} {opened}")


@pytest.mark.parametrize(
    ("a", "answer"),
    [
        ("environment: {VIRTUAL_HOST: a.example, VIRTUAL_HOST_WEIGHT: 1}, env_file: a.env", "backend a"),
        ("environment: [VIRTUAL_HOST=a.example]", "backend a"),
        ("environment: [OTHER=$HOSTS]", "backend a"),
        ("environment: [VIRTUAL_HOST=c.example]", "status 503"),
    ],
)
def test_those_that_stand_there_are_read(a: str, answer: str) -> None:
    table = services(a)
    assert not left_open(table)
    assert said(table, "/") == answer


def test_only_what_the_proxy_is_linked_to_may_have_more_variables() -> None:
    more = "  db: {image: db, env_file: db.env}\n"
    assert not left_open(routing_of("x.yml", f"{SERVICES}  a: {{image: a, environment: [VIRTUAL_HOST=a.example]}}\n{more}"))
    with pytest.raises(LookupError):
        routing_of("x.yml", f"services:\n{more}")
