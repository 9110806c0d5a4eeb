"""Production, from its committed artifacts: what serves what, who takes over, and statistics behind their secret."""

from __future__ import annotations

import time
from base64 import b64encode
from pathlib import Path

import pytest

from tests.e2e.environment import add, composed
from tests.e2e.lab import Failed, Lab
from tests.e2e.page import linked

pytestmark = [pytest.mark.xdist_group("lab"), pytest.mark.timeout(900)]

STATS = 1936


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"}


def test_production_serves_and_its_standby_takes_over_with_all_news(lab: Lab, project: Path) -> None:
    secret = project / ".secrets/prod/haproxy-stats"
    secret.parent.mkdir(parents=True)
    secret.write_text("not a real one\n")
    with composed(lab, project, "prod") as prod:
        page = lab.ask("/")
        assert page.status == 200
        assert page.headers["served-by"]
        used = {path: lab.ask(path) for path in linked(page.text)}
        assert {answer.status for answer in used.values()} == {200}
        assert [answer.headers.get("served-by") for answer in used.values()] == [None] * len(used)
        # Published on the loopback alone, and closed without the secret.
        asked = {
            password: lab.ask("/", STATS, to="127.0.0.1", headers=basic("stats", password)).status
            for password in ("", "wrong", "not a real one")
        }
        assert asked == {"": 401, "wrong": 401, "not a real one": 200}
        if lab.server != "127.0.0.1":
            with pytest.raises(OSError, match="refused"):
                lab.ask("/", STATS)
        assert add(lab, "before").status == 201
        taken_over(lab, page.headers["served-by"])
        assert lab.ask("/news").text == "before\n"
        assert add(lab, "after").status == 201
    assert prod.left() == []


def taken_over(lab: Lab, active: str) -> None:
    """Ends the web that works; the one that waited answers after it. How soon is not asked here."""
    lab.engine.docker("kill", active)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        answer = lab.ask("/news")
        if answer.status == 200:
            assert answer.headers["served-by"] != active
            return
    raise TimeoutError("nobody took over")


def test_production_does_not_come_up_without_its_secret(lab: Lab, project: Path) -> None:
    with pytest.raises(Failed, match="haproxy-stats"), composed(lab, project, "prod"):
        pytest.fail("it came up")
