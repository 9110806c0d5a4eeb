"""What does not go together in one noun: told whatever else is wrong in it, and hiding nothing."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from twipc.diagnostics import Path, Report
from twipc.syntax import Node, NodeMapping, NodeScalar, NodeSequence, Tree

from . import codes
from .noun import Noun
from .shape import OfNoun, Shape, fields, inside


def tell_kinds(noun: type[Noun], tree: Tree, path: Path, report: Report) -> bool:
    """Whether two kinds of one noun are written, or none where one is needed, whatever they say; each is reported."""
    return _kinds(tree.node(path), OfNoun(noun), path, tree, report)


def _kinds(node: Node | None, shape: Shape, path: Path, tree: Tree, report: Report) -> bool:
    found = False
    if isinstance(node, NodeSequence):
        for index, item in enumerate(node.items):
            found |= _kinds(item, inside(shape, index), (*path, index), tree, report)
    elif isinstance(node, NodeMapping):
        found = isinstance(shape, OfNoun) and bool(shape.noun.ONE_OF) and _told(node, shape.noun, path, tree, report)
        for key, entry in node.entries.items():
            if not isinstance(entry.node, NodeScalar):
                found |= _kinds(entry.node, inside(shape, key), (*path, key), tree, report)
    return found


def _told(node: NodeMapping, noun: type[Noun], path: Path, tree: Tree, report: Report) -> bool:
    written = [name for name in noun.ONE_OF if name in node.entries]
    several = [name for name in written if not _is_null(node.entries[name].node)]
    if len(several) > 1:
        said, help = f"both `{several[0]}` and `{several[1]}` are written", "take one of them out"
        if tree.gaps.lie_in(path):
            return False
    elif written or not noun.KIND_NEEDED:
        return False
    else:
        said, help = "none is written", "write one of them"
        if not node.entries.keys() <= fields(noun).keys() or tree.gaps.lie_in(path) or tree.gaps.are_around(path):
            return False  # it may be what could not be read, or an unknown field
    names = ", ".join(f"`{name}`" for name in noun.ONE_OF)
    count = "exactly one" if noun.KIND_NEEDED else "at most one"
    message = f"{count} of {names} is wanted, {said}"
    report.add(codes.ONE_OF, message, tree.span(path, key=True), help=help, at=tree.name(path))
    return True


def _is_null(node: Node) -> bool:
    return isinstance(node, NodeScalar) and node.value is None


def tell_clashes(noun: Noun, tree: Tree, path: Path, report: Report) -> bool:
    """Whether a noun, or one in it, has parts that do not go together; each is reported, but for what may follow from a gap."""
    return _clashes(noun, tree.node(path), path, tree, report)


def _clashes(value: Any, node: Node | None, path: Path, tree: Tree, report: Report) -> bool:
    found = False
    if isinstance(value, tuple) and isinstance(node, NodeSequence):
        for index, (item, written) in enumerate(zip(value, node.items, strict=True)):
            found |= _clashes(item, written, (*path, index), tree, report)
    elif isinstance(value, Noun) and isinstance(node, NodeMapping):
        for clash in value.clashes():
            if not tree.gaps.are_around(path) and (clash.certain or not tree.gaps.lie_in(path)):
                at = (*path, *clash.at)
                report.add(codes.BAD_VALUE, clash.message, tree.span(at, key=True), help=clash.help, at=tree.name(at))
                found = True
        names = _attributes(type(value))
        for key, entry in node.entries.items():
            if not isinstance(entry.node, NodeScalar):
                found |= _clashes(getattr(value, names[key]), entry.node, (*path, key), tree, report)
    elif isinstance(value, Mapping) and isinstance(node, NodeMapping):
        for key, entry in node.entries.items():
            found |= _clashes(value[key], entry.node, (*path, key), tree, report)
    return found


@cache
def _attributes(noun: type[Noun]) -> Mapping[str, str]:
    """The attribute that holds what a spec says under a key."""
    return {info.alias or name: name for name, info in noun.model_fields.items()}
