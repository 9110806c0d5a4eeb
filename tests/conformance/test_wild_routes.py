"""Configurations as people have them: what a table says of a request the engine does, and what is not understood is named."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from itertools import product
from pathlib import Path

import pytest

from tests.conformance.live import Answer, Backend, Request, Scenario, Step, Wait, run
from tests.conformance.test_foreign_routes import HAPROXY, NGINX
from twipc.formats.reading import routing_of
from twipc.routes.cases import Case
from twipc.routes.compare import differences, reads_raw
from twipc.routes.follow import taken
from twipc.routes.hidden import hidden
from twipc.routes.leaks import leaks
from twipc.routes.request import Refused, asked
from twipc.routes.table import OPEN, Site, Table
from twipc.routes.table import Answer as Answered

PORT, UP = 8080, 8099
NAMES = ("one", "two", "three", "four")
MEMBERS = tuple(Backend(name, (f"10.0.3.{index}",), PORT) for index, name in enumerate(NAMES, 1))
FOLDER = Path(__file__).with_name("wild")
FILES = sorted(path.name for path in FOLDER.iterdir())
DISK = {
    "/srv/blog/index.php": "x",
    "/srv/a": "x",
    "/srv/left.html": "x",
    "/srv/empty.html": "x",
    "/etc/nginx/wild.d/a.conf": "server { listen 8080; server_name www.wild.example; return 417; }",
    "/etc/nginx/snippets/more.conf": "location /more { return 418; }",
    "/etc/haproxy/paths.map": "/map/two two\n",
    "/etc/haproxy/paths.lst": "/list\n",
}
HOSTS = ("twip.example", "a.example", "www.a.example", "x.b.example", "old.example")
OTHER_HOSTS = ("my_app", "_x.a.example", "[::1]", "[2001:db8::1]")
METHODS = ("GET", "POST", "DELETE", "FOO")
LEFT_OPEN = {
    "acls.cfg": {"`src 10.0.0.0/8`, line 17"},
    "conditional.cfg": {
        "`nbsrv(one) gt 0`, line 8",
        "`path -m found`, line 12",
        "`path_len gt 20`, line 11",
        "`tcp-request content`, line 7",
        "`use_backend two`, line 5",
    },
    "backends.cfg": {"`replace-path`, line 10", "`set-path`, line 19", "`set-path`, line 22", "`use-server t`, line 14"},
    "defaults.cfg": {"`set-path`, line 27"},
    "hosts.cfg": {"`base_beg a.example/four`, line 9", "`set-header`, line 4", "`url_beg /four`, line 10"},
    "inherited.cfg": set(),
    "names.cfg": {"`hdr(host),host_only -i [2001:db8::1]`, line 11"},
    "names.conf": set(),
    "listen.cfg": set(),
    "normal.cfg": {"`set-method`, line 6", "`set-path`, line 5"},
    "order.cfg": {
        "`%[path,map_beg(/etc/haproxy/paths.map,four)]`, line 12",
        "`path -m beg -f /etc/haproxy/paths.lst`, line 13",
        "`path,lower -m beg /three`, line 10",
        "`src 127.0.0.0/8`, line 11",
        "`var(txn.host) -m str a.example`, line 9",
        "`var(txn.path) -m beg /lower`, line 8",
    },
    "tiers.cfg": {"`set-path`, line 35", "`use_backend two`, line 41"},
    "addresses.conf": {"`listen`, line 6", "`listen`, line 7"},
    "errors.conf": {"`break`, line 25", *(f"`error_page`, line {line}" for line in (8, 9, 12, 23))},
    "families.conf": {"`listen`, line 5"},
    "machine.conf": {"`server_name`, line 5"},
    "included.conf": {"`include`, line 2", "`include`, line 5"},
    "nested.conf": set(),
    "proxies.conf": set(),
    "rewrites.conf": {"`rewrite`, line 11", "`if`, line 15", "`rewrite`, line 16"},
    "slashes.conf": {"`merge_slashes`, line 4"},
    "spa.conf": {
        "`(?!` in `(?!x)yy/zz`, line 11",
        "`auth_request`, line 15",
        "`index`, line 8",
        "`index`, line 9",
        "`limit_except`, line 14",
        "`try_files`, line 7",
    },
    "variables.conf": {"`$chosen`, line 2", "`allow`, line 13", "`error_page`, line 16"},
    "wordpress.conf": {"`try_files`, line 13", *(f"`index`, line {line}" for line in (9, 10, 15, 16, 17))},
}
"""What each file leaves open, and the line where that stands."""
WHOLE = ("nested.conf", "proxies.conf", "acls.cfg", "defaults.cfg", "listen.cfg")
ALL_OPEN = ("included.conf", "slashes.conf")


def urls(name: str) -> list[str]:
    """Every path that a file names, and what is near it."""
    words = re.findall(r"/[a-zA-Z0-9_./-]*", re.sub(r"10\.0\.3\.|/srv|/etc\S+|https?://\S+", "", (FOLDER / name).read_text()))
    found = {"/", "/x.png", "/index.php", "/index.html", "/.htaccess", "/a/b.php", "/secret", "/y", "/rest", "/r/x", "/r/y"}
    for word in words:
        for more in ("", "/", "x", "/x", "/index.php", "/b.png", "/x/y.png"):
            found.add(f"{word.rstrip('/')}{more}" or "/")
        found |= {word.upper(), f"/{word}", f"/x{word}", word.replace("a", "%61")}
        # A page of haproxy's monitor is the whole URI; of all else a query chooses nothing.
        found |= {f"{word}?x=/two"} if word != "/alive" else set()
    return sorted(one for one in found if not isinstance(asked("GET", one)[1], Refused))


def hosts(name: str) -> list[str]:
    words = re.findall(r"\b[a-z.]+\.example\b", (FOLDER / name).read_text())
    found = {*HOSTS, *(word.strip(".") for word in words), "x.shop.example", "shop.org", "www.wild.example", *OTHER_HOSTS}
    return [host for one in sorted(found) for host in (one, written(one))]


def written(host: str) -> str:
    """The same host as it may come too."""
    ways = (f"{host}:{PORT}", f"{host}.", f"{host}.:1", host.upper(), host.capitalize())
    way = ways[sum(host.encode()) % len(ways)]
    return way.replace("].", "]")  # a dot behind an address both engines refuse


def said(name: str, case: Case, url: str) -> str:
    table = table_of(name)
    path = url.partition("?")[0].encode() if table.raw else asked("GET", url)[1]
    assert isinstance(path, bytes)
    found = taken(Site(name, {name: table}), case, path, raw=table.raw).answers
    return OPEN if any(one.kind == OPEN for one in found) else " or ".join(map(str, found))


@cache
def table_of(name: str) -> Table:
    return routing_of(name, (FOLDER / name).read_text(), PORT)


def agrees(of: str, answer: Answer) -> bool:
    kind, _, what = of.partition(" ")
    who = (answer.answered_by or "").partition("@")[0]
    match kind:
        case "backend":
            address = re.fullmatch(r"10\.0\.3\.([1-4]):8080", what)
            return who == (NAMES[int(address[1]) - 1] if address else what.partition("/")[0])
        case "status":
            return not who and str(answer.status) == what
        case "redirect":
            return not who and what.startswith(f"{answer.status} to ")
        case "files":
            return not who and answer.status in (200, 301, 403, 404, 405)
        case "module" | "statistics":
            return not who and answer.status in (200, 303, 405)
    return of.startswith("no answer") and not answer.status


def requests(name: str) -> list[tuple[Case, str]]:
    """Every path by GET and a host of the file's own; the others in turn."""
    paths, own = urls(name), hosts(name)
    both = [(Case("http", "GET", host), url) for url, host in product(paths, own)]
    turned = [(Case("http", METHODS[at % 4], own[at % len(own)]), url) for at, url in enumerate(paths)]
    return [*both[:: max(1, len(both) // 900)], *turned]


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("name", "tool"),
    [(name, tool) for name in FILES for tool in (("nginx",) if name.endswith(".conf") else ("haproxy", "haproxy-2.8"))],
)
def test_an_engine_does_what_the_table_says(name: str, tool: str) -> None:
    text = (FOLDER / name).read_text()
    nginx = tool == "nginx"
    whole = NGINX % f"{text}\nserver {{ listen {UP}; return 200; }}" if nginx else HAPROXY % text
    if not nginx:
        whole += f"frontend up\n    bind :{UP}\n    http-request return status 200\n"
    file = "/etc/nginx/nginx.conf" if nginx else "/usr/local/etc/haproxy/haproxy.cfg"
    asks = requests(name)
    steps: tuple[Step, ...] = (
        Wait(Request("/", port=UP)),
        *(Request(url, case.method, PORT, case.host) for case, url in asks),
    )
    report = run(Scenario(tool, {file: whole, **DISK}, steps, {}, MEMBERS))
    assert report.exit_code is None, report.stderr
    wanted = [said(name, case, url) for case, url in asks]
    wrong = [
        f"{case.method} {case.host}{url}: said {of}, is {answer.status} {answer.answered_by} {answer.error}"
        for (case, url), of, answer in zip(asks, wanted, report.answers, strict=True)
        if of != OPEN and not agrees(of, answer)
    ]
    assert not wrong, "\n".join([f"{len(wrong)} of {len(asks)}", *wrong[:15]])


@pytest.mark.parametrize("name", FILES)
def test_what_is_not_understood_is_named_with_its_line(name: str) -> None:
    assert left_open(name) == LEFT_OPEN[name]


def left_open(name: str) -> set[str]:
    table = table_of(name)
    leads = [one for outcome in (*(rule.leads for rule in table.rules), table.default) for one in outcome]
    return {one.what for one in leads if isinstance(one, Answered) and one.kind == OPEN}


@pytest.mark.parametrize("name", FILES)
def test_a_file_answers_as_it_does_itself_and_is_compared_with_every_other(name: str) -> None:
    own = Site(name, {name: table_of(name)})
    assert not [each for each in differences(own, own) if not each.open]
    assert {each.number for each in hidden(table_of(name))} <= set(range(len(table_of(name).rules)))
    assert isinstance(leaks(table_of(name)), list)
    other = FILES[FILES.index(name) - 1]
    for each in differences(own, Site(other, {other: table_of(other)})):
        path = each.request.path.encode() if reads_raw(own, Site(other, {other: table_of(other)})) else b""
        assert not path or taken(own, each.request.case, path, raw=True).answers == each.one.answers


@pytest.mark.parametrize("name", WHOLE)
def test_what_people_mostly_write_is_understood(name: str) -> None:
    answers = Counter(said(name, *one) == OPEN for one in requests(name))
    assert answers[False] > 0.9 * answers.total()


@pytest.mark.parametrize("name", ALL_OPEN)
def test_what_may_be_anything_is_left_open_for_all(name: str) -> None:
    assert {said(name, *one) for one in requests(name)} == {OPEN}
