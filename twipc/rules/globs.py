"""Paths with what other languages of patterns read as one of many characters or words."""

from __future__ import annotations

from collections.abc import Iterator

from twipc.diagnostics import Finding, Path
from twipc.model import Model
from twipc.regex import late_regex
from twipc.spec import Match

from .codes.servers import LITERAL_GLOB

_STARS = late_regex(r"\(\.[*+]\)|\.\*|\*+|\$$")
_SIGNS = {"prefix": _STARS, "exact": _STARS, "glob": late_regex(r"\[[^]/]+\]|\{[^}/]+\}")}
_HELP = {
    "prefix": "a prefix takes all below it as it is: write what stands before the sign, or a `glob` with `*`",
    "exact": "an exact path takes itself alone: write a `prefix`, or a `glob` with `*`",
    "glob": "a glob has `*` and `**` alone: write a path for each that is meant, or one with `*`",
}


def globs(model: Model) -> Iterator[Finding]:
    """Brackets that stand for themselves, though their place says that more was meant."""
    for name, http in model.servers:
        for index, route in enumerate(http.routes):
            for kind, nth, written in _paths(route.match):
                found = _SIGNS[kind].search(written)
                if found:
                    path: Path = ("services", name, "http", "routes", index, "match", kind, nth)
                    yield Finding(
                        LITERAL_GLOB,
                        f"`{found[0]}` stands for itself in `{written}`",
                        model.span(path),
                        help=_HELP[kind],
                        at=model.tree.name(path),
                    )


def _paths(match: Match) -> Iterator[tuple[str, int, str]]:
    yield from ((kind, nth, path) for kind in _SIGNS for nth, path in enumerate(getattr(match, kind) or ()))
