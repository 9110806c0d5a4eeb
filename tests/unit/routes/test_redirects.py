"""Redirects are compared by what they answer, not by the words that say it."""

from __future__ import annotations

import pytest

from tests.unit.routes.test_hosts import REST, haproxy, nginx
from twipc.formats.reading import routing_of
from twipc.routes.compare import Difference, differences
from twipc.routes.table import OPEN, Site


def plain(found: list[Difference]) -> list[Difference]:
    return [each for each in found if each.plain]


@pytest.mark.parametrize(
    ("location", "rule", "alike"),
    [
        ("return 301 https://$host$request_uri;", "redirect scheme https code 301", True),
        ("return 302 https://$host$request_uri;", "redirect scheme https", True),
        ("return 301 https://$host$request_uri;", "redirect scheme https", False),
        ("return 301 https://$http_host$request_uri;", "redirect scheme https code 301", True),
        ("return 301 https://$host:443$request_uri;", "redirect scheme https code 301", True),
        ("return 301 https://$host:8443$request_uri;", "redirect scheme https code 301", False),
        ("return 301 https://$host$uri$is_args$args;", "redirect scheme https code 301", True),
        ("return 301 https://$host$uri;", "redirect scheme https code 301", False),
        ("return 301 https://$host$uri;", "redirect scheme https code 301 drop-query", True),
        ("return 301 https://x.example$request_uri;", "redirect prefix https://x.example code 301", True),
        ("return 301 $scheme://x.example$request_uri;", "redirect prefix http://x.example code 301", True),
        ("return 301 $scheme://x.example$request_uri;", "redirect location //x.example%[pathq] code 301", True),
        ("absolute_redirect off; return 301 //x.example/;", "redirect location //x.example/ code 301", True),
        ("return 301 //x.example/;", "redirect location //x.example/ code 301", False),
        ("rewrite ^ https://x.example$request_uri? permanent;", "redirect prefix https://x.example code 301", True),
        ("rewrite ^ https://x.example$request_uri permanent;", "redirect prefix https://x.example code 301", False),
        ("rewrite ^ https://x.example/y permanent;", "redirect location https://x.example/y code 301", False),
        ("rewrite ^ https://x.example/y? permanent;", "redirect location https://x.example/y code 301", True),
        ("return 301 /new;", "redirect location /new code 301", True),
        ("absolute_redirect off; return 301 /new;", "redirect location /new code 301", True),
        ("return 301 /new;", "redirect location http://%[hdr(host),lower]/new code 301", True),
        ("return 301 https://$host/{host};", "redirect location https://%[hdr(host)]/{host} code 301", True),
        ("return 301 https://$host/{host};", "redirect location https://%[hdr(host)]/%[hdr(host)] code 301", False),
    ],
)
def test_what_is_answered_is_compared(location: str, rule: str, alike: bool) -> None:
    location = location.replace("https://$host/{host}", '"https://$host/{host}"')
    found = plain(differences(nginx(f"location / {{ {location} }}"), haproxy(f"http-request {rule}")))
    assert (not found) == alike, [(str(each.request), str(each.one), str(each.other)) for each in found]


def test_a_host_that_comes_otherwise_is_told_otherwise() -> None:
    (found,) = differences(nginx("return 302 https://$host$request_uri;"), haproxy("http-request redirect scheme https"))
    assert (found.plain, found.by_host, found.request.case.plain) == (False, True, False)
    both = nginx("return 302 https://$http_host$request_uri;"), haproxy("http-request redirect scheme https")
    assert differences(*both) == []


def test_a_path_that_comes_encoded_is_told_otherwise() -> None:
    (found,) = differences(nginx("return 301 https://x$uri$is_args$args;"), nginx("return 301 https://x$request_uri;"))
    assert (found.plain, found.by_host) == (False, False)
    assert "%" in found.request.path or "//" in found.request.path


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("rewrite ^ http://y$request_uri? permanent;", "return 301 http://y$uri$is_args$args;"),
        ("rewrite ^ http://y$request_uri? permanent;", "return 301 http://y$request_uri;"),
        ("rewrite ^ http://y$request_uri? permanent;", "rewrite ^ http://y$uri permanent;"),
        ("rewrite ^ http://y$uri permanent;", "return 301 http://y$uri$is_args$args;"),
        ("absolute_redirect off; return 301 $request_uri;", "return 301 http://$host$request_uri;"),
    ],
)
def test_a_path_that_is_decoded_once_more_or_begins_a_target_is_told_otherwise(one: str, other: str) -> None:
    found = differences(nginx(f"location / {{ {one} }}"), nginx(f"location / {{ {other} }}"))
    assert found
    assert {each.plain for each in found} == {False}
    assert differences(nginx(f"location / {{ {one} }}"), nginx(f"location / {{ {one} }}")) == []


def test_a_path_that_may_be_a_host_is_told_otherwise() -> None:
    prefix, scheme = (haproxy(f"http-request redirect {to} code 301") for to in ("prefix /", "scheme http"))
    found = differences(prefix, scheme)
    assert {each.plain for each in found} == {False}
    assert found[0].request.path.startswith("//")
    slash, host = "absolute_redirect off; return 301 /$uri;", "return 301 http://$host/$uri;"
    assert plain(differences(nginx(f"location / {{ {slash} }}"), nginx(f"location / {{ {host} }}")))


def test_the_groups_of_a_rewrite_are_those_of_its_expression() -> None:
    one, other = (nginx(f"location / {{ rewrite {of} http://y/$1? permanent; }}") for of in ("^/(.*)$", "^(.*)$"))
    assert plain(differences(one, other))
    assert differences(one, nginx("location / { rewrite ^/(.*)$ http://y/$1? permanent; }")) == []


def test_a_host_that_only_one_name_can_be_is_that_name() -> None:
    named = nginx(REST, "server_name a.example; return 301 https://a.example$request_uri;")
    asked = nginx(REST, "server_name a.example; return 301 https://$host$request_uri;")
    of_server = nginx(REST, "server_name a.example b.example; return 301 https://$server_name$request_uri;")
    assert differences(named, asked) == []
    ((host, answer),) = [(each.request.case.host, str(each.other)) for each in differences(named, of_server)]
    assert (host, answer) == ("b.example", "redirect 301 to https://a.example{uri}")
    some = nginx(REST, "server_name *.a.example; return 301 https://x.a.example$request_uri;")
    others = nginx(REST, "server_name *.a.example; return 301 https://$host$request_uri;")
    assert len(differences(some, others)) == 1


@pytest.mark.parametrize("name", ["~^a$", "*.a.example", ""])
def test_a_name_of_a_server_that_is_none_is_left_open(name: str) -> None:
    server = f"server_name {name};" if name else ""
    table = nginx(f"{server} return 301 https://$server_name/;").tables["x.conf"]
    assert OPEN in {str(getattr(one, "kind", "")) for rule in table.rules for one in rule.leads}


def test_the_port_that_nginx_adds_is_its_own() -> None:
    def at(port: int, more: str = "") -> Site:
        text = f"server {{ listen {port}; {more} location /a/ {{ proxy_pass http://b; }} location / {{ return 301 /new; }} }}"
        return Site("x", {"x": routing_of("x.conf", text)})

    assert {str(each.other) for each in differences(at(80), at(8080))} == {
        "redirect 301 to {scheme}://{host}:8080/new",
        "redirect 301 to {scheme}://{host}:8080/a/{query}",
    }
    assert differences(at(80), at(8080, "port_in_redirect off;")) == []
