"""The targets there are: those in the targets folder, then those that installed packages offer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from twipc import targets as shipped
from twipc.target import Target

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "twipc.targets"


class BadTarget(Exception):
    """An installed package offers a target that cannot be used; says which and why."""


@cache
def target_names() -> tuple[str, ...]:
    """The names of all targets, found without importing one."""
    return tuple(sorted({*_shipped(), *_offered()}))


def is_target(name: str) -> bool:
    """Whether there is a target of this name; packages are looked through only for one that is no part of twipc."""
    return name in _shipped() or name in _offered()


@cache
def target(name: str) -> Target:
    """The target of this name; raises `KeyError` for a name that `target_names` lacks, `BadTarget` for a broken one."""
    modules = _shipped()
    if name in modules:
        found: Target = import_module(f"{shipped.__name__}.{modules[name]}").TARGET
        return found
    point = _offered()[name]
    try:
        offered = point.load()
    except Exception as problem:
        raise BadTarget(f"the target `{name}` of {point.value} cannot be imported: {problem!r}") from problem
    if not isinstance(offered, Target) or offered.name != name:
        raise BadTarget(f"{point.value} is not a target called `{name}`")
    return offered


def is_shipped(name: str) -> bool:
    """Whether the target of this name is a part of twipc."""
    return name in _shipped()


@cache
def _shipped() -> Mapping[str, str]:
    """Module by target: `compose-2.4` lies in the folder `compose_2_4`."""
    found = (path.parent.name for folder in shipped.__path__ for path in sorted(Path(folder).glob("*/__init__.py")))
    return {_target_name(module): module for module in found}


def _target_name(module: str) -> str:
    word, _, version = module.partition("_")
    return f"{word}-{version.replace('_', '.')}" if version else word


def _offered() -> Mapping[str, EntryPoint]:
    from importlib.metadata import entry_points

    points = {point.name: point for point in entry_points(group=GROUP)}
    shadowed = sorted(set(points) & set(_shipped()))
    if shadowed:
        raise BadTarget(f"{points[shadowed[0]].value} would shadow the shipped target `{shadowed[0]}`")
    return points
