"""A tree to nouns: Pydantic judges each value."""

from __future__ import annotations

from typing import TypeVar

from msgspec import Struct, field
from pydantic import ValidationError

from twipc.diagnostics import Path, Report, Stopped
from twipc.syntax import Node, NodeMapping, NodeScalar, Tree, plain

from . import codes
from .clashes import tell_clashes, tell_kinds
from .noun import Noun
from .shape import OfNoun, shape_at

N = TypeVar("N", bound=Noun)
VERSIONS = (1,)


def bind_noun(noun: type[N], tree: Tree, path: Path, report: Report) -> N:
    """The noun that stands at `path`; raises `Stopped` after reporting everything that is wrong there."""
    flawed = tell_kinds(noun, tree, path, report)
    value, _ = judged(noun, tree, path, report)
    if value is None or tell_clashes(value, tree, path, report) or flawed:
        raise Stopped
    return value


class Wrong(Struct):
    """What does not fit: the places of what is to be taken out, of what lacks something, of keys, and of what may have been
    meant to be written."""

    places: set[Path] = field(default_factory=set)
    lacking: set[Path] = field(default_factory=set)
    keys: set[Path] = field(default_factory=set)
    unsure: set[Path] = field(default_factory=set)


def judged(noun: type[N], tree: Tree, path: Path, report: Report) -> tuple[N | None, Wrong]:
    """The noun that stands at `path`, or what is wrong there; reported, but for what only follows from gaps in the tree."""
    node = tree.node(path)
    wrong = Wrong()
    if node and _holds_null(node):
        from .refusing import refuse_nulls

        refuse_nulls(node, path, shape_at(path), tree, report, wrong.places)
    try:
        value: N | None = noun.model_validate(plain(node) if node else {})
    except ValidationError as invalid:
        from .refusing import tell

        value = None
        errors = sorted(invalid.errors(include_url=False), key=lambda error: error["type"] != "extra_forbidden")
        for error in errors:
            tell(error, path, OfNoun(noun), tree, report, wrong)
    for places in (wrong.places, wrong.lacking):
        places.discard(())
    return (None if wrong.places or wrong.lacking or wrong.keys else value), wrong


def has_known_version(tree: Tree) -> bool:
    """Whether what the tree says can be judged: a later version of the language may mean other things by it."""
    node = tree.node(("twipc",))
    return not (isinstance(node, NodeScalar) and type(node.value) is int and node.value not in VERSIONS)


def require_known_version(tree: Tree, report: Report) -> None:
    """Raises `Stopped` after reporting a version of the language that is not ours."""
    if not has_known_version(tree):
        node = tree.node(("twipc",))
        assert isinstance(node, NodeScalar)
        report.add(
            codes.VERSION,
            f"this twipc knows version 1 of the language, not {node.text}",
            node.span,
            help="write `twipc: 1`, or install the twipc that the spec was written for",
            at="twipc",
        )
        raise Stopped


def _holds_null(node: Node) -> bool:
    if isinstance(node, NodeScalar):
        return node.value is None
    for inner in [entry.node for entry in node.entries.values()] if isinstance(node, NodeMapping) else node.items:
        if inner.value is None if isinstance(inner, NodeScalar) else _holds_null(inner):
            return True
    return False
