"""One lab for all scenarios of a run, a project for each group, and what must be true of the engine after each."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.beside import nothing_left
from tests.e2e.lab import Lab
from tests.e2e.lab import lab as started
from tests.tools import ROOT


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    with started() as there:
        yield there


@pytest.fixture(scope="module", autouse=True)
def _nothing_left(lab: Lab) -> Iterator[None]:
    """Whatever became of a group's scenarios."""
    with nothing_left(lab):
        yield


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample project as it is committed, in which scenarios may put their secrets and change what they like."""
    copy = tmp_path_factory.mktemp("project") / "twip"
    for folder in ("specs", "out", "app"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("target"))
    (copy / "twip.sh").symlink_to(ROOT / "twip.sh")
    return copy
