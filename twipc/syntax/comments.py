"""The comments of a spec: libyaml drops them, so they are what follows a `#` that lies in no scalar."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from msgspec import Struct

from twipc.diagnostics import Span

from .tree import Node, NodeMapping, NodeScalar, Tree

_Place = tuple[int, int]


class Comment(Struct, frozen=True):
    """A comment from its `#` to the end of its line; `about` is the line that it speaks of, 0 where none follows."""

    span: Span
    text: str
    about: int


def comments(tree: Tree, text: str) -> list[Comment]:
    """The comments of the text that `tree` was read from; one that stands alone is about the next that is no comment."""
    lines = text.splitlines()
    taken = sorted(_taken(tree.root, lines))
    found: list[Comment] = []
    about = 0
    for number in range(len(lines), 0, -1):
        line = lines[number - 1]
        column = _start(number, line, taken)
        if line[: column - 1].strip() if column else line.strip():
            about = number
        if column:
            found.append(Comment(Span(tree.file, number, column, number, len(line) + 1), line[column - 1 :], about))
    return found[::-1]


def _taken(node: Node, lines: list[str]) -> Iterator[tuple[_Place, _Place]]:
    """Where each scalar lies, keys too; a block scalar begins below its header, which may end in a comment."""
    if isinstance(node, NodeScalar):
        yield _place(node.span, lines)
    elif isinstance(node, NodeMapping):
        for entry in node.entries.values():
            yield _place(entry.key, lines)
            yield from _taken(entry.node, lines)
    else:
        for item in node.items:
            yield from _taken(item, lines)


def _place(span: Span, lines: list[str]) -> tuple[_Place, _Place]:
    is_block = lines[span.line - 1][span.column - 1 : span.column] in ("|", ">")
    return (span.line + 1, 1) if is_block else (span.line, span.column), (span.end_line, span.end_column)


def _start(number: int, line: str, taken: list[tuple[_Place, _Place]]) -> int:
    """The column of the first `#` that lies in no scalar; 0 if there is none."""
    at = line.find("#")
    while at >= 0:
        before = bisect_right(taken, ((number, at + 1), (number, len(line) + 2))) - 1
        end = taken[before][1] if before >= 0 else (0, 0)
        if end <= (number, at + 1):
            return at + 1
        if end[0] > number:
            return 0
        at = line.find("#", end[1] - 1)
    return 0
