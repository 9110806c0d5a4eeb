"""A real Docker engine for the tests: their own, or one that they are told to use."""

from tests.conformance.docker.engine import Engine, Failed, engine

__all__ = ("Engine", "Failed", "engine")
