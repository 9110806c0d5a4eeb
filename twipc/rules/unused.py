"""Nouns that nothing uses."""

from __future__ import annotations

from collections.abc import Iterator

from twipc.diagnostics import Finding, Path
from twipc.model import Model
from twipc.target import secret_uses

from .codes.services import UNUSED


def unused(model: Model) -> Iterator[Finding]:
    """Volumes, networks and secrets that no service has, and what is external and has no reader of its address."""
    mounted = {mount.volume for _, service in model.services for mount in service.mounts.values()}
    used = {secret for _, _, secret in secret_uses(model)}
    attached = {one.network for _, service in model.services for one in service.networks}
    for name in sorted(set(model.environment.networks) - attached):
        yield _finding(model, ("networks", name), f"no service is on the network `{name}`")
    for name in sorted(set(model.environment.volumes) - mounted):
        yield _finding(model, ("volumes", name), f"no service mounts the volume `{name}`")
    addressed = {value.address.partition(".")[0] for _, one in model.services for value in one.env.values() if value.address}
    for name in sorted(set(model.environment.external) - addressed):
        yield _finding(model, ("external", name), f"no variable holds an address of `{name}`")
    for name in sorted(set(model.environment.secrets) - used):
        yield _finding(model, ("secrets", name), f"nothing uses the secret `{name}`")


def _finding(model: Model, path: Path, said: str) -> Finding:
    return Finding(UNUSED, said, model.span(path, key=True), help="use it, or take it out", at=model.tree.name(path))
