"""A real Docker engine for the tests: their own."""

from tests.conformance.docker.engine import Engine, engine
from tests.dockerd import Failed, Inspected

__all__ = ("Engine", "Failed", "Inspected", "engine")
