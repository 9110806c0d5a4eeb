"""Where in a spec each fact is said."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from twipc.diagnostics import Path
from twipc.model import Model

from .facts import FactKey, published, secret_uses


def spec_path(key: FactKey, model: Model) -> Path:
    """Where in the spec a fact is said."""
    noun, _, leaf = key.field.partition(".")
    steps: Path = tuple(leaf.split("."))
    match noun:
        case "environment":
            return steps
        case "service" if leaf == "publish":
            return _publish_path(key.owner, model)
        case "service" if leaf == "depends_on":
            return _dependency_path(key.owner, model)
        case "service" if leaf == "replicas" and _has_standby(key.owner[0], model):
            return ("services", key.owner[0], "mode")
        case "service":
            return ("services", key.owner[0], *steps)
        case "http":
            return ("services", key.owner[0], "http", *steps)
        case "backend" if leaf == "hold" and (standby := _held_for(key, model)):
            return ("services", standby, "mode")
        case "backend":
            return ("services", key.owner[0], "http", "backends", key.owner[1], *steps)
        case "network":
            return ("networks", key.owner[0], *steps)
        case "volume":
            return _volume_path(key.owner[0], steps, model)
        case "secret":
            return ("secrets", _secrets(model).get((key.owner[0], key.owner[1]), ""), *steps)
    return ("services", key.owner[0]) if key.owner else ()


def _volume_path(name: str, steps: Path, model: Model) -> Path:
    """That each instance's own is kept is said by `per-replica`, if by nothing else."""
    path: Path = ("volumes", name, *steps)
    volume = model.environment.volumes.get(name)
    implied = volume is not None and volume.access == "per-replica" and steps == ("retention",) and not model.written(path)
    return ("volumes", name, "access") if implied else path


def _has_standby(name: str, model: Model) -> bool:
    """Whether the number of instances is said by the mode."""
    service = model.environment.services.get(name)
    return service is not None and service.standby is not None


def _held_for(key: FactKey, model: Model) -> str:
    """The member whose standby is waited for, if nothing else says that requests wait."""
    service, backend = key.owner
    if model.written(("services", service, "http", "backends", backend, "hold")):
        return ""
    members = (member.service for member in model.members.get((service, backend), ()))
    return next((member for member in members if _has_standby(member, model)), "")


def _publish_path(owner: tuple[str, ...], model: Model) -> Path:
    service = model.environment.services.get(owner[0])
    if service is None:
        return ("services",)
    index = _publications(model, owner[0]).get(owner)
    return ("services", owner[0], "publish", *(() if index is None else (index,)))


@lru_cache(maxsize=8)
def _publications(model: Model, name: str) -> Mapping[tuple[str, ...], int]:
    """The number of each publication of a service."""
    return {owner: index for index, owner in enumerate(published(name, model.environment.services[name]))}


@lru_cache(maxsize=8)
def _secrets(model: Model) -> Mapping[tuple[str, str], str]:
    """The secret of each use."""
    return {(service, use): secret for service, use, secret in secret_uses(model)}


def _dependency_path(owner: tuple[str, ...], model: Model) -> Path:
    service = model.environment.services.get(owner[0])
    for index, one in enumerate(service.depends_on if service else ()):
        if one.service == owner[1]:
            return ("services", owner[0], "depends_on", index)
    return ("services", owner[0], "depends_on")
