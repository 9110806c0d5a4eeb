"""The environment as one template of CloudFormation: what each service needs, from the documents that `aws ecs` takes."""

from __future__ import annotations

from collections.abc import Mapping

from twipc.diagnostics import Path
from twipc.formats.document import At, Value
from twipc.model import Model
from twipc.target import Artifact

from .casing import cased
from .logical import logical
from .options import Options, log_group_of
from .render import document

NAME = "template.json"
_HERE: Path = ("targets", "ecs")
_RETENTION = 30
"""Days that logs are kept: CloudWatch alone keeps them for ever, and for money."""
_LOG_GROUP = ("containerDefinitions", 0, "logConfiguration", "options", "awslogs-group")


def template(model: Model, options: Options, inputs: Mapping[str, tuple[Value, Value]]) -> Artifact:
    """Of each service its task definition and its service, which a job has not."""
    resources: dict[str, Value] = {}
    for name, (task, service) in sorted(inputs.items()):
        resources |= _resources(model, options, name, task, service)
    return document(
        NAME,
        (),
        {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Description": At(("project",), f"{model.name}: written by twipc; edit the spec, not this file."),
            # ARNs and ids below are of one region; elsewhere the stack would fail halfway.
            "Rules": {"Region": At((*_HERE, "region"), _only_in(options.region))},
            "Resources": resources,
        },
    )


def _only_in(region: str) -> Value:
    asserted: Value = {
        "Assert": {"Fn::Equals": [{"Ref": "AWS::Region"}, region]},
        "AssertDescription": f"This environment is of {region}.",
    }
    return {"Assertions": [asserted]}


def _resources(model: Model, options: Options, name: str, task: Value, service: Value) -> dict[str, Value]:
    here: Path = ("services", name)
    found: dict[str, Value] = {}
    instead: dict[tuple[str | int, ...], Value] = {}
    group = log_group_of(model, options, name)
    if _said(task, _LOG_GROUP) == group:
        found[logical(name, "Logs")] = At((*_HERE, "log_group"), _log_group(group))
        instead[_LOG_GROUP] = {"Ref": logical(name, "Logs")}
    found[logical(name, "Task")] = At(here, {"Type": "AWS::ECS::TaskDefinition", "Properties": cased(task, instead)})
    if service is not None:
        runs: dict[tuple[str | int, ...], Value] = {("taskDefinition",): {"Ref": logical(name, "Task")}}
        found[logical(name, "Service")] = At(here, {"Type": "AWS::ECS::Service", "Properties": cased(service, runs)})
    return found


def _log_group(group: str) -> Value:
    """What was logged outlives the stack."""
    return {
        "Type": "AWS::Logs::LogGroup",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": {"LogGroupName": group, "RetentionInDays": _RETENTION},
    }


def _said(value: Value, place: tuple[str | int, ...]) -> Value:
    """What stands at a place of a document, or nothing."""
    while isinstance(value, At):
        value = value.value
    if not place:
        return value
    if isinstance(value, Mapping):
        return _said(value.get(str(place[0])), place[1:])
    if isinstance(value, list) and isinstance(place[0], int):
        return _said(value[place[0]], place[1:])
    return None
