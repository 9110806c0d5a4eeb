"""Secrets that stand in the spec itself."""

from __future__ import annotations

from collections.abc import Iterator

from twipc.diagnostics import Finding, Path
from twipc.model import Model
from twipc.spec import looks_secret, plain_secrets
from twipc.syntax import Tree

from .codes.services import PLAIN_SECRET


def plain(model: Model) -> Iterator[Finding]:
    """Each literal that looks like a secret; what it says is told nowhere."""
    yield from literals(model.tree)
    yield from files(model)


def literals(tree: Tree) -> Iterator[Finding]:
    """Those that stand in the spec."""
    for found in plain_secrets(tree):
        path = found.path[:-1] if found.path[-1] == "value" else found.path
        at = tree.name(path)
        yield Finding(
            PLAIN_SECRET,
            f"`{at}` looks like a secret: {found.why}",
            tree.span(found.path),
            help=_help(path),
            at=at,
        )


def files(model: Model) -> Iterator[Finding]:
    """Those that stand in a config file."""
    for name, service in model.services:
        for place, file in sorted(service.configs.items()):
            why = looks_secret((), model.configs.get(file, ""))
            if why:
                where: Path = ("services", name, "configs", place)
                said = f"`{file}` looks like a secret: {why}"
                yield Finding(PLAIN_SECRET, said, model.span(where), help=_help(where), at=model.tree.name(where))


def _help(path: Path) -> str:
    instead = "let the program read it from a secret"
    variable = str(path[-1]) if path[-2:-1] == ("env",) and str(path[-1]).replace("_", "").isalnum() else ""
    if path[-2:-1] in (("request_headers",), ("response_headers",)):
        instead = "a header takes no secret: let the member that wants it read it from one"
    elif variable:
        name = variable.lower().replace("_", "-").strip("-")[:31].rstrip("-")
        name = name if len(name) > 1 else "the-secret"
        instead = (
            f"write `secrets: [{name}]` (a file) or, on ECS, `{variable}: {{secret: {name}}}`, and say under `secrets` of the "
            "environment where each target finds it"
        )
    return f"{instead}; if it was ever committed, change it"
