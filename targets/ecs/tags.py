"""The tags of a task definition and of a service: whose it is, and where it finds others."""

from __future__ import annotations

from twipc.diagnostics import Path
from twipc.formats.document import At, Value
from twipc.model import Model

from .options import Options

_HERE: Path = ("targets", "ecs")


def tags(model: Model, options: Options, name: str) -> list[Value]:
    pairs = {
        "project": At(("project",), model.environment.project),
        "environment": At(("environment",), model.environment.environment),
        "service": At(("services", name), name),
        "namespace": At((*_HERE, "namespace"), options.namespace),
    }
    return [At(value.origin, {"key": key, "value": value}) for key, value in pairs.items() if value.value is not None]
