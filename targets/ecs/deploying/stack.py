"""Which stack an environment is, and what deploys it."""

from __future__ import annotations

import json
from typing import Any

from twipc.model import Model
from twipc.target import option
from twipc.target.deploying import Deploying, Stack

from ..options import Options
from ..template.assembling import NAME
from ..untemplated import obstacles
from .operation import compare
from .parts import parts

_NAMED_IAM = ("RoleName", "PolicyName", "ManagedPolicyName")


def _missing(model: Model) -> str:
    return next((why for _, why in obstacles(model)), "")


def _stack(model: Model, options_: Any, text: str) -> Stack:
    """Called like the environment. What makes roles asks for a word that one knows of it; more where they have names."""
    options = option(options_, Options)
    iam = [part for part in parts(text).values() if part.kind.startswith("AWS::IAM::")]
    named = any(part.properties.keys() & set(_NAMED_IAM) for part in iam)
    capabilities = ("CAPABILITY_NAMED_IAM",) if named else ("CAPABILITY_IAM",) if iam else ()
    asked = json.loads(text).get("Parameters", {})
    wanted = tuple(sorted(name for name, one in asked.items() if "Default" not in one))
    tags = {"project": model.environment.project, "environment": model.environment.environment}
    return Stack(model.name, options.region, tags, capabilities, wanted, tuple(sorted(asked)))


DEPLOYING = Deploying(file=NAME, missing=_missing, compare=compare, stack=_stack)
