"""A real Docker engine for the tests: their own."""

from tests.conformance.docker.engine import Engine, Failed, Inspected, engine

__all__ = ("Engine", "Failed", "Inspected", "engine")
