"""What only the nginx target has to say of a model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from twipc.diagnostics import Finding
from twipc.model import Model

from .codes import NO_SERVER


def check(model: Model, _options: Any) -> Iterator[Finding]:
    """A spec that lists the target needs a service for it."""
    if not any(http.engine.name == "nginx" for _, http in model.servers):
        path = ("targets", "nginx")
        yield Finding(
            NO_SERVER,
            "no `http` service has the engine nginx",
            model.span(path, key=True),
            help="take the target out, or name the engine in a service",
            at="targets.nginx",
            target="nginx",
        )
