"""What shells complete: what is there to be said, and elsewhere files, which they find themselves."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import chdir
from pathlib import Path

import pytest
from click.shell_completion import BashComplete

from tests.cli import ROOT, project
from twipc.catalogue import codes
from twipc.cli import cli


def completed(root: Path, *words: str) -> list[tuple[str, str]]:
    """What is offered for the last word, each with what kind it is."""
    with chdir(root):
        found = BashComplete(cli, {}, "twipc", "_TWIPC_COMPLETE").get_completions(list(words[:-1]), words[-1])
    return [(one.value, one.type) for one in found]


@pytest.mark.parametrize(
    "words",
    [("compile",), ("lint",), ("verify",), ("pack",), ("up",), ("deploy",), ("routes", "table"), ("routes", "diff"), ("test",)],
)
def test_an_environment_is_completed_and_what_others_extend_is_none(words: tuple[str, ...], tmp_path: Path) -> None:
    folder = project(tmp_path) / "app"
    folder.mkdir()
    assert completed(folder, *words, "") == [("prod", "plain")]
    assert completed(folder, *words, "p") == [("prod", "plain")]
    assert completed(folder, *words, "../specs/p") == [("../specs/p", "file")]


def test_targets_codes_and_places_are_completed(tmp_path: Path) -> None:
    assert completed(tmp_path, "compile", "--target", "comp") == [("compose", "plain"), ("compose-2.4", "plain")]
    assert completed(tmp_path, "explain", "TW40") == [(code, "plain") for code in codes() if code.startswith("TW40")]
    assert completed(tmp_path, "explain", "services.*.http.en")[0] == ("services.*.http.engine", "plain")
    assert completed(tmp_path, "explain", "nothing") == []


def test_what_cannot_be_looked_at_is_not_told(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    with chdir(gone):
        gone.rmdir()
        found = BashComplete(cli, {}, "twipc", "_TWIPC_COMPLETE").get_completions(["lint"], "p")
    assert [one.type for one in found] == ["file"]


def test_bash_completes_as_the_readme_says(tmp_path: Path) -> None:
    bash = shutil.which("bash")
    assert bash
    program = tmp_path / "bin" / "twipc"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m twipc "$@"\n')
    program.chmod(0o755)
    script = (
        'eval "$(_TWIPC_COMPLETE=bash_source twipc)"\n'
        "COMP_WORDS=(twipc compile pr) COMP_CWORD=2\n"
        "_twipc_completion twipc\n"
        'echo "${COMPREPLY[@]}"\n'
    )
    around = {**os.environ, "PYTHONPATH": str(ROOT), "PATH": f"{program.parent}:{os.environ['PATH']}"}
    done = subprocess.run([bash, "-c", script], cwd=project(tmp_path), capture_output=True, text=True, check=False, env=around)
    assert (done.stdout, done.stderr) == ("prod\n", "")
