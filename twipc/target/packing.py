"""How images that are made here get to a registry: named as they are there, then pushed."""

from __future__ import annotations

from collections.abc import Iterable

from .images import Packed
from .runtime import Step


def look_at(image: str) -> Step:
    """Whether the engine has it, and whose it is."""
    return Step(("docker", "image", "inspect", "--format", "{{json .}}", "--", image), f"look at {image}", reads=True)


def tags(images: Iterable[Packed]) -> tuple[Step, ...]:
    """Each image by the name that a registry has of it; no step for what is called so already."""
    named = sorted({(one.built, one.pushed) for one in images if one.built != one.pushed})
    return tuple(Step(("docker", "image", "tag", "--", built, pushed), f"call {built} {pushed}") for built, pushed in named)


def pushes(images: Iterable[Packed]) -> dict[str, Step]:
    """One push for each name."""
    names = sorted({one.pushed for one in images})
    return {name: Step(("docker", "image", "push", "--", name), f"push {name}", tells=True) for name in names}
