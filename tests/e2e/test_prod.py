"""Production as a user has it: its secret made by a line that is told, up, asked, measured, scaled and changed under load."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dockerd import Failed
from tests.e2e.environment import Twip
from tests.e2e.lab import Lab
from tests.e2e.lab.bases import HAPROXY
from tests.e2e.load import asked_all_the_while
from tests.e2e.page import linked
from tests.e2e.statistics import PORT, basic, until_it_has

pytestmark = [pytest.mark.xdist_group("lab"), pytest.mark.timeout(900)]

LOGO = "/images/logo.svg"


@pytest.fixture(scope="module")
def prod(lab: Lab, project: Path) -> Iterator[Twip]:
    twip = Twip(lab, project, "prod")
    without_a_secret(twip)
    twip.made_secret()
    with twip.up():
        yield twip


@pytest.fixture
def password(prod: Twip) -> str:
    return (prod.project / ".secrets/prod/haproxy-stats").read_text().strip()


def without_a_secret(prod: Twip) -> None:
    """Neither Docker nor haproxy itself starts without it."""
    with pytest.raises(Failed, match="haproxy-stats"):
        prod.compose("up", "--detach", "--no-deps", "proxy")
    prod.compose("down", "--volumes")
    folder = prod.project / "out/prod/compose/proxy"
    with pytest.raises(Failed, match=r"/run/secrets/haproxy-stats"):
        prod.lab.engine.docker("run", "--rm", "--volume", f"{folder}:/usr/local/etc/haproxy:ro", HAPROXY.name)


def test_production_is_what_its_spec_says(prod: Twip) -> None:
    prod.run("status")
    assert "nothing was to change" in prod.run("up").stderr
    routes = prod.run("test").stdout
    assert "twip-prod-static-" in routes
    assert "twip-prod-web-" in routes
    figures = prod.bench()
    assert (figures["requests"], figures["lost"], figures["non_2xx"]) == (1000, 0, 0)


def test_haproxy_sends_each_path_where_it_belongs(lab: Lab, prod: Twip) -> None:
    page = lab.ask("/")
    assert page.status == 200
    assert page.headers["served-by"] in {one["Id"][:12] for one in prod.containers("web")}
    used = {path: lab.ask(path) for path in linked(page.text)}
    assert {answer.status for answer in used.values()} == {200}
    assert [answer.headers.get("served-by") for answer in used.values()] == [None] * len(used)


def test_statistics_are_behind_their_secret_and_on_the_loopback(lab: Lab, password: str) -> None:
    asked = {given: lab.ask("/", PORT, to="127.0.0.1", headers=basic("stats", given)).status for given in ("", "no", password)}
    assert asked == {"": 401, "no": 401, password: 200}
    assert lab.ask("/", PORT, to="127.0.0.1").status == 401
    if not lab.is_shared:
        with pytest.raises(OSError, match="refused"):
            lab.ask("/", PORT)


def test_static_from_one_to_three_and_back_loses_nothing_and_needs_no_reload(lab: Lab, prod: Twip, password: str) -> None:
    (proxy,) = prod.ids("proxy")
    before = prod.processes(proxy, "haproxy")
    with asked_all_the_while(lab, LOGO, between=0.01) as answers:
        for count in (1, 3, 1):
            prod.run("scale", f"static={count}")
            until_it_has(lab, password, "static", count)
    assert set(answers) == {200}, answers
    # A reload would be another process.
    assert prod.processes(proxy, "haproxy") == before != []
    assert "should have 2" in prod.run("status", code=1).stdout
    prod.run("up")
    prod.run("status")


def test_a_redeploy_loses_nothing_of_what_has_no_state(lab: Lab, prod: Twip) -> None:
    """Plain `docker compose up` lost 1,197 of 3,792 requests."""
    before = prod.ids("static")
    pages = "      error_pages: [{status: [404], page: app/static/404.html}]\n"
    prod.changed(pages, f"{pages}      response_headers: {{X-Version: second}}\n")
    with asked_all_the_while(lab, LOGO) as answers:
        assert "beside the old one" in prod.run("up").stderr
    assert set(answers) == {200}, answers
    assert answers.total() > 1000
    assert set(before).isdisjoint(prod.ids("static"))
    assert lab.ask(LOGO).headers["x-version"] == "second"
    prod.run("status")


def test_a_changed_route_reaches_the_running_proxy_with_one_up(lab: Lab, prod: Twip) -> None:
    others = prod.ids("static") + prod.ids("web")
    assert lab.ask("/styles/news.css").status == 200
    assert lab.ask("/about").status == 404
    last = "        - {match: {prefix: /}, backend: app}\n"
    prod.changed(last, f"        - {{match: {{exact: /about}}, redirect: {{to: /, status: 302}}}}\n{last}")
    # Until then the proxy has what it had: what is deployed changes by `up` alone.
    assert lab.ask("/about").status == 404
    prod.run("up")
    answer = lab.ask("/about")
    assert (answer.status, answer.headers["location"]) == (302, "/")
    assert lab.ask("/").status == lab.ask(LOGO).status == 200
    assert prod.ids("static") + prod.ids("web") == others
    assert "/about" in prod.run("test").stdout
    prod.run("status")
