"""What a path takes besides what it looks like is told, and nothing of paths that are as they look."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.compiling import compiled_text


def told(*routes: dict[str, Any]) -> list[tuple[str, str]]:
    http = {"engine": {"name": "nginx", "version": "1.30"}, "listen": 8080, "default": {"status": 404}, "routes": list(routes)}
    spec = {
        "twipc": 1,
        "project": "shop",
        "environment": "prod",
        "targets": {"nginx": {}},
        "services": {"edge": {"image": "shop/files:1", "http": http}},
    }
    found = compiled_text(json.dumps(spec)).findings
    return [(one.code.id, one.message) for one in found if one.code.id in ("TW491", "TW492")]


def files(**match: object) -> dict[str, Any]:
    return {"match": match, "files": "/srv/a"}


@pytest.mark.parametrize(
    ("glob", "longer"),
    [("/images**", "/imagesx"), ("/a/b**.png", "/a/bx.png"), ("/a**/b", "/ax/b"), ("/**.png", ""), ("/a/**", "")],
)
def test_a_glob_that_takes_longer_names_is_told(glob: str, longer: str) -> None:
    assert [message.split("`")[3] for _, message in told(files(glob=[glob]))] == ([longer] if longer else [])


@pytest.mark.parametrize(
    ("second", "codes"),
    [
        ({"match": {"prefix": ["/images/"]}, "files": "/srv/b"}, ["TW492"]),
        ({"match": {"exact": ["/IMAGES/"]}, "files": "/srv/b"}, ["TW492"]),
        (files(prefix=["/images/"]), []),
        ({"match": {"prefix": ["/images/"]}, "redirect": "/Images/"}, []),
        ({"match": {"prefix": ["/image/"]}, "files": "/srv/b"}, []),
    ],
)
def test_another_spelling_that_leads_elsewhere_is_told(second: dict[str, Any], codes: list[str]) -> None:
    assert [code for code, _ in told(files(prefix=["/Images/"]), second)] == codes
