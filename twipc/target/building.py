"""How images are made that a spec says how to build."""

from __future__ import annotations

from collections.abc import Collection

from twipc.model import Model, image_of

from .runtime import Step

LABEL = "io.twipc.project"
"""Of every image that is built: `clean` removes no other. Environments share an image, so it has no label of theirs."""


def build(model: Model, services: Collection[str]) -> tuple[Step, ...]:
    """One step for each image, whichever and how many services it is for; none for services without a `build`."""
    steps: dict[tuple[str, ...], Step] = {}
    for name, service in model.services:
        if service.build and (not services or name in services):
            context, file = service.build.context, service.build.dockerfile
            named = ("--file", f"{context}/{file}") if file else ()
            label = ("--label", f"{LABEL}={model.environment.project}")
            argv = ("docker", "build", "--tag", image_of(service), *label, *named, "--", context)
            steps.setdefault(argv, Step(argv, f"build {image_of(service)} of {context}", tells=True))
    return tuple(steps.values())
