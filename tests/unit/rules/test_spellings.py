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
    ("first", "second", "met"),
    [
        ({"host": ["a.example"]}, {"host": ["b.example"]}, False),
        ({"host": ["a.example"]}, {"host": ["b.example", "a.example"]}, True),
        ({"host": ["a.example"]}, {}, True),
        ({}, {"host": ["a.example"]}, True),
        ({"host": ["x.a.example"]}, {"host": ["*.a.example"]}, True),
        ({"host": ["*.example"]}, {"host": ["*.a.example"]}, True),
        ({"host": ["*.a.example"]}, {"host": ["a.example"]}, False),
        ({"method": ["GET"]}, {"method": ["POST"]}, False),
        ({"method": ["GET"]}, {"method": ["POST", "GET"]}, True),
        ({"method": ["GET"]}, {}, True),
        ({"host": ["a.example"], "method": ["GET"]}, {"host": ["a.example"], "method": ["POST"]}, False),
    ],
)
def test_another_spelling_is_told_where_a_request_may_mean_both(
    first: dict[str, Any], second: dict[str, Any], met: bool
) -> None:
    routes = files(prefix=["/Images/"], **first), {"match": {"prefix": ["/images/"], **second}, "files": "/srv/b"}
    assert [code for code, _ in told(*routes)] == (["TW492"] if met else [])


def test_each_spelling_is_held_against_all_before() -> None:
    """The first of them is asked by another host, the second leads to the same."""
    routes = [
        files(prefix=["/Images/"], host=["a.example"]),
        {"match": {"prefix": ["/IMAGES/"]}, "files": "/srv/b"},
        {"match": {"prefix": ["/ImageS/"], "host": ["b.example"]}, "files": "/srv/c"},
        {"match": {"prefix": ["/images/"], "host": ["b.example"]}, "files": "/srv/b"},
    ]
    assert [message.split("`")[3] for _, message in told(*routes)] == ["/Images/", "/IMAGES/", "/ImageS/"]


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
