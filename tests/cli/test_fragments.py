"""Fragments are judged by themselves: what is wrong in one is told before an environment takes it, and once."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from tests.cli import BASE, HEAD, PROD, WEB, project, run, spec
from tests.cli.test_codes import MARK

WRONG = f"""\
{HEAD}targets: {{swarm: {{discovery: dsnrr}}, compsoe: {{}}}}  #! TW202 #! TW307
services:
  old:
    replicas: two  #! TW202
    imgae: shop/old:1  #! TW201
    env: {{API_TOKEN: hunter22, N: 5}}  #! TW465 #! TW202
    publish: [{{port: http}}, {{port: http, host: 99999}}]  #! TW203 #! TW202
    health: {{http: /up, command: [check]}}  #! TW204
    ulimits: {{nofile: -1}}  #! TW420
  Old: {{from: old}}  #! TW202
  new: {{from: [old]}}  #! TW208
  proxy:
    http:
      routes:
        - {{match: {{glob: "/[ab]"}}, backend: nowhere}}  #! TW490
        - {{match: {{host: shop.example.com}}}}  #! TW204 #! TW204
      backends: {{app: {{blance: source}}}}  #! TW201
volumes: {{news: {{acess: shared}}}}  #! TW201
"""
SOUND = f"""\
{HEAD}targets: {{ecs: {{launch: fargate}}}}
services:
  web: {{env: {{A: {{secret: key}}, B: null}}, publish: [{{port: http, host: 80}}], mounts: {{/data: news}},
    logging: {{driver: gelf}}}}
  web1: {{from: nowhere, replicas: 2, depends_on: [db]}}
  proxy:
    http:
      tls: {{listen: 8443}}
      rate_limit: {{requests: 5}}
      response_headers: {{Strict-Transport-Security: max-age=5}}
      routes: [{{match: {{prefix: /}}, backend: app}}]
      stats: {{}}
volumes: {{news: {{retention: keep}}}}
"""


def told(at: Path, *arguments: str) -> list[tuple[str, str, int]]:
    """All but that nothing extends it, which is so of most here."""
    found = run("lint", "--format", "json", *arguments, at=at).findings
    return [(one["code"], Path(one["span"]["file"]).stem, one["span"]["line"]) for one in found if one["code"] != "TW726"]


def marked(text: str) -> list[tuple[str, str, int]]:
    lines = enumerate(text.splitlines(), 1)
    return sorted((code, "other", number) for number, line in lines for code in MARK.findall(line))


def test_mistakes_of_a_fragment_that_no_environment_takes_are_told(tmp_path: Path) -> None:
    at = project(tmp_path, prod=spec("prod"), other=WRONG)
    assert sorted(told(at)) == marked(WRONG)
    assert run("lint", at=at).code == 1
    assert told(at, "prod") == []
    assert sorted(told(at, "other")) == marked(WRONG)
    # A compile is of environments: what they do not take is in no artifact.
    assert run("compile", at=at).code == 0


def test_what_an_extending_file_may_say_is_not_missed(tmp_path: Path) -> None:
    assert told(project(tmp_path, prod=spec("prod"), other=SOUND)) == []


def test_what_an_environment_takes_is_told_once(tmp_path: Path) -> None:
    base = BASE.replace("ports:", "replcias: 2\n    ports:")
    assert told(project(tmp_path, base=base, prod=PROD)) == [("TW201", "base", 6)]


def test_a_fragment_of_another_version_is_told(tmp_path: Path) -> None:
    at = project(tmp_path, prod=spec("prod"), other="twipc: 2\nservices: {web: 5}\n")
    assert told(at) == [("TW205", "other", 1)]


def test_a_comment_in_a_fragment_ignores(tmp_path: Path) -> None:
    other = f"{HEAD}services:\n  old: {{env: {{API_TOKEN: hunter22}}}}"
    assert told(project(tmp_path, prod=spec("prod"), other=other)) == [("TW465", "other", 4)]
    other += "  # twipc: ignore[TW465] a token of the sandbox, for all to know\n"
    prod = spec("prod").replace("targets:", "extends: other.yaml\ntargets:")
    for environment in (spec("prod"), prod):
        at = project(tmp_path, prod=environment, other=other)
        for verb in ("lint", "compile", "verify"):
            assert not {*run(verb, "--strict", "--format", "json", at=at).codes} - {"TW726"}, (
                "it is not idle for who looks at environments alone"
            )


@pytest.mark.parametrize("kind", ["folder", "pipe", "socket", "link"])
def test_what_is_no_file_is_told_beside_all_else(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = project(tmp_path, prod=spec("prod", WEB + "    replicas: many\n"))
    there = at / "specs" / "x.yaml"
    monkeypatch.chdir(there.parent)  # the name of a socket is short
    with socket.socket(socket.AF_UNIX) as one:
        match kind:
            case "folder":
                there.mkdir()
            case "pipe":
                os.mkfifo(there)
            case "socket":
                one.bind("x.yaml")
            case _:
                there.symlink_to("nowhere")
        assert sorted(told(at)) == [("TW202", "prod", 9), ("TW210", "x", 1)]
        for verb in ("compile", "verify"):
            assert run(verb, at=at).code == 1
        assert run("lint", "x", at=at).code == 2


@pytest.mark.parametrize(
    ("others", "untaken"),
    [
        ({}, ["other"]),
        ({"late": f"{HEAD}extends: other.yaml\n"}, ["late"]),
        ({"late": spec("late").replace("targets:", "extends: ./other.yaml\ntargets:")}, []),
        # Who cannot be read may extend it.
        ({"late": "extends: other.yaml\n  x: ["}, []),
    ],
)
def test_a_fragment_that_nothing_extends_may_be_meant_as_an_environment(
    others: dict[str, str], untaken: list[str], tmp_path: Path
) -> None:
    at = project(tmp_path, prod=spec("prod"), other=HEAD + WEB, **others)
    found = [one for one in run("lint", "--format", "json", at=at).findings if one["code"] == "TW726"]
    assert [one["help"] for one in found] == [f"if it is one, write `environment: {name}`" for name in untaken]
    assert [one["span"]["file"] for one in found] == [f"specs/{name}.yaml" for name in untaken]
    assert run("lint", "prod", "--format", "json", at=at).codes == []
