"""Hosts as they come and as they are read: asked are both, where one of two tables tells them apart."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twipc.formats.reading import routing_of
from twipc.routes.automaton import Automaton
from twipc.routes.compare import Difference, differences
from twipc.routes.expression import expression
from twipc.routes.hosts import HOSTS, PLAIN_HOSTS, Read, before_colon, lowered, read
from twipc.routes.pattern import Pattern
from twipc.routes.said import hosts as said_hosts
from twipc.routes.table import Site

NAMES = ("a", "A", "b.a", "B.a", "a_b", "[::1]", "[2001:DB8::1]", "-", "x80", "8")
HEARD = st.builds(
    "".join, st.tuples(st.sampled_from(NAMES), st.sampled_from(("", ".")), st.sampled_from(("", ":", ":80", ":8")))
)
SAID = ("^a$", "a", r"\.", "^$", "8", "^b", r"a\.$", "^[[]", ":", "1]$", "(a|_b)+$", "[a-c]{1,2}$", "80$", "A")


HEARD = HEARD.filter(lambda host: "]." not in host)  # which no server takes


def finds(pattern: Pattern, text: str) -> bool:
    automaton = Automaton((pattern,))
    return automaton.taker(automaton.walk(text.encode())) is not None


@settings(max_examples=300, deadline=None)
@given(HEARD, st.sampled_from(SAID))
def test_a_pattern_is_found_in_a_host_as_in_what_is_read_of_it(host: str, said: str) -> None:
    looked = expression(said)
    machine = Read(Automaton((looked,)))
    state = machine.start
    for byte in host.encode():
        assert sum(of >> byte & 1 for of, _ in machine.edges(state)) == 1
        state = next(target for of, target in machine.edges(state) if of >> byte & 1)
    assert (machine.taker(state) is not None) == finds(looked, read(host))
    assert finds(lowered(looked), host) == finds(looked, host.lower())
    assert finds(before_colon(looked), host) == finds(looked, host.partition(":")[0])


@settings(max_examples=200, deadline=None)
@given(HEARD)
def test_what_comes_is_a_host_and_what_is_read_of_it_a_plain_one(host: str) -> None:
    assert finds(HOSTS, host)
    assert finds(PLAIN_HOSTS, read(host))
    assert finds(PLAIN_HOSTS, host) == (read(host) == host)


@pytest.mark.parametrize("host", ["", ".", "a..b", ".a", "a:b", "a:800000", "[::1", "[a]", "a b", "[::1]x", "[::1].", "é"])
def test_what_is_no_host_is_not_asked(host: str) -> None:
    assert not finds(HOSTS, host)


def nginx(*servers: str) -> Site:
    return of("x.conf", "\n".join(f"server {{ listen 80; {server} }}" for server in servers))


def haproxy(*lines: str) -> Site:
    rules = "\n".join(f"    {line}" for line in lines)
    return of("x.cfg", f"frontend in\n    bind :80\n{rules}\n    http-request return status 404\n")


def of(name: str, text: str) -> Site:
    return Site(name, {name: routing_of(name, text)})


def told(one: Site, other: Site) -> list[tuple[str, str, str]]:
    """The host of each difference, with both answers."""
    return [(each.request.case.host, str(each.one), str(each.other)) for each in differences(one, other)]


REST = "server_name rest.example; return 404;"


@pytest.mark.parametrize("host", ["my_app", "_x", "[::1]", "[2001:db8::1]", "a-.example"])
def test_any_host_that_a_server_can_have_is_asked_for(host: str) -> None:
    assert told(nginx(REST, f"server_name {host}; return 200;"), nginx(REST)) == [(host, "status 200", "status 404")]
    assert told(nginx(REST), haproxy(f"http-request return status 200 if {{ hdr(host) {host} }}"))[0][0] == host


LETTERS = "http-request return status 200 if { hdr(host) -i a.example }"
SERVER = "server_name a.example; return 200;"


@pytest.mark.parametrize(
    ("line", "hosts"),
    [
        ("hdr(host) a.example", {"a.examplE", "a.example."}),
        ("hdr(host) -i a.example", {"a.example."}),
        ("hdr(host),lower a.example", {"a.example."}),
        ("hdr(host),field(1,:) a.example", {"a.examplE", "a.example."}),
        ("hdr(host),lower,field(1,:) a.example", {"a.example."}),
        ("hdr(host) -m reg -i ^a[.]example[.]?(:[0-9]*)?$", set()),
        ("hdr_beg(host) -i a.example", {"a.examplea"}),
    ],
)
def test_a_host_that_is_matched_as_it_comes_is_not_the_same(line: str, hosts: set[str]) -> None:
    found = differences(nginx(REST, SERVER), haproxy(f"http-request return status 200 if {{ {line} }}"))
    # Which of them is told, the rules say: each pair of them is told once.
    assert bool(found) == bool(hosts)
    assert {each.request.case.host for each in found} <= hosts
    assert all(by_host(each) for each in found if each.request.case.host != "a.examplea")


def by_host(each: Difference) -> bool:
    return each.by_host and not each.plain and not each.request.case.plain


def test_a_host_with_a_port_differs_where_it_is_not_cut_off() -> None:
    one = haproxy("http-request return status 200 if { hdr(host) a.example }")
    other = haproxy("http-request return status 200 if { hdr(host),field(1,:) a.example }")
    assert told(one, other) == [("a.example:", "status 404", "status 200")]
    port = haproxy("http-request return status 200 if { hdr(host) a.example a.example:8080 }")
    assert told(one, port) == [("a.example:8080", "status 404", "status 200")]


def test_what_nginx_asks_of_the_header_itself_is_asked_as_it_comes() -> None:
    read_it, as_it_came = (f"if ({variable} = a.example) {{ return 200; }} return 404;" for variable in ("$host", "$http_host"))
    assert told(nginx(read_it), nginx(as_it_came)) == [("a.examplE", "status 200", "status 404")]
    assert told(nginx(as_it_came), haproxy("http-request return status 200 if { hdr(host) a.example }")) == []


def test_a_file_that_matches_hosts_as_they_come_is_itself() -> None:
    both = haproxy(LETTERS, "http-request return status 201 if { hdr_end(host) .b.example } !{ hdr(host) x.b.example }")
    assert told(both, both) == []


def test_a_virtual_host_is_one_with_the_port_of_its_frontend_too() -> None:
    services = "services:\n  a: {image: a, environment: {VIRTUAL_HOST: 'a.example'}}\n"
    other = haproxy("http-request return status 200 if { hdr(host) -i a.example a.example:80 }")
    found = differences(of("x.yml", services), other)
    assert {(str(each.one), str(each.other)) for each in found} == {("status 503", "status 404"), ("backend a", "status 200")}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("hdr(host) a.example b.example", "a.example, b.example as it comes"),
        ("hdr_end(host) -i .a.example", "*.a.example as it comes"),
        ("hdr_reg(host) ^x[0-9]+[.]y(a|$)", "x[0-9]+.y((a|$))* as it comes"),
        ("hdr_sub(host) q", "*q* as it comes"),
        ("hdr_reg(host) ^[a-z]{2}z?.{3,4}$", "[a-z]{2}z?.{3,4} as it comes"),
        (f"hdr(host) {'a' * 80}", f"{'a' * 59}… as it comes"),
    ],
)
def test_hosts_are_told_in_words(line: str, words: str) -> None:
    table = haproxy(f"http-request return status 200 if {{ {line} }}").tables["x.cfg"]
    assert said_hosts(table.rules[0].hosts) == words
