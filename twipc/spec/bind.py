"""A tree to nouns: Pydantic judges each value, this module says in the user's words what it found."""

from __future__ import annotations

import difflib
from typing import Any, TypeVar

from pydantic import ValidationError

from twipc.diagnostics import Path, Report, Span, Stopped
from twipc.syntax import Node, NodeMapping, NodeScalar, NodeSequence, Tree

from . import codes
from .environment import Environment
from .noun import Noun
from .shape import MapOf, OfNoun, Shape, fields, inside, shape_at

N = TypeVar("N", bound=Noun)
VERSIONS = (1,)


def bind(tree: Tree, stem: str, report: Report) -> Environment:
    """The environment of a tree; `stem` is the file's name without its ending. Raises `Stopped` on any error."""
    _version(tree, report)
    environment = bind_noun(Environment, tree, (), report)
    if environment.environment != stem:
        report.add(
            codes.FILE_NAME,
            f"the environment is called `{environment.environment}`, its file `{stem}.yaml`",
            tree.span(("environment",)),
            help=f"write `environment: {stem}` or rename the file",
            at="environment",
        )
    report.stop_on_errors()
    return environment


def bind_noun(noun: type[N], tree: Tree, path: Path, report: Report) -> N:
    """The noun that stands at `path`; raises `Stopped` after reporting everything that is wrong there."""
    node = tree.node(path)
    _refuse_nulls(node, path, tree, report)
    try:
        value = noun.model_validate(_plain(node))
    except ValidationError as invalid:
        for error in invalid.errors(include_url=False):
            _report_error(error, path, OfNoun(noun), tree, report)
        raise Stopped from None
    report.stop_on_errors()
    return value


def _version(tree: Tree, report: Report) -> None:
    node = tree.node(("twipc",))
    if isinstance(node, NodeScalar) and isinstance(node.value, int) and node.value not in VERSIONS:
        report.add(
            codes.VERSION,
            f"this twipc knows version 1 of the language, not {node.value}",
            node.span,
            help="write `twipc: 1`, or install the twipc that the spec was written for",
            at="twipc",
        )
        raise Stopped


def _plain(node: Node | None) -> Any:
    if isinstance(node, NodeMapping):
        return {key: _plain(entry.node) for key, entry in node.entries.items()}
    if isinstance(node, NodeSequence):
        return tuple(_plain(item) for item in node.items)
    return node.value if node else None


def _refuse_nulls(node: Node | None, path: Path, tree: Tree, report: Report) -> None:
    """An empty value that removes nothing is a slip: say so rather than take it for a default."""
    if isinstance(node, NodeMapping):
        for key, entry in node.entries.items():
            _refuse_nulls(entry.node, (*path, key), tree, report)
    elif isinstance(node, NodeSequence):
        for index, item in enumerate(node.items):
            _refuse_nulls(item, (*path, index), tree, report)
    elif node and node.value is None:
        last = path[-1] if path else "the file"
        report.add(
            codes.BAD_VALUE,
            f"`{last}` is empty",
            tree.span(path, key=True),
            help='write a value, "" for an empty string, or take the key out; null only removes what an extended file says',
            at=tree.name(path),
        )


def _report_error(error: Any, prefix: Path, shape: Shape, tree: Tree, report: Report) -> None:
    loc: Path = error["loc"]
    is_key = bool(loc) and loc[-1] == "[key]"
    path: Path = (*prefix, *(loc[:-1] if is_key else loc))
    node = tree.node(path)
    if isinstance(node, NodeScalar) and node.value is None and not is_key and error["type"] != "missing":
        return  # said by _refuse_nulls
    kind, context = error["type"], error.get("ctx", {})
    at = tree.name(path)
    if kind == "extra_forbidden":
        span = tree.span(path, key=True)
        report.add(codes.UNKNOWN_FIELD, f"unknown field `{loc[-1]}`", span, help=_known(loc, shape), at=at)
    elif kind == "missing":
        said = f"`{loc[-1]}` is required" + (f" in `{tree.name(path[:-1])}`" if path[:-1] else "")
        report.add(codes.MISSING, said, _parent_span(tree, path), help=_describe(loc, shape), at=at)
    elif kind == "one_of":
        report.add(codes.ONE_OF, context["message"], tree.span(path, key=True), at=at)
    else:
        message, help = _judgement(kind, context, loc, node, shape)
        report.add(codes.BAD_VALUE, message, tree.span(path, key=is_key), help=help, at=at)


