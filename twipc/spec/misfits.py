"""Why a value does not fit, in the user's words, and how it is written instead."""

from __future__ import annotations

import json
import re
import shlex
from typing import Any

from msgspec.structs import replace

from twipc.diagnostics import Path
from twipc.diagnostics.near import near
from twipc.syntax import Node, NodeMapping, NodeScalar, NodeSequence, plain, resolve

from . import foreign
from .noun import Noun
from .secrecy import looks_secret
from .shape import OfNoun, Shape, descriptions, fields, inside

_LONGEST_WORD = 80
_LONGEST_COMMAND = 400
"""A line of words that is told as a list: longer ones are nothing to read in a terminal."""


def veiled(path: Path, node: Node | None, message: str, help: str | None) -> tuple[str, str | None]:
    """Message and help without the value, where that looks like a secret."""
    text = _text(node)
    is_secret = (len(path) == 2 and path[0] == "secrets") or looks_secret(path, text)
    if not isinstance(node, NodeScalar) or not text or not is_secret:
        return message, help

    def without(said: str) -> str:
        return said.replace(f"`{text}`", "`…`").replace(f'"{text}"', '"…"')

    # What it is made into is no less a secret.
    return without(message), without(help.partition("; did you mean")[0]) if help else help


def noun_around(loc: Path, shape: Shape) -> type[Noun] | None:
    for step in loc[:-1]:
        shape = inside(shape, step)
    return shape.noun if isinstance(shape, OfNoun) else None


def holds_something(node: Node | None) -> bool:
    return bool(isinstance(node, NodeSequence) and node.items) or bool(isinstance(node, NodeMapping) and node.entries)


def fields_here(loc: Path, shape: Shape, node: Node | None) -> str:
    noun = noun_around(loc, shape)
    names = [*fields(noun), *noun.SHARED] if noun else []
    if noun is None or not names:
        return "nothing can be said here: write {}"
    theirs = foreign.words(noun.__name__).get(str(loc[-1]))
    told = _with_its_values(noun, str(loc[-1]), loc, node) if theirs else None
    if theirs and told:
        return replace(theirs, told=told).help(str(loc[-1]))
    return foreign.advice(noun.__name__, str(loc[-1]), names) or f"fields here are: {', '.join(names)}"


def described(loc: Path, shape: Shape) -> str | None:
    noun, field = _field(loc, shape)
    return descriptions(noun).get(field) or None if noun else None


def lacking(loc: Path, shape: Shape) -> str | None:
    """What a field is that is not there, and how it is written."""
    said = described(loc, shape)
    noun, field = _field(loc, shape)
    how = foreign.form(noun.__name__, field, "gap") if noun else None
    return f"{said} {how[:1].upper()}{how[1:]}." if said and how else said


def _field(loc: Path, shape: Shape) -> tuple[type[Noun] | None, str]:
    """The innermost field that leads to a place, and its noun: of an item of a list, that of the list."""
    found: tuple[type[Noun] | None, str] = (None, "")
    for step in loc:
        if isinstance(shape, OfNoun) and step != "[key]":
            found = shape.noun, str(step)
        shape = inside(shape, step)
    return found


def judgement(kind: str, error: Any, loc: Path, node: Node | None, shape: Shape) -> tuple[str, str | None]:
    """Message and help for a value that does not fit; of one that is very long, its beginning."""
    message, help = _judgement(kind, error, loc, node, shape)
    text = _text(node)
    return (message.replace(text, f"{text[:_LONGEST_WORD]}…") if len(text) > _LONGEST_WORD else message), help


def _judgement(kind: str, error: Any, loc: Path, node: Node | None, shape: Shape) -> tuple[str, str | None]:
    context = error.get("ctx", {})
    if kind == "twipc":
        written = _found(node) if isinstance(node, NodeMapping | NodeSequence) else f"`{_text(node)}`"
        noun, field = _field(loc, shape)
        is_other = noun and loc[-1:] == ("[key]",) and not _text(node).startswith("/")
        key = foreign.form(noun.__name__, field, "key") if noun and is_other else None
        return context["message"].replace(f"`{error['input']}`", written), key or context["help"] or None
    if kind == "literal_error":
        return _not_among(context["expected"], node, loc, shape)
    wanted = _WANTED.get(kind)
    if wanted:
        return f"{wanted} is wanted here, not {_found(node)}", _advice(wanted, loc, node, shape)
    bounds = {"greater_than_equal": ("ge", "least"), "less_than_equal": ("le", "most")}.get(kind)
    if bounds:
        return f"`{_text(node)}` is out of range: the {bounds[1]} is {context[bounds[0]]}", None
    if kind in ("too_short", "string_too_short"):
        return f"`{loc[-1]}` must not be " + ("empty" if not _text(node) else "so short"), described(loc, shape)
    if kind == "too_long":
        return f"{_found(node)} of {len(getattr(node, 'items', ()))} is too long: the most is {context['max_length']}", None
    if kind == "string_pattern_mismatch":
        return f"`{_text(node)}` does not have the form that is wanted", described(loc, shape)
    # A kind that only an option of some target uses: Pydantic's own words are better than none.
    return f"{_found(node)} does not fit: {error['msg']}", described(loc, shape)


