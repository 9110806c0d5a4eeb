"""What the README shows is so: its spec compiles, its finding is printed like that, its comment ignores."""

from __future__ import annotations

import re
from pathlib import Path

from tests.cli import ROOT, WEB, project, run, spec

BLOCKS: list[tuple[str, str]] = re.findall(r"^```(\w*)\n(.*?)^```$", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
AROUND = """\
twipc: 1
project: shop
environment: prod
targets: {compose: {}}
services:
  web: {image: shop/web:1, ports: {http: 80}}
  proxy:
    http:
      engine: {name: haproxy, version: "3.2"}
      listen: 8080
      backends: {app: {members: [web.http]}, static: {members: [web.http]}}
      default: {backend: static}
      routes:
LINE
        - {match: {prefix: /}, backend: app}
"""


def block(holds: str) -> str:
    (found,) = (text for _, text in BLOCKS if holds in text)
    return found


def test_the_spec_compiles(tmp_path: Path) -> None:
    ran = run("compile", "--strict", at=project(tmp_path, prod=block("# specs/prod.yaml")))
    assert ran.code == 0, ran.out
    assert sorted(path.name for path in (tmp_path / "out" / "prod").iterdir()) == ["compose", "nginx"]


def test_the_finding_is_printed_like_that(tmp_path: Path) -> None:
    shown = block("error[TW301]")
    (line,) = re.findall(r"^ +14 │ (.*)$", shown, re.MULTILINE)
    assert run("lint", at=project(tmp_path, prod=AROUND.replace("LINE", line))).out.strip() == shown.strip()


def test_the_comment_ignores(tmp_path: Path) -> None:
    ran = run("lint", "--strict", at=project(tmp_path, prod=spec("prod", WEB + block("twipc: ignore[TW415]"))))
    assert (ran.code, ran.out) == (0, "")