def _parent_span(tree: Tree, path: Path) -> Span:
    parent = path[:-1]
    node = tree.node(parent)
    if parent and isinstance(parent[-1], str) and node is not None:
        return tree.span(parent, key=True)
    return tree.span(parent)


def _noun_around(loc: Path, shape: Shape) -> type[Noun] | None:
    for step in loc[:-1]:
        shape = inside(shape, step)
    return shape.noun if isinstance(shape, OfNoun) else None


def _known(loc: Path, shape: Shape) -> str:
    noun = _noun_around(loc, shape)
    names = list(fields(noun)) if noun else []
    near = difflib.get_close_matches(str(loc[-1]), names, 1)
    return f"did you mean `{near[0]}`?" if near else f"fields here are: {', '.join(names)}"


def _describe(loc: Path, shape: Shape) -> str | None:
    noun = _noun_around(loc, shape)
    field = noun.model_fields.get(str(loc[-1])) if noun else None
    return field.description if field else None


def _judgement(kind: str, context: Any, loc: Path, node: Node | None, shape: Shape) -> tuple[str, str | None]:
    """Message and help for a value that does not fit."""
    found = _found(node)
    if kind == "twipc":
        return context["message"], context["help"] or None
    if kind == "literal_error":
        allowed = [word.strip("'") for word in context["expected"].replace(" or ", ", ").split(", ")]
        near = difflib.get_close_matches(str(node.value) if isinstance(node, NodeScalar) else "", allowed, 1)
        return f"{found} is not one of: {', '.join(allowed)}", f"did you mean `{near[0]}`?" if near else _describe(loc, shape)
    if kind == "string_type":
        if isinstance(node, NodeScalar):
            return f"{found}, and a string is wanted", f'write "{node.text}" in quotes'
        return f"{found}, and a string is wanted", None
    wanted = {
        "int_type": "a whole number is wanted",
        "tuple_type": "a list is wanted",
        "dict_type": "a mapping is wanted",
        "mapping_type": "a mapping is wanted",
        "model_type": "a mapping is wanted",
        "model_attributes_type": "a mapping is wanted",
    }.get(kind)
    if wanted:
        return f"{found}, and {wanted}", _describe(loc, shape)
    bounds = {"greater_than_equal": ("ge", "least"), "less_than_equal": ("le", "most")}.get(kind)
    if bounds:
        return f"{found} is out of range: the {bounds[1]} is {context[bounds[0]]}", None
    if kind in ("too_short", "string_too_short"):
        return f"`{loc[-1]}` must not be empty", _describe(loc, shape)
    if kind == "string_pattern_mismatch":
        return f"{found} does not have the form that is wanted", _describe(loc, shape)
    raise AssertionError(f"no words for Pydantic's {kind}")


def _found(node: Node | None) -> str:
    if isinstance(node, NodeMapping):
        return "this is a mapping"
    if isinstance(node, NodeSequence):
        return "this is a list"
    if node is None:
        return "this"
    if isinstance(node.value, str):
        return f"`{node.value}`"
    return f"`{node.text}` is a {'boolean' if isinstance(node.value, bool) else 'number'}"


def is_map(path: Path) -> bool:
    """Whether `path` names a map whose keys the user chooses."""
    return isinstance(shape_at(path), MapOf)
