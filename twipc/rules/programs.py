"""How a program runs: what only its start would refuse."""

from __future__ import annotations

import re
from collections.abc import Iterator

from twipc.diagnostics import Finding, Path
from twipc.model import Model

from .codes.services import NO_LIMIT, ONE_WORD


def programs(model: Model) -> Iterator[Finding]:
    """Findings on what is called, and on the limits of processes."""
    path: Path
    for name, service in model.services:
        # Words of a command go to the entrypoint, where the spec says one.
        called = "entrypoint" if service.entrypoint else "command"
        words: tuple[str, ...] = getattr(service, called) or ()
        if words and (several := re.match(r"\s*(\S+)\s+\S", words[0])):
            path = ("services", name, called, 0)
            said = f"`{several[1]} …` is one word here: a program of that whole name is started, blanks and all"
            help = f"write each word by itself, as in `{called}: [nginx, -g, daemon off;]`"
            help += "; where the image's own entrypoint is a shell, ignore this" if called == "command" else ""
            yield Finding(ONE_WORD, said, model.span(path), help=help, at=model.tree.name(path))
        files = service.ulimits.get("nofile")
        if files and -1 in (files.both, files.soft, files.hard):
            path = ("services", name, "ulimits", "nofile")
            said = "`nofile` has a most on every Linux: there is no -1"
            yield Finding(NO_LIMIT, said, model.span(path), help="write a number, such as 65536", at=model.tree.name(path))
