"""The lock beside a spec, held against the images that the spec's targets run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from twipc.diagnostics import Finding, Path
from twipc.model import Model
from twipc.target.images import Packed

from .codes.locks import NOT_LOCKED, NOT_RUN


def locks(model: Model, images: Iterable[Packed]) -> Iterator[Finding]:
    """Images that the lock names and no target runs, and those that it does not name."""
    if model.locked is None:
        return
    there = {one.pushed: one for one in sorted(images, key=lambda one: one.service, reverse=True)}
    locked = model.locked.lock.images
    environment = model.environment.environment
    help = f"`twipc build {environment}`, then `twipc pack {environment}`"
    for image in sorted(locked.keys() - there.keys()):
        span = model.locked.tree.span(("images", image), key=True)
        yield Finding(NOT_RUN, f"the lock names `{image}`, which no target of {environment} runs", span, help=help)
    for image in sorted(there.keys() - locked.keys()):
        name = there[image].service
        path: Path = ("services", name, "image")
        path = path if model.written(path) else ("services", name)
        said = f"`{image}` is not in the lock of {environment}: it is run by its tag"
        yield Finding(NOT_LOCKED, said, model.span(path), help=help, at=model.tree.name(path))
