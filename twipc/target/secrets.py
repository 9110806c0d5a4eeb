"""Secrets that an environment uses and a target cannot find: each says itself where each target finds it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from twipc.diagnostics import Finding, Path, Related
from twipc.model import Model, place_of

from .codes import NO_PLACE
from .facts import STATS_USE, TLS_USE, is_variable, secret_uses

Place = Literal["file", "swarm", "ecs"]
_WORDS: dict[Place, tuple[str, str]] = {
    "file": ("file", "file: .secrets/{name}"),
    "swarm": ("name", "swarm: {name}-1"),
    "ecs": ("ARN", 'ecs: "arn:aws:secretsmanager:…"'),
}


def missing_places(model: Model, target: str, place: Place, lost: Literal["variables", "files"]) -> Iterator[Finding]:
    """One finding for each used secret that does not say its `place`.

    What is `lost` the target brings no secret into anyway, and says so where it is written.
    """
    uses: dict[str, list[Path]] = {}
    for service, use, secret in secret_uses(model):
        if use == STATS_USE:
            uses.setdefault(secret, []).append(("services", service, "http", "stats", "auth", "secret"))
        elif lost != ("variables" if is_variable(use) else "files"):
            uses.setdefault(secret, []).append(_written(model, service, use))
    what, example = _WORDS[place]
    for secret in sorted(uses):
        if getattr(model.environment.secrets[secret], place) is not None:
            continue
        path: Path = ("secrets", secret)
        yield Finding(
            NO_PLACE,
            f"`{secret}` says no `{place}`: the {what} by which {target} finds it",
            model.span(path, key=True),
            help=f"add `{example.replace('{name}', secret)}`",
            related=tuple(Related(model.span(use), "it is used here") for use in uses[secret]),
            at=model.tree.name(path),
            target=target,
        )


def _written(model: Model, service: str, use: str) -> Path:
    """Where a service says that it reads a secret from a variable or a file."""
    if is_variable(use):
        return ("services", service, "env", use)
    if use == TLS_USE:
        return ("services", service, "http", "tls", "certificate")
    files = model.environment.services[service].secrets
    return ("services", service, "secrets", [place_of(file) for file in files].index(use))
