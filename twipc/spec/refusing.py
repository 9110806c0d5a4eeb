"""What Pydantic refuses, in the user's words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from twipc.diagnostics import Path, Report, Span
from twipc.diagnostics.near import near
from twipc.syntax import Node, NodeMapping, NodeScalar, NodeSequence, Tree

from . import codes, foreign
from .bind import Wrong
from .misfits import fields_here, holds_something, judgement, lacking, noun_around, veiled
from .shape import Leaf, ListOf, MapOf, OfNoun, Shape, fields, inside


def refuse_nulls(node: Node | None, path: Path, shape: Shape, tree: Tree, report: Report, wrong: set[Path]) -> None:
    """An empty value that removes nothing is a slip: say so rather than take it for a default."""
    if isinstance(node, NodeMapping):
        for key, entry in node.entries.items():
            refuse_nulls(entry.node, (*path, key), inside(shape, key), tree, report, wrong)
    elif isinstance(node, NodeSequence):
        for index, item in enumerate(node.items):
            refuse_nulls(item, (*path, index), inside(shape, index), tree, report, wrong)
    elif node and node.value is None:
        wrong.add(path)
        if tree.gaps.hide(path):
            return  # what it removes may not have been read
        last = path[-1] if path else "the file"
        example = "[]" if isinstance(shape, ListOf) else '""' if isinstance(shape, Leaf) or path[-2:-1] == ("env",) else "{}"
        how = foreign.form("Environment", str(path[0]), "gap", inside=True) if len(path) == 2 else None
        how = f"{how}," if how else f"write a value (an empty one is {example})"
        report.add(
            codes.BAD_VALUE,
            f"`{last}` is empty" if isinstance(last, str) else "an item of the list is empty",
            tree.span(path, key=True),
            help=f"{how} or take it out; null only removes what an extended file says",
            at=tree.name(path),
        )


def tell(error: Any, prefix: Path, shape: Shape, tree: Tree, report: Report, wrong: Wrong) -> None:
    """Report one error, and take down where what it is about stands."""
    loc: Path = error["loc"]
    is_key = bool(loc) and loc[-1] == "[key]"
    path: Path = (*prefix, *(loc[:-1] if is_key else loc))
    node = tree.node(path)
    kind, context = error["type"], error.get("ctx", {})
    at = tree.name(path)
    if kind == "extra_forbidden":
        wrong.unsure.update(_meant(path, loc, shape, tree))
    (wrong.keys if is_key else wrong.lacking if kind == "missing" else wrong.places).add(_there(path, tree))
    if kind == "missing":
        follows = tree.gaps.hide(path) or path in wrong.unsure
        wrong.unsure.add(path)
    else:
        is_said = isinstance(node, NodeScalar) and node.value is None and not is_key  # by refuse_nulls
        is_certain = kind in ("extra_forbidden", "too_long") or context.get("certain", False)
        may_be_more = kind == "too_short" and isinstance(node, NodeMapping) and tree.gaps.are_around(path)
        follows = is_said or may_be_more or (not is_certain and tree.gaps.lie_in(path))
    if follows:
        return
    if kind == "extra_forbidden":
        span = tree.span(path, key=True)
        report.add(codes.UNKNOWN_FIELD, f"unknown field `{loc[-1]}`", span, help=fields_here(loc, shape, node), at=at)
    elif kind == "missing":
        said = f"`{loc[-1]}` is required" + (f" in `{tree.name(path[:-1])}`" if path[:-1] else "")
        report.add(codes.MISSING, said, _parent_span(tree, path), help=lacking(loc, shape), at=at)
    elif kind == "too_short" and holds_something(node):
        pass  # what stands in it is wrong, and was said
    else:
        standing = NodeScalar(str(path[-1]), str(path[-1]), tree.span(path, key=True)) if is_key else node
        message, help = veiled(path, node, *judgement(kind, error, loc, standing, shape))
        report.add(codes.BAD_VALUE, message, tree.span(path, key=is_key), help=help, at=at)


def _there(path: Path, tree: Tree) -> Path:
    """The nearest of what is written: of what is missing, that in which it is."""
    while tree.node(path) is None:
        path = path[:-1]
    return path


def _meant(path: Path, loc: Path, shape: Shape, tree: Tree) -> Iterator[Path]:
    """The places of what an unknown field may have meant: what it looks like, or is called elsewhere, or all of its kind."""
    noun, around = noun_around(loc, shape), tree.node(path[:-1])
    if noun is None or not isinstance(around, NodeMapping):
        return
    unwritten = {name: inner for name, inner in fields(noun).items() if name not in around.entries}
    word = near(str(path[-1]), [*unwritten, *noun.SHARED])
    theirs = foreign.words(noun.__name__).get(foreign.folded(str(path[-1])))
    if word in noun.SHARED:
        yield path[:-1]
    elif word:
        yield (*path[:-1], word)
    elif theirs and theirs.place:
        yield (*path[:-1], theirs.place.rpartition(".")[2])
    elif isinstance(tree.node(path), NodeMapping):
        yield from ((*path[:-1], name) for name, inner in unwritten.items() if isinstance(inner, MapOf | OfNoun))
    elif noun.SHORT in unwritten:
        yield (*path[:-1], noun.SHORT)


def _parent_span(tree: Tree, path: Path) -> Span:
    parent = path[:-1]
    node = tree.node(parent)
    if parent and isinstance(parent[-1], str) and node is not None:
        return tree.span(parent, key=True)
    return tree.span(parent)
