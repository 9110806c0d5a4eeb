"""The files of every haproxy of a model."""

from __future__ import annotations

from typing import Any

from twipc.formats.writing import server_files
from twipc.model import Model
from twipc.target import DOCKER, Bundle, bundle


def compile(model: Model, _options: Any) -> Bundle:
    """A folder for each service: its configuration and its error pages."""
    served = [server_files(model, name, DOCKER) for name, http in model.servers if http.engine.name == "haproxy"]
    return bundle(*(file.artifact for files in served for file in files))
