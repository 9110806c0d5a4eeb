"""What only the haproxy target has to say of a model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from twipc.diagnostics import Finding
from twipc.model import Model

from .codes import NO_SERVER


def check(model: Model, _options: Any) -> Iterator[Finding]:
    """A spec that lists the target needs a service for it."""
    if not any(http.engine.name == "haproxy" for _, http in model.servers):
        path = ("targets", "haproxy")
        yield Finding(
            NO_SERVER,
            "no `http` service has the engine haproxy",
            model.span(path, key=True),
            help="take the target out, or name the engine in a service",
            at="targets.haproxy",
            target="haproxy",
        )
