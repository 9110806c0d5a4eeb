"""Places in a container: each holds one thing."""

from __future__ import annotations

from collections.abc import Iterator

from twipc.diagnostics import Finding, Path, Related
from twipc.model import Model

from .codes import SAME_PLACE


def places(model: Model) -> Iterator[Finding]:
    """Scratch files at the place of a volume, or twice at one."""
    for name, service in model.services:
        here: Path = ("services", name)
        taken: dict[str, Path] = {place: (*here, "mounts", place) for place in service.mounts}
        for index, tmpfs in enumerate(service.tmpfs):
            path: Path = (*here, "tmpfs", index)
            if tmpfs.path in taken:
                yield Finding(
                    SAME_PLACE,
                    f"there is something else at `{tmpfs.path}` of `{name}`",
                    model.span(path),
                    help="take one of them out, or put it elsewhere",
                    related=(Related(model.span(taken[tmpfs.path], key=True), "this is there too"),),
                    at=model.tree.name(path),
                )
            taken.setdefault(tmpfs.path, path)
