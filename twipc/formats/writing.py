"""The writers of the engines' configuration, by engine."""

from __future__ import annotations

from collections.abc import Mapping

from twipc.model import Model
from twipc.target import Discovery

from .haproxy.write import write as write_haproxy
from .nginx.write import write as write_nginx
from .served import ServerFile, Write

WRITERS: Mapping[str, Write] = {"haproxy": write_haproxy, "nginx": write_nginx}


def server_files(model: Model, service: str, discovery: Discovery) -> tuple[ServerFile, ...]:
    """The files that a service needs to serve HTTP: none, if it does not."""
    http = model.environment.services[service].http
    return WRITERS[http.engine.name](model, service, discovery) if http else ()
