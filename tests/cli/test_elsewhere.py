"""What would not compile for a target that the spec does not list: a note of `lint`, one for each target."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli import project, run, spec

LONG = "a" * 31
BODY = (
    f"services:\n  {LONG}: {{image: shop/web:1}}\n  b{LONG[1:]}: {{image: shop/web:1}}\n"
    "  web: {image: shop/web:1, health: {command: [check], interval: 10m}}\n"
)
STACK = f"shop-e{LONG[1:]}"
NOT_FOR_ECS = "compiles for compose; would not for ecs: `health.interval` of `web` has 600 s, 300 too many"
NOT_FOR_SWARM = f"compiles for compose; would not for swarm: `{STACK}_{LONG}` has 68 characters, 5 too many; and 1 more"


def linted(folder: Path, targets: str, body: str = BODY, verb: str = "lint") -> list[str]:
    name = f"e{LONG[1:]}"
    found = run(verb, "--format", "json", at=project(folder, **{name: spec(name, body, targets)})).findings
    return [one["message"] for one in found if one["code"] in ("TW467", "TW110")]


def test_each_other_target_is_said_once_with_how_many_more_there_are(tmp_path: Path) -> None:
    assert linted(tmp_path, "{compose: {}}") == [NOT_FOR_ECS, NOT_FOR_SWARM]


def test_every_place_is_told(tmp_path: Path) -> None:
    name = f"e{LONG[1:]}"
    ran = run("lint", "--format", "json", at=project(tmp_path, **{name: spec(name, BODY)}))
    (swarm,) = [one for one in ran.findings if one["message"] == NOT_FOR_SWARM]
    said = [(one["span"]["line"], one["message"]) for one in swarm["related"]]
    words = ((6, LONG), (7, f"b{LONG[1:]}"))
    assert said == [(line, f"here `{STACK}_{word}` has 68 characters, 5 too many") for line, word in words]
    text = run("lint", at=tmp_path).out
    assert all(message in text for _, message in said)


def test_what_fits_everywhere_is_said_by_nobody(tmp_path: Path) -> None:
    assert linted(tmp_path, "{compose: {}}", "services: {web: {image: shop/web:1, health: {command: [check]}}}\n") == []


def test_a_target_of_the_spec_is_not_elsewhere(tmp_path: Path) -> None:
    messages = linted(
        tmp_path, "{compose: {}, swarm: {}}", BODY.replace(f"  {LONG}", "  web1").replace(f"  b{LONG[1:]}", "  web2")
    )
    assert messages == [NOT_FOR_ECS.replace("compose;", "compose, swarm;")]


def test_a_spec_with_errors_of_its_own_has_those_first(tmp_path: Path) -> None:
    assert linted(tmp_path, "{compose: {}, swarm: {}}") == []


def test_compile_says_nothing_of_other_targets(tmp_path: Path) -> None:
    assert linted(tmp_path, "{compose: {}}", verb="compile") == []


IGNORING = "{compose: {}}  # twipc: ignore[TW467] one host, for good"


@pytest.mark.parametrize("verb", ["lint", "compile"])
def test_a_comment_at_the_targets_ignores_them_all_and_is_used_for_every_verb(tmp_path: Path, verb: str) -> None:
    assert linted(tmp_path, IGNORING, verb=verb) == []


def test_a_comment_that_ignores_none_is_said_by_lint_which_looks_for_them(tmp_path: Path) -> None:
    small = "services: {web: {image: shop/web:1}}\n"
    assert linted(tmp_path, IGNORING, small) == ["nothing to ignore: no TW467 on line 4"]
    assert linted(tmp_path, IGNORING, small, verb="compile") == []
