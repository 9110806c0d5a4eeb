"""What every nginx has besides its spec."""

from __future__ import annotations

from typing import Any

from twipc.formats.reading import server_baseline
from twipc.model import Model
from twipc.target import DOCKER, FactKey, Facts


def baseline(model: Model, _options: Any) -> Facts:
    """The facts that are left over when every field of the spec has been read."""
    facts: dict[FactKey, object] = {}
    for name, http in model.servers:
        if http.engine.name == "nginx":
            facts.update(server_baseline(model, name, DOCKER))
    return facts
