"""How a program runs: what only its start would refuse."""

from __future__ import annotations

from collections.abc import Iterator

from twipc.diagnostics import Finding, Path
from twipc.model import Model

from .codes.services import NO_LIMIT


def programs(model: Model) -> Iterator[Finding]:
    """Findings on the limits of processes."""
    for name, service in model.services:
        files = service.ulimits.get("nofile")
        if files and -1 in (files.both, files.soft, files.hard):
            path: Path = ("services", name, "ulimits", "nofile")
            said = "`nofile` has a most on every Linux: there is no -1"
            yield Finding(NO_LIMIT, said, model.span(path), help="write a number, such as 65536", at=model.tree.name(path))
