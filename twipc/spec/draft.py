"""A tree to as much of an environment as can be bound: one mistake hides no other."""

from __future__ import annotations

from twipc.diagnostics import Path, Report, Stopped
from twipc.syntax import Gaps, NodeScalar, Tree

from . import codes
from .bind import judged
from .clashes import tell_clashes, tell_kinds
from .environment import Environment
from .values import Name

_MOST_ROUNDS = 20
"""What is taken out of a noun may leave it without what it needs, so that it goes too: never deeper than nouns are nested."""


def _may_be_called(stem: str) -> bool:
    from pydantic import TypeAdapter, ValidationError

    try:
        TypeAdapter(Name).validate_python(stem)
    except ValidationError:
        return False
    return True


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
            help=f"write `environment: {stem}` or rename the file"
            if _may_be_called(stem)
            else f"rename it: `{called.value}.yaml`",
            at="environment",
        )
    noun: type[Environment] = Environment
    flawed = tell_kinds(noun, tree, (), report)
    for _ in range(_MOST_ROUNDS):
        environment, wrong = judged(noun, tree, (), report)
        if environment is not None:
            flawed |= tell_clashes(environment, tree, (), report)
            return environment, Tree(tree.root, tree.file, Gaps(tree.gaps.paths, flawed=True)) if flawed else tree
        # What has a name that is none, or lacks something, is taken out only where a draft cannot have it.
        perhaps = wrong.keys | wrong.lacking
        places, unsure = (wrong.places, wrong.keys) if noun is Environment else (wrong.places | perhaps, set[Path]())
        tree = tree.without(places, wrong.unsure | unsure)
        from .drafted import Draft

        noun = Draft
    raise Stopped
