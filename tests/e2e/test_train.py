"""Training, from its committed artifacts: what serves what, who gets which web, and what is left afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.environment import add, composed
from tests.e2e.lab import Lab
from tests.e2e.page import linked

pytestmark = [pytest.mark.xdist_group("lab"), pytest.mark.timeout(900)]


def test_training_serves_and_keeps_its_news(lab: Lab, project: Path) -> None:
    with composed(lab, project, "train") as train:
        page = lab.ask("/")
        assert (page.status, page.headers["content-type"]) == (200, "text/html;charset=utf-8")
        # What the page uses comes from nginx itself, by its type, and no web is asked for it.
        used = {path: lab.ask(path) for path in linked(page.text)}
        assert {path.split("/")[1] for path in used} == {"images", "styles"}
        assert {answer.status for answer in used.values()} == {200}
        assert [answer.headers.get("served-by") for answer in used.values()] == [None] * len(used)
        types = {path.rpartition(".")[2]: answer.headers["content-type"] for path, answer in used.items()}
        assert types == {"css": "text/css", "png": "image/png", "svg": "image/svg+xml"}

        assert add(lab, "before").status == 201
        assert "<p>before</p>" in lab.ask("/").text
        train.down()
        with pytest.raises(OSError, match=r"refused|reset"):
            lab.ask("/")
        train.up()
        # The same client finds them again, and no other web has them.
        assert lab.ask("/news").text == "before\n"
        assert train.news() == ["before"]
    assert train.left() == []


def test_a_client_stays_with_its_web(lab: Lab, project: Path) -> None:
    if not lab.clients:
        pytest.skip("addresses of clients missing (only an engine of the tests' own has several)")
    with composed(lab, project, "train"):
        webs = {client: {lab.ask("/", source=client).headers["served-by"] for _ in range(5)} for client in lab.clients}
        assert {len(one) for one in webs.values()} == {1}
        assert len(set.union(*webs.values())) == 2
        # Each has its own journal: who asks from the same address sees what was added there.
        for client in lab.clients[:8]:
            assert add(lab, f"from {client}", source=client).status == 201
            assert f"from {client}\n" in lab.ask("/news", source=client).text
