"""What tests of the command line share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.docker import Docker, docker


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Docker]:
    """An engine that is played, as long as the test takes."""
    with docker(tmp_path) as played:
        yield played
