"""Which stacks an environment is, and what deploys them: one of all that runs, and before it one of its repositories."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from twipc.model import Model
from twipc.target import option
from twipc.target.deploying import Deploying, Stack

from ..images.pins import packed
from ..images.repositories import NAME as REGISTRY
from ..images.repositories import repositories
from ..options import Options
from ..template.assembling import NAME
from ..untemplated import obstacles
from .operation import compare
from .parts import parts
from .whose import stranger

_NAMED_IAM = ("RoleName", "PolicyName", "ManagedPolicyName")


def _missing(model: Model, _options: Any) -> str:
    return next((why for _, why in obstacles(model)), "")


def _stack(model: Model, options_: Any, text: str) -> Stack:
    """Called like the environment. What makes roles asks for a word that one knows of it; more where they have names."""
    options = option(options_, Options)
    iam = [part for part in parts(text).values() if part.kind.startswith("AWS::IAM::")]
    named = any(part.properties.keys() & set(_NAMED_IAM) for part in iam)
    capabilities = ("CAPABILITY_NAMED_IAM",) if named else ("CAPABILITY_IAM",) if iam else ()
    asked = json.loads(text).get("Parameters", {})
    wanted = tuple(sorted(name for name, one in asked.items() if "Default" not in one))
    return Stack(model.name, options.region, _tags(model), capabilities, wanted, tuple(sorted(asked)))


def _no_repositories(model: Model, options_: Any) -> str:
    options = option(options_, Options)
    if not packed(model, options):
        return "no image of it is built here"
    if not options.registry:
        return "it names no `registry`"
    if repositories(model, options):
        return "`repositories` says that all of them are there"
    return f"`{options.registry}` is no ECR of its own account in {options.region}"


def _registry(model: Model, options_: Any, _text: str) -> Stack:
    """One for each environment, like its template: what two of them have in common is in the stack of one."""
    return Stack(f"{model.name}-registry", option(options_, Options).region, _tags(model), (), (), ())


def _tags(model: Model) -> dict[str, str]:
    return {"project": model.environment.project, "environment": model.environment.environment}


DEPLOYING = Deploying(
    file=NAME,
    missing=_missing,
    compare=compare,
    stack=_stack,
    stranger=partial(stranger, ""),
    first=Deploying(
        file=REGISTRY,
        missing=_no_repositories,
        compare=compare,
        stack=_registry,
        stranger=partial(stranger, ", images"),
    ),
)
