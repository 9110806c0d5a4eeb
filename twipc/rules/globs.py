"""Globs with what other languages of patterns read as one of many characters or words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from twipc.diagnostics import Finding, Path
from twipc.model import Model

from .codes.servers import LITERAL_GLOB


def globs(model: Model) -> Iterator[Finding]:
    """Brackets that stand for themselves, though their place says that more was meant."""
    for name, http in model.servers:
        for index, route in enumerate(http.routes):
            for nth, glob in enumerate(route.match.glob or ()):
                found = re.search(r"\[[^]/]+\]|\{[^}/]+\}", glob)
                if found:
                    path: Path = ("services", name, "http", "routes", index, "match", "glob", nth)
                    yield Finding(
                        LITERAL_GLOB,
                        f"`{found[0]}` stands for itself in `{glob}`",
                        model.span(path),
                        help="a glob has `*` and `**` alone: write a path for each that is meant, or one with `*`",
                        at=model.tree.name(path),
                    )
