"""What a start takes is held down: nothing is made, or imported, that a run does not use."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.scenes import project
from tests.compiling import ROOT


def test_modules_with_nouns_do_not_postpone_their_annotations() -> None:
    texts = [path.read_text() for folder in ("twipc", "targets") for path in (ROOT / folder).rglob("*.py")]
    with_nouns = [text for text in texts if re.search(r"^class \w+\([\w.]*(Noun|Options)\):", text, re.MULTILINE)]
    assert len(with_nouns) > 5
    assert not [text for text in with_nouns if "from __future__ import annotations" in text]


def test_no_module_compiles_a_regular_expression_when_it_is_imported() -> None:
    files = [path for folder in ("twipc", "targets") for path in (ROOT / folder).rglob("*.py")]
    early = [path for path in files if re.search(r"^\S.*\bre\.compile\(", path.read_text(), re.MULTILINE)]
    assert len(files) > 100
    assert not early, "write `late_regex` of twipc.regex"


def imported(folder: Path, *arguments: str, **variables: str) -> set[str]:
    """What a run imports, but for what it finds by name: that shows by what this imports."""
    command = [sys.executable, "-X", "importtime", "-m", "twipc", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode in (0, 1), done.stderr
    return set(re.findall(r"^import time: .*\| +(\S+)$", done.stderr, re.MULTILINE))


def targets(modules: set[str]) -> set[str]:
    return {name.split(".")[2] for name in modules if name.startswith("twipc.targets.")}


UNUSED = {
    *(
        "difflib",
        "email.message",
        "importlib.metadata",
        "twipc.catalogue",
        "twipc.diagnostics.github",
        "twipc.diagnostics.sarif",
        "twipc.run",
    ),
    *("twipc.spec.drafted", "twipc.spec.lock"),
    *("twipc.target.runtime", "twipc.targets.compose.runtime", "twipc.targets.swarm.runtime"),
    *("twipc.target.deploying", "twipc.targets.ecs.deploying.stack"),
}
"""What a sound spec has no use for, whatever it says."""
PLAIN = "twipc: 1\nproject: shop\nenvironment: prod\ntargets: {compose: {}}\nservices: {web: {image: shop/web:1}}\n"


def test_a_compile_imports_what_its_spec_uses(tmp_path: Path) -> None:
    project(tmp_path, PLAIN)
    modules = imported(tmp_path, "compile")
    assert {"pydantic", "twipc.driver"} <= modules
    assert targets(modules) == {"compose"}
    assert not modules & {"jinja2", "crossplane", *UNUSED}


def test_a_compile_for_all_targets_imports_nothing_of_other_verbs(tmp_path: Path) -> None:
    for name in ("specs", "app"):
        shutil.copytree(ROOT / name, tmp_path / name)
    modules = imported(tmp_path, "compile", "prod")
    assert {"jinja2", "crossplane"} <= modules
    assert targets(modules) == {"compose", "ecs", "haproxy", "nginx", "swarm"}
    assert not modules & UNUSED
    own = {"choice", "hiding", "ignoring", "placing", "session", "specs"}
    assert {name for name in modules if name.startswith("twipc.cli.")} == {f"twipc.cli.{name}" for name in own}


def test_what_a_wrong_spec_needs_is_imported_then(tmp_path: Path) -> None:
    project(tmp_path, PLAIN.replace("image", "imag"))
    assert {"difflib", "twipc.spec.drafted"} <= imported(tmp_path, "compile")


@pytest.mark.parametrize("typed", ["", "comp"])
def test_a_verb_is_completed_without_one(tmp_path: Path, typed: str) -> None:
    asked = {"_TWIPC_COMPLETE": "bash_complete", "COMP_WORDS": f"twipc {typed}", "COMP_CWORD": "1"}
    modules = imported(tmp_path, **asked)
    assert "click.shell_completion" in modules
    assert not modules & {"pydantic", "twipc.driver", "twipc.diagnostics"}
