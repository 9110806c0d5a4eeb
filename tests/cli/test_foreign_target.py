"""A target that another package offers: found by its entry point, held to the same promise."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.cli.scenes import project
from tests.compiling import ROOT

SPEC = """\
twipc: 1
project: shop
environment: prod
targets: {paper: {}}
services:
  web:
    image: shop/web:1
    health: {command: [check]}
    mounts: {/data: news}
volumes: {news: {access: single-writer}}
"""


def twipc(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests' / 'foreign'}"}
    command = [sys.executable, "-m", "twipc", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_it_is_listed_and_its_losses_are_told(tmp_path: Path) -> None:
    project(tmp_path, SPEC)
    assert "paper" in twipc(tmp_path, "targets").stdout
    ran = twipc(tmp_path, "lint", "--format", "json")
    found = {finding["code"]: finding for finding in json.loads(ran.stdout)["findings"]}
    assert ran.returncode == 1
    assert set(found) == {"TW501", "TW503", "TW510", "TW514"}
    assert found["TW510"]["at"] == "volumes.news.access"
    assert found["TW503"]["at"] == "targets.paper"
    assert not (tmp_path / "out").exists()


def test_what_it_can_say_is_written_and_verified(tmp_path: Path) -> None:
    project(
        tmp_path, "twipc: 1\nproject: shop\nenvironment: prod\ntargets: {paper: {}}\nservices: {web: {image: shop/web:1}}\n"
    )
    assert twipc(tmp_path, "compile").returncode == 0
    assert (tmp_path / "out/prod/paper/plan.txt").read_text() == "web 1 shop/web:1\n"
    assert twipc(tmp_path, "verify").returncode == 0


def test_an_emitter_that_lies_is_our_bug_and_nothing_is_written(tmp_path: Path) -> None:
    project(
        tmp_path,
        "twipc: 1\nproject: shop\nenvironment: prod\ntargets: {paper: {lie: true}}\nservices: {web: {image: shop/web:1}}\n",
    )
    ran = twipc(tmp_path, "compile")
    assert ran.returncode == 70
    assert "service.replicas of web: says 2, the spec says 1" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not (tmp_path / "out").exists()
