"""The writers of the engines' configuration, by engine."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from twipc.diagnostics import Path
from twipc.model import Model
from twipc.target import Artifact, Discovery

from .haproxy.write import write as write_haproxy
from .nginx.write import write as write_nginx
from .served import ServerFile, Write

WRITERS: Mapping[str, Write] = {"haproxy": write_haproxy, "nginx": write_nginx}


def server_files(model: Model, service: str, discovery: Discovery) -> tuple[ServerFile, ...]:
    """The files that a service needs to serve HTTP: none, if it does not. Targets of one discovery share them."""
    http = model.environment.services[service].http
    return _written(model, service, http.engine.name, discovery) if http else ()


@lru_cache(maxsize=64)
def _written(model: Model, service: str, engine: str, discovery: Discovery) -> tuple[ServerFile, ...]:
    return WRITERS[engine](model, service, discovery)


def files_of(model: Model, service: str, discovery: Discovery) -> tuple[ServerFile, ...]:
    """All files that a service is given: its engine's, or copies of the project's, each below a folder of its name."""
    return server_files(model, service, discovery) or _copies(model, service)


def _copies(model: Model, service: str) -> tuple[ServerFile, ...]:
    """The path of a copy is its place in the container: every byte of the text is as it was."""
    return tuple(
        ServerFile(_copy(f"{service}/files{place}", model.configs[file], ("services", service, "configs", place)), place)
        for place, file in sorted(model.environment.services[service].configs.items())
    )


def _copy(path: str, text: str, origin: Path) -> Artifact:
    return Artifact(path, text, (origin,) * len(text.splitlines()), comment="")
