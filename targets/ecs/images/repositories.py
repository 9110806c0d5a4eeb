"""The repositories that images are pushed to: a template of its own, which is deployed before there is anything to run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from twipc.diagnostics import Path
from twipc.formats.document import At, Value
from twipc.model import Model
from twipc.target import Artifact
from twipc.target.images import packed as built

from ..checking.accounts import arns
from ..edges import running
from ..options import Options
from ..render import document, untagged
from ..tags import own
from ..task.roles import ECR

NAME = "registry.template.json"
_HERE: Path = ("targets", "ecs", "registry")
_DAYS = 14
_APART = {"/": "s", ".": "d", "_": "u", "-": "h"}


def repositories(model: Model, options: Options) -> dict[str, Path]:
    """Those of this region and account that images of the spec are pushed to, and what asks for each.

    No image's files are made for it: also a spec that no writer could write has repositories.
    """
    own = [
        (("services", name, "http" if service.http else "configs"), untagged(model, name, options.registry))
        for name, service in running(model, options).services
        if service.http or service.configs
    ]
    return _of(options, [*_builds(model, options), *own])


def of_builds(model: Model, options: Options) -> dict[str, Path]:
    """Those of them that hold the image of a `build`."""
    return _of(options, _builds(model, options))


def _builds(model: Model, options: Options) -> list[tuple[Path, str]]:
    found = (built(model, name, options.registry) for name, _ in running(model, options).services)
    return [(("services", one.service, "image"), one.pushed) for one in found if one]


def _of(options: Options, images: Iterable[tuple[Path, str]]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    accounts = {arn.split(":")[4] for _, arn in arns(options) if arn.startswith("arn:")}
    for asks, pushed in images:
        place = ECR.match(pushed) if pushed.startswith(f"{options.registry}/") else None
        if place and place[2] == options.region and (not accounts or place[1] in accounts):
            found.setdefault(place[3], asks)
    return found


def registry_template(model: Model, options: Options) -> Iterator[Artifact]:
    """Those that are not said to be there; none, where all are, or where they are somebody else's."""
    made = {name: path for name, path in repositories(model, options).items() if name not in options.repositories}
    if not made:
        return
    account = options.registry.partition(".")[0] if options.registry else ""
    here: Value = [_only("AccountId", account, "account"), _only("Region", options.region, "region")]
    yield document(
        NAME,
        _HERE,
        {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Description": At(("project",), f"{model.name}, images: written by twipc; edit the spec, not this file."),
            "Rules": {"Registry": {"Assertions": here}},
            "Resources": {logical_of(name): At(path, _repository(model, name)) for name, path in sorted(made.items())},
        },
    )


def _only(parameter: str, value: str, what: str) -> Value:
    return {
        "Assert": {"Fn::Equals": [{"Ref": f"AWS::{parameter}"}, value]},
        "AssertDescription": f"This registry is of the {what} {value}.",
    }


def _repository(model: Model, name: str) -> Value:
    """What runs is what was pushed: no tag is moved. Images outlive the stack, and all but what no tag names stays.

    A key of one's own would be one more thing that a pull can fail by: layers are encrypted with ECR's.
    """
    untagged = {
        "rulePriority": 1,
        "description": f"untagged for {_DAYS} days",
        "selection": {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": _DAYS},
        "action": {"type": "expire"},
    }
    policy = json.dumps({"rules": [untagged]}, separators=(",", ":"))
    properties: Value = {
        "RepositoryName": name,
        "ImageTagMutability": "IMMUTABLE",
        "ImageScanningConfiguration": {"ScanOnPush": True},
        "LifecyclePolicy": {"LifecyclePolicyText": policy},
        "Tags": own(model),
    }
    return {
        "Type": "AWS::ECR::Repository",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": properties,
    }


def logical_of(repository: str) -> str:
    """`shop-web` as `ShopWebRepository`, `shop/web` as `ShopQswebRepository`: no two names are one."""
    found = repository[0].upper()
    for index, letter in enumerate(repository[1:], 1):
        before, after = repository[index - 1], repository[index + 1 :][:1]
        if letter in _APART:
            found += "" if letter == "-" and after.isalnum() else f"Q{_APART[letter]}"
        elif before == "-":
            found += f"Q{letter.upper()}" if letter.isdigit() or letter == "q" else letter.upper()
        else:
            found += letter
    return f"{found}Repository"
