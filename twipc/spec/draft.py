"""A tree to as much of an environment as can be bound: one mistake hides no other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from twipc.diagnostics import Report, Stopped
from twipc.syntax import NodeScalar, Tree

from . import codes
from .bind import judged
from .environment import Environment
from .service import Service
from .values import Name

_MOST_ROUNDS = 20
"""What is taken out of a noun may leave it without what it needs, so that it goes too: never deeper than nouns are nested."""


class Draft(Environment):
    """An environment of which not all could be bound: even what every other has may be missing."""

    project: Name = Field("unnamed", description="Its own, or any.")
    environment: Name = Field("unnamed", description="Its own, or any.")
    twipc: Any = 1
    targets: Mapping[str, Mapping[str, Any]] = Field({}, description="Those that could be bound.")
    services: Mapping[Name, Service] = Field({}, description="Those that could be bound.")


def bind(tree: Tree, stem: str, report: Report) -> tuple[Environment, Tree]:
    """What could be bound, and the tree of just that: where something was wrong, and was reported, it has gaps.

    `stem` is the file's name without its ending. Raises `Stopped` where nothing could be bound.
    """
    called = tree.node(("environment",))
    if isinstance(called, NodeScalar) and isinstance(called.value, str) and called.value != stem:
        report.add(
            codes.FILE_NAME,
            f"the environment is called `{called.value}`, its file `{stem}.yaml`",
            called.span,
            help=f"write `environment: {stem}` or rename the file",
            at="environment",
        )
    noun: type[Environment] = Environment
    for _ in range(_MOST_ROUNDS):
        environment, wrong = judged(noun, tree, (), report)
        if environment is not None:
            return environment, tree
        tree = tree.without(wrong.places, wrong.unsure)
        noun = Draft
    raise Stopped
