"""One Docker engine for all the tests of a run that ask for it."""

from collections.abc import Iterator

import pytest

from tests.conformance.docker import Engine, engine


@pytest.fixture(scope="session")
def docker() -> Iterator[Engine]:
    with engine() as started:
        yield started
