"""Production, from its committed artifacts: haproxy before one static and one web, and its statistics behind their secret."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import pytest

from tests.e2e.environment import composed
from tests.e2e.lab import Failed, Lab
from tests.e2e.page import linked

pytestmark = [pytest.mark.xdist_group("lab"), pytest.mark.timeout(900)]

STATS = 1936


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"}


def test_production_serves(lab: Lab, project: Path) -> None:
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
    assert prod.left() == []


def test_production_does_not_come_up_without_its_secret(lab: Lab, project: Path) -> None:
    with pytest.raises(Failed, match="haproxy-stats"), composed(lab, project, "prod"):
        pytest.fail("it came up")
