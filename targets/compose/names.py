"""What Compose calls the containers of an environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twipc.diagnostics import Path
from twipc.model import Model


def names(model: Model, _options: Any) -> Mapping[str, Path]:
    """The first container of each service: project, service and number are joined by hyphens, which names have too."""
    return {f"the container `{model.name}-{name}-1`": ("services", name) for name, _ in model.services}