_WANTED = {
    "string_type": "a string",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a mapping",
    "mapping_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}
"""What is wanted, by Pydantic's name for the error that it is not there."""


def _with_its_values(noun: type[Noun], field: str, loc: Path, node: Node | None) -> str | None:
    """How what stands in a service of a compose file is written; a secret that it may hold is not told."""
    if noun.__name__ != "Service" or not isinstance(node, NodeMapping | NodeSequence):
        return None
    from .foreign.compose import rewritten

    told = rewritten(field, plain(node))
    return told if told and not looks_secret(loc, told) else None


def _advice(wanted: str, loc: Path, node: Node | None, shape: Shape) -> str | None:
    """How to write it instead, then what it is."""
    said = described(loc, shape) or ""
    how = ""
    noun, field = _field(loc, shape)
    mine = _with_its_values(noun, field, loc, node) if noun and field == loc[-1] else None
    elsewhere = mine or (foreign.form(noun.__name__, field, _form(node), inside=field != loc[-1]) if noun else None)
    if elsewhere:
        return elsewhere
    if isinstance(node, NodeScalar):
        text = node.text if len(node.text) < _LONGEST_WORD else "…"
        if wanted == "a string":
            how = f'write "{text}" in quotes'
        elif wanted == "a list":
            how = _as_list(_text(node), loc) if isinstance(node.value, str) else f"write [{text}]"
        elif wanted == "true or false" and foreign.truth(_text(node)):
            how = f"write {foreign.truth(_text(node))} without quotes"
        elif wanted in ("a whole number", "a number") and _is_number(node):
            how = f"write {text} without quotes"
    for step in loc:
        shape = inside(shape, step)
    if wanted == "a mapping":
        names = fields(shape.noun) if isinstance(shape, OfNoun) else {}
        how = f"its fields are: {', '.join(names)}" if names else "a mapping is written {name: value}, an empty one {}"
    return f"{said} {how[:1].upper()}{how[1:]}." if said and how else said or how or None


def _form(node: Node | None) -> str:
    if isinstance(node, NodeSequence):
        return "list"
    if isinstance(node, NodeMapping):
        return "mapping"
    return "text" if isinstance(node, NodeScalar) and isinstance(node.value, str) else "number"


def _as_list(text: str, loc: Path) -> str:
    """How the words of a line are written as a list: one that a shell would read is handed to one."""
    if len(text) > _LONGEST_COMMAND or looks_secret(loc, text):
        return "a list is written [a, b]"
    try:
        parts = shlex.split(text)
        asks_a_shell = len(parts) == 3 and parts[0].rpartition("/")[2] in ("sh", "bash", "ash") and parts[1] == "-c"
        if re.search(r"[|&;<>$`*?(){}~]", text) and not asks_a_shell:
            parts = ["sh", "-c", text]
    except ValueError:
        parts = []
    return f"write {json.dumps(parts, ensure_ascii=False)}" if parts else "a list is written [a, b]"


def _not_among(expected: str, node: Node | None, loc: Path, shape: Shape) -> tuple[str, str | None]:
    allowed = expected.replace(" or ", ", ").split(", ")
    words = [word.strip("'") for word in allowed]
    text, description = _text(node), described(loc, shape)
    noun, field = _field(loc, shape)
    if not isinstance(node, NodeScalar):
        return f"one of {', '.join(words)} is wanted here, not {_found(node)}", description
    if text in words:
        quoted = words[0] != allowed[0]
        said = f"a {'string' if quoted else 'number'} is wanted here, not {_found(node)}"
        return said, f'write "{text}" in quotes' if quoted else f"write {text} without quotes"
    theirs = foreign.value(noun.__name__, field, text) if noun else None
    # What looks like a number means no other number.
    meant = None if all(word.isdecimal() for word in words) else near(text, words)
    said = f"`{text}` is not " + (f"one of: {', '.join(words)}" if len(words) > 1 else words[0])
    return said, theirs or (f"did you mean `{meant}`?" if meant else description)


def _is_number(node: NodeScalar) -> bool:
    return isinstance(node.value, str) and not isinstance(resolve(node.value or '""'), str | bool | None)


def _text(node: Node | None) -> str:
    return (node.value if isinstance(node.value, str) else node.text) if isinstance(node, NodeScalar) else ""


def _found(node: Node | None) -> str:
    """What stands there, in a sentence."""
    if isinstance(node, NodeMapping):
        return "a mapping"
    if isinstance(node, NodeSequence):
        return "a list"
    if node is None:
        return "nothing"
    kind = {str: "string", bool: "boolean"}.get(type(node.value), "number")
    return f"the {kind} `{_text(node)}`"
