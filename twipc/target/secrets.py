"""Secrets that an environment uses and a target cannot find: each says itself where each target finds it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from twipc.diagnostics import Finding, Path, Related
from twipc.model import Model

from .codes import SECRET_LOST
from .facts import STATS_USE, secret_uses

Place = Literal["file", "swarm", "ecs"]
_WORDS: dict[Place, tuple[str, str]] = {
    "file": ("file", "file: .secrets/{name}"),
    "swarm": ("name", "swarm: {name}-1"),
    "ecs": ("ARN", 'ecs: "arn:aws:secretsmanager:…"'),
}


def missing_places(model: Model, target: str, place: Place, *, variables: bool = True) -> Iterator[Finding]:
    """One finding for each used secret that does not say its `place`.

    Without `variables` the target brings no secret into a variable anyway, and says so where the variable is written.
    """
    uses: dict[str, list[Path]] = {}
    for service, use, secret in secret_uses(model):
        if use == STATS_USE:
            uses.setdefault(secret, []).append(("services", service, "http", "stats", "auth", "secret"))
        elif variables:
            uses.setdefault(secret, []).append(("services", service, "env", use))
    what, example = _WORDS[place]
    for secret in sorted(uses):
        if getattr(model.environment.secrets[secret], place) is not None:
            continue
        path: Path = ("secrets", secret)
        yield Finding(
            SECRET_LOST,
            f"`{secret}` says no `{place}`: the {what} by which {target} finds it",
            model.span(path, key=True),
            help=f"add `{example.replace('{name}', secret)}`",
            related=tuple(Related(model.span(use), "it is used here") for use in uses[secret]),
            at=model.tree.name(path),
            target=target,
        )
