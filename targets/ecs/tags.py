"""Tags: whose something is, and where a service finds others."""

from __future__ import annotations

from collections.abc import Mapping

from twipc.diagnostics import Path
from twipc.formats.document import At, Value
from twipc.model import Model

from .options import Options

_HERE: Path = ("targets", "ecs")


def tags(model: Model, options: Options, name: str) -> list[Value]:
    """Of a task definition and of a service, in the words of the API."""
    pairs = {
        "project": At(("project",), model.environment.project),
        "environment": At(("environment",), model.environment.environment),
        "service": At(("services", name), name),
        "namespace": At((*_HERE, "namespace"), options.namespace),
    }
    return [At(value.origin, {"key": key, "value": value}) for key, value in pairs.items() if value.value is not None]


def own(model: Model, name: str = "", **more: str) -> list[Value]:
    """Of what a template makes besides; consoles call it by its `name`."""
    environment = model.environment
    named = {"Name": name} if name else {}
    return pairs({**named, "project": environment.project, "environment": environment.environment, **more})


def pairs(said: Mapping[str, Value]) -> list[Value]:
    """Tags and attributes in CloudFormation's words."""
    return [{"Key": key, "Value": value} for key, value in said.items()]
