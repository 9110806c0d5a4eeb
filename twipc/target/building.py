"""How images are made that a spec says how to build."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from twipc.model import Model, image_of

from .images import Packed
from .labels import PROJECT
from .runtime import Step


def build(model: Model, services: Collection[str], names: Mapping[str, str]) -> tuple[Step, ...]:
    """One step for each image, whichever and how many services it is for; none for services without a `build`.

    `names` are what a target calls images besides, by their own name.
    """
    steps: dict[tuple[str, ...], Step] = {}
    for name, service in model.services:
        if service.build and (not services or name in services):
            context, file = service.build.context, service.build.dockerfile
            named = ("--file", f"{context}/{file}") if file else ()
            called = dict.fromkeys((image_of(service), names.get(image_of(service), image_of(service))))
            tags = [word for one in called for word in ("--tag", one)]
            argv = ("docker", "build", *tags, *owned(model), *named, "--", context)
            steps.setdefault(argv, Step(argv, f"build {image_of(service)} of {context}", tells=True))
    return tuple(steps.values())


def bake(model: Model, image: Packed, artifacts: str) -> Step:
    """The image of a folder among a target's artifacts."""
    folder = f"{artifacts}/{image.folder}"
    argv = ("docker", "build", "--tag", image.built, *owned(model), "--", folder)
    return Step(argv, f"build {image.built} of {folder}", tells=True)


def owned(model: Model) -> tuple[str, ...]:
    """`clean` removes no image without this label, and `pack` pushes none."""
    return ("--label", f"{PROJECT}={model.environment.project}")
