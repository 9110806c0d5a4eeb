"""One lab for all scenarios of a run, and a project for each."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.lab import Lab
from tests.e2e.lab import lab as started
from tests.tools import ROOT


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    with started() as there:
        yield there


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the sample project as it is committed, in which a scenario may put its secrets and change what it likes."""
    copy = tmp_path / "twip"
    for folder in ("specs", "out", "app"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("target"))
    return copy
