"""The configuration of every server with one engine, for Docker's own DNS."""

from __future__ import annotations

from typing import Any

from twipc.formats.writing import server_files
from twipc.model import Model
from twipc.target import DOCKER, Bundle, bundle


def compile_part(engine: str, model: Model, _options: Any) -> Bundle:
    """A folder for each service that the engine serves: its configuration and its error pages."""
    served = [server_files(model, name, DOCKER) for name, http in model.servers if http.engine.name == engine]
    return bundle(*(file.artifact for files in served for file in files))
