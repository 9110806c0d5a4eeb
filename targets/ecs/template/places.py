"""Where what a service needs is: said in the spec, or made by the template."""

from __future__ import annotations

from twipc.diagnostics import Path
from twipc.formats.document import At, Value
from twipc.model import Model

from ..options import Options
from .logical import logical
from .making import mounts_efs

CLUSTER = "Cluster"
"""Its logical name; those of services have more after it."""
_HERE: Path = ("targets", "ecs")


def cluster(options: Options) -> Value:
    return At((*_HERE, "cluster"), options.cluster or {"Ref": CLUSTER})


def makes_execution_role(options: Options, name: str) -> bool:
    return options.execution_roles.get(name, options.execution_role) is None


def execution_role(options: Options, name: str) -> Value:
    field = "execution_roles" if name in options.execution_roles else "execution_role"
    said = options.execution_roles.get(name, options.execution_role)
    return At((*_HERE, field), said or {"Fn::GetAtt": [logical(name, "ExecutionRole"), "Arn"]})


def makes_task_role(model: Model, options: Options, name: str) -> bool:
    return name not in options.task_roles and mounts_efs(model, name)


def task_role(model: Model, options: Options, name: str) -> Value:
    """Of a service that mounts; others do nothing on AWS, unless the spec says so."""
    made: Value = {"Fn::GetAtt": [logical(name, "TaskRole"), "Arn"]} if makes_task_role(model, options, name) else None
    return At((*_HERE, "task_roles", name), options.task_roles.get(name, made))
