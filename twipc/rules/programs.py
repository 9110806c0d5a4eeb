"""How a program runs: what only its start would refuse."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

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
        yield from _one_word(model, ("services", name, called), words)
        asks = service.health.command if service.health else None
        yield from _one_word(model, ("services", name, "health", "command"), asks or ())
        files = service.ulimits.get("nofile")
        if files and -1 in (files.both, files.soft, files.hard):
            path = ("services", name, "ulimits", "nofile")
            said = "`nofile` has a most on every Linux: there is no -1"
            yield Finding(NO_LIMIT, said, model.span(path), help="write a number, such as 65536", at=model.tree.name(path))


def _one_word(model: Model, path: Path, words: Sequence[str]) -> Iterator[Finding]:
    """A whole command where the name of a program is wanted."""
    several = re.match(r"\s*(\S+)\s+\S", words[0]) if words else None
    if several:
        said = f"`{several[1]} …` is one word here: a program of that whole name is started, blanks and all"
        asks = "health" in path
        example = 'command: [sh, -c, "curl -f http://localhost || exit 1"]' if asks else f"{path[-1]}: [nginx, -g, daemon off;]"
        help = f"write each word by itself, as in `{example}`"
        help += "; where the image's own entrypoint is a shell, ignore this" if path[-1] == "command" and not asks else ""
        yield Finding(ONE_WORD, said, model.span((*path, 0)), help=help, at=model.tree.name((*path, 0)))
