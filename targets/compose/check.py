"""What only Compose has to say of a model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from twipc.diagnostics import Finding
from twipc.formats.composefile.check import one_host
from twipc.model import Model
from twipc.target import images, option
from twipc.target.readiness import unasked
from twipc.target.secrets import missing_places


def check(model: Model, options: Any) -> Iterator[Finding]:
    """Ports of one host, secrets without a file, readiness that nobody asks, and a registry of nothing."""
    yield from one_host(model, "compose")
    yield from missing_places(model, "compose", "file", lost="variables")
    yield from unasked(model, "compose")
    yield from images.registry_findings(model, option(options, images.ImageOptions).registry, "compose")
