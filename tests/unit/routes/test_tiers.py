"""Frontends behind frontends of the same haproxy: what both say counts, or it is left open who answers."""

from __future__ import annotations

import pytest

from tests.unit.routes.test_foreign_files import left_open, said
from twipc.formats.reading import routing_of
from twipc.routes.table import OPEN

TIER = """frontend in
    bind :80
    default_backend tier
backend tier
    server within %s
frontend second
    bind %s
    use_backend b if METH_POST
    default_backend %s
backend a
    http-request deny deny_status 403 if { path /deny }
    server s a:80
backend b
    server s b:80
"""


@pytest.mark.parametrize("socket", ["abns@x", "unix@/run/x", "/run/x"])
def test_a_frontend_behind_a_socket_says_what_it_says(socket: str) -> None:
    table = routing_of("x.cfg", TIER % (socket, socket.removeprefix("unix@"), "a"))
    assert said(table, "/", method="POST") == "backend b"
    assert said(table, "/") == "backend a"
    assert said(table, "/deny") == "status 403"


@pytest.mark.parametrize(
    ("server", "bind", "before"),
    [
        ("abns@x", ":81,abns@x", ""),
        ("abns@x backup", "abns@x", ""),
        ("abns@x\n    server other abns@x", "abns@x", ""),
        ("abns@x\n    server other 10.0.0.9:80 backup", "abns@x", ""),
        ("unix@/run/x", "unix@x", "global\n    unix-bind mode 600 prefix /run/\n"),
        ("/run/x", "/x", "global\n    unix-bind prefix /run\n"),
        ("abns@x", "abns@x", "global\n    chroot /var/lib/haproxy\n    unix-bind prefix /run\n"),
    ],
)
def test_however_a_backend_says_that_all_of_its_requests_go_there(server: str, bind: str, before: str) -> None:
    table = routing_of("x.cfg", before + TIER % (server, bind, "a"))
    assert not left_open(table)
    assert said(table, "/", method="POST") == "backend b"
    assert said(table, "/") == "backend a"


@pytest.mark.parametrize(
    ("server", "bind", "before"),
    [
        ("abns@x\n    server other 10.0.0.9:80", "abns@x", ""),
        ("10.0.0.9:80\n    server other abns@x backup", "abns@x", ""),
        ("/x", "/var/lib/haproxy/x", "global\n    chroot /var/lib/haproxy\n"),
        ("/run/x", "/x", "global\n    unix-bind prefix /run\n    unix-bind prefix /tmp\n"),
        ("/run/x", "/x", ""),
        ("fd@3", "fd@4", ""),
        ("127.0.0.1:81", ":81", ""),
        ("10.0.0.9:81", "10.0.0.9:81-82", ""),
    ],
)
def test_a_server_that_may_be_a_frontend_of_the_same_file_is_left_open(server: str, bind: str, before: str) -> None:
    table = routing_of("x.cfg", before + TIER % (server, bind, "a"), 80)
    (opened,) = left_open(table)
    assert opened.startswith("`server ")
    assert said(table, "/", method="POST") == said(table, "/") == f"{OPEN} {opened}"


@pytest.mark.parametrize("server", ["abns@y", "/run/y", "10.0.0.9:81", "127.0.0.1:82"])
def test_a_server_that_is_none_is_a_backend(server: str) -> None:
    table = routing_of("x.cfg", TIER % (server, ":81,abns@x,/run/x", "a"), 80)
    assert (left_open(table), said(table, "/")) == (set(), "backend tier")


def test_frontends_that_hand_requests_round_come_to_an_end() -> None:
    table = routing_of("x.cfg", TIER % ("abns@x", "abns@x", "tier"))
    assert said(table, "/", method="POST") == "backend b"
    assert said(table, "/").startswith(OPEN)
