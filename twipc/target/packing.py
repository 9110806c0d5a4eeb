"""How images that are made here get to a registry: named as they are there, then pushed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from twipc.regex import late_regex

from .images import Packed, repository
from .runtime import Step


def look_at(image: str) -> Step:
    """Whether the engine has it, and whose it is."""
    return Step(("docker", "image", "inspect", "--format", "{{json .}}", "--", image), f"look at {image}", reads=True)


def tags(images: Iterable[Packed]) -> tuple[Step, ...]:
    """Each image by the name that a registry has of it; no step for what is called so already."""
    named = sorted({(one.built, one.pushed) for one in images if one.built != one.pushed})
    return tuple(Step(("docker", "image", "tag", "--", built, pushed), f"call {built} {pushed}") for built, pushed in named)


_LOGIN = late_regex("denied|unauthorized|no basic auth|authentication required", re.IGNORECASE)
_NOWHERE = late_regex("repository .*does not exist", re.IGNORECASE)
"""ECR's words for a name that nobody made; other registries make it themselves."""
_KEPT = late_regex("immutable|cannot be overwritten", re.IGNORECASE)


def moves_no_tag(said: str) -> bool:
    """Whether a registry refuses a push for its tag: ECR does also of the very image that it has (aws/aws-sdk issue 750)."""
    return bool(_KEPT.search(said))


def refused(said: str, name: str) -> str | None:
    """What helps where a push of this name was refused: who may not has not said who they are, mostly."""
    if moves_no_tag(said):
        return "the registry has another image under this tag, and moves none: give what is new a tag of its own"
    if _NOWHERE.search(said):
        return "the registry has no such repository: make it first; those of ECR `twipc deploy ENV --registry` makes"
    registry = repository(name).partition("/")[0]
    return f"`docker login {registry}`, as somebody who may push there" if _LOGIN.search(said) else None


def pushed_before(inspected: Mapping[str, Any], name: str) -> str | None:
    """The digest under which the engine has pushed just this image to a repository, or pulled it from there."""
    known = {str(one) for one in inspected.get("RepoDigests") or () if str(one).startswith(f"{repository(name)}@sha256:")}
    return known.pop().partition("@")[2] if len(known) == 1 else None


def pushes(images: Iterable[Packed]) -> dict[str, Step]:
    """One push for each name."""
    names = sorted({one.pushed for one in images})
    return {name: Step(("docker", "image", "push", "--", name), f"push {name}", tells=True) for name in names}
