"""What a template has besides the documents of its services: a second statement of it."""

from __future__ import annotations

import re

from twipc.model import Model
from twipc.target import BASELINE, FactKey, Facts

from . import expected
from .options import Options
from .untemplated import obstacles


def template_facts(model: Model, options: Options) -> Facts:
    """Its own words and resources, by service; none where the environment has no template."""
    if any(obstacles(model)):
        return {}
    name = f"{model.environment.project}-{model.environment.environment}"
    here = {"Fn::Equals": [{"Ref": "AWS::Region"}, options.region]}
    facts: dict[tuple[str, str], object] = {
        ("template", "AWSTemplateFormatVersion"): "2010-09-09",
        ("template", "Description"): f"{name}: written by twipc; edit the spec, not this file.",
        ("template", "Rules"): {
            "Region": {"Assertions": [{"Assert": here, "AssertDescription": f"This environment is of {options.region}."}]}
        },
    }
    for service, noun in model.services:
        facts[service, "in the template: task"] = _called(service, "Task")
        if noun.kind == "service":
            facts[service, "in the template: service"] = _called(service, "Service")
            facts[service, "in the template: service refers to"] = (_called(service, "Task"),)
        group = expected.log_group(model, options, service)
        if expected.log_options(model, options, service).get("awslogs-group") == group:
            facts[service, "in the template: task refers to"] = (_called(service, "Logs"),)
            facts[service, "in the template: logs"] = _called(service, "Logs")
            facts[service, "log group.LogGroupName"] = group
            facts[service, "log group.RetentionInDays"] = 30
            facts |= {(service, f"log group: {policy}"): "Retain" for policy in ("DeletionPolicy", "UpdateReplacePolicy")}
    return {FactKey(BASELINE, owner): value for owner, value in facts.items()}


def _called(service: str, kind: str) -> str:
    """As `logical` says it, one letter at a time."""

    def large(found: re.Match[str]) -> str:
        hyphen, letter = found.groups()
        return f"{'Q' if hyphen and (letter == 'q' or letter.isdigit()) else ''}{letter.upper()}"

    return re.sub("(^|-)([a-z0-9])", large, service) + kind
