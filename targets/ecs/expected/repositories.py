"""The repositories of images: a second statement of what their template makes."""

from __future__ import annotations

import re

from twipc.model import Model
from twipc.target import BASELINE, FactKey, Facts

from ..options import Options
from . import making
from .roles import image, is_ours, of_ecr

_WORDS = {"/": "Qs", ".": "Qd", "_": "Qu", "-": "Qh"}
_LIFE = (
    '{"rules":[{"rulePriority":1,"description":"untagged for 14 days","selection":{"tagStatus":"untagged",'
    '"countType":"sinceImagePushed","countUnit":"days","countNumber":14},"action":{"type":"expire"}}]}'
)


def registry_facts(model: Model, options: Options) -> Facts:
    """None where all are there, or are of another region or account."""
    registry = options.registry or ""
    names = _names(model, options, registry) - {*options.repositories}
    if not names:
        return {}
    environment = f"{model.environment.project}-{model.environment.environment}"
    here = {"AccountId": ("account", registry.split(".")[0]), "Region": ("region", options.region)}
    rules = [
        {
            "Assert": {"Fn::Equals": [{"Ref": f"AWS::{parameter}"}, value]},
            "AssertDescription": f"This registry is of the {what} {value}.",
        }
        for parameter, (what, value) in here.items()
    ]
    facts: dict[tuple[str, str], object] = {
        ("registry", "AWSTemplateFormatVersion"): "2010-09-09",
        ("registry", "Description"): f"{environment}, images: written by twipc; edit the spec, not this file.",
        ("registry", "Rules"): {"Registry": {"Assertions": rules}},
    }
    tags = [
        {"Key": "project", "Value": model.environment.project},
        {"Key": "environment", "Value": model.environment.environment},
    ]
    for name in names:
        said = {
            "called": called(name),
            "Type": "AWS::ECR::Repository",
            "DeletionPolicy": "Retain",
            "UpdateReplacePolicy": "Retain",
            "ImageTagMutability": "IMMUTABLE",
            "ImageScanningConfiguration": {"ScanOnPush": True},
            "LifecyclePolicy": {"LifecyclePolicyText": _LIFE},
            "Tags": tags,
        }
        facts |= {(f"repository {name}", place): value for place, value in said.items()}
    return {FactKey(BASELINE, owner): value for owner, value in facts.items()}


def _names(model: Model, options: Options, registry: str) -> set[str]:
    """Of what is built for a service, and of what that is the base of."""
    services = model.environment.services
    pushed = {image(model, options, name) for name, service in services.items() if service.http or service.configs}
    built = [service for service in services.values() if service.build is not None]
    pushed |= {f"{registry}/{service.image}" if is_ours(service) else str(service.image) for service in built}
    accounts = set(re.findall(r"'arn:[^:']*:[^:']*:[^:']*:([0-9]{12}):", repr(options)))
    found = {of_ecr(one) for one in pushed if one.startswith(f"{registry}/") and "@" not in one}
    return {one[2] for one in found if one and one[1] == options.region and (one[0] in accounts or not accounts)}


def called(name: str) -> str:
    """As `logical_of` says it: what stands between letters first, then each letter after a hyphen."""
    return making.logical_name(re.sub(r"[/._]|-(?![a-z0-9])", lambda found: _WORDS[found[0]], name), "Repository")
