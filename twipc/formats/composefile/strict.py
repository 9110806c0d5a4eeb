"""A second look at a YAML file: what parsers read differently is refused, and comments beside values are seen.

Docker refuses a key that stands twice, where other parsers keep the first or the last; it merges a second document into the
first. A file in the plain form that our writer has is looked at line by line, any other by the parser of specs. What is plain
can be parsed part by part, for a parser takes twenty times what it parses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from twipc.diagnostics import Report, Span, Stopped
from twipc.regex import late_regex
from twipc.syntax import Node, NodeMapping, NodeScalar, NodeSequence, parse
from twipc.target import Unreadable

_SCALAR = r'(?:"[ !\#-\[\]-~]*(?:\\[ -~][ !\#-\[\]-~]*)*"|-?[0-9]+|true|false|\{\}|\[\])'
_PLAIN = r"(?!(?i:null|true|false):)[A-Za-z_][A-Za-z0-9_.-]*"
_LINE = late_regex(
    rf"""(?P<indent>\ *)(?P<dashes>(?:-\ )*)
    (?:(?:(?P<plain>{_PLAIN})|"(?P<quoted>[ !\#-\[\]-~]*)"):(?:\ {_SCALAR})?|(?P<item>-|{_SCALAR}))""",
    re.VERBOSE,
)
_COMMENT = late_regex(r"(?:^|(?<=[ \t]))#")
_PART = 50_000
"""Characters that are worth a part of their own."""
_NOTHING = r"(?:\ *(?:\#[^\n]*)?\n)*"
_KEY_FIRST = late_regex(rf"{_NOTHING}(?=[^ \#\n-])", re.VERBOSE)
_INNER_FIRST = late_regex(rf"[^\n]*:\n{_NOTHING}\ \ (?=[^ \#\n-])", re.VERBOSE)
_START = late_regex(r"\n(?=((?:  )?)[^ #\n-])")
"""The end of a line before a key of the document, or of a mapping that stands under one."""


def apart(text: str, path: str) -> tuple[Iterator[str], dict[int, str]]:
    """The text as documents that together say the same, and the comments that stand beside a value, by line.

    Raises `Unreadable` for what parsers do not read alike.
    """
    if text.startswith("\ufeff"):
        raise Unreadable(path, "the file begins with a byte order mark (U+FEFF)")
    if _is_plain(text, path):
        return _parts(text), {}
    report = Report()
    try:
        root = parse(text.encode("utf-8", "surrogatepass"), path, report).root
    except Stopped:
        problem = report.findings[0]
        where = f"line {problem.span.line}: " if problem.span else ""
        raise Unreadable(path, f"{where}{problem.message}") from None
    return iter((text,)), _beside(text, root)


def _parts(text: str) -> Iterator[str]:
    """A plain text in parts; what stands under a key that was begun in another stands under it again.

    Where the first line of a mapping shows how far its keys are indented, whatever comes then is a part of what began there,
    or wrong in the part that it is in as well.
    """
    first = _KEY_FIRST.match(text) if len(text) > _PART else None
    if not first:
        yield text
        return
    head, begun = "", first.end()
    within, is_first = _above(text, begun), True
    for end in _START.finditer(text, begun):
        at, is_inner = end.end(), bool(end[1])
        if not is_inner:
            within, is_first = _above(text, at), True
        elif not within or is_first:
            is_first = False
            continue
        if at - begun > _PART:
            yield head + text[begun:at]
            head, begun = within if is_inner else "", at
    yield head + text[begun:]


def _above(text: str, at: int) -> str:
    """The line of a key of the document, if keys stand under it as far in as ours do."""
    return text[at : text.index("\n", at) + 1] if _INNER_FIRST.match(text, at) else ""


def _is_plain(text: str, path: str) -> bool:
    """Whether each line is one key, one value or one of both; such a file has no comments beside them."""
    open_: list[tuple[int, set[str]]] = []
    for number, line in enumerate(text.split("\n"), 1):
        parts = _words(line)
        if not parts:
            if not line or line.lstrip(" ").startswith("#"):
                continue
            return False
        column, dashes, key, item = parts
        for _ in range(dashes):
            _close(open_, column)
            column += 2
        if item is not None:
            if item == "-":
                _close(open_, column)
            elif not dashes:
                return False
            continue
        if not open_ or open_[-1][0] != column:
            _close(open_, column)
            if not open_ or open_[-1][0] != column:
                open_.append((column, set()))
        keys = open_[-1][1]
        if key in keys:
            raise Unreadable(path, f"line {number}: `{key}` stands twice in this mapping")
        keys.add(key)
    return True


@lru_cache(maxsize=1024)
def _words(line: str) -> tuple[int, int, str, str | None] | None:
    """Where a line begins, its dashes, its key, and its value where it has no key; most lines of a file stand in it often."""
    found = _LINE.fullmatch(line)
    if not found:
        return None
    indent, dashes, plain, quoted, item = found.groups()
    return len(indent), len(dashes) // 2, plain or quoted or "", item


def _close(open_: list[tuple[int, set[str]]], column: int) -> None:
    """Ends every mapping that begins right of `column`."""
    while open_ and open_[-1][0] > column:
        open_.pop()


def _beside(text: str, root: Node) -> dict[int, str]:
    """Each `#` after a space that is in no key and in no value."""
    taken: dict[int, list[tuple[int, int]]] = {}
    for span in _spans(root):
        for line in range(span.line, span.end_line + 1):
            first = span.column if line == span.line else 0
            last = span.end_column if line == span.end_line else len(text) + 1
            taken.setdefault(line, []).append((first, last))
    found: dict[int, str] = {}
    for number, line_text in enumerate(text.splitlines(), 1):
        for hash_ in _COMMENT.finditer(line_text):
            column = hash_.start() + 1
            if not any(first <= column < last for first, last in taken.get(number, ())):
                if line_text[: hash_.start()].strip():
                    found[number] = line_text[hash_.end() :].strip()
                break
    return found


def _spans(node: Node) -> Iterator[Span]:
    """Where keys and scalars stand."""
    if isinstance(node, NodeScalar):
        yield node.span
    elif isinstance(node, NodeSequence):
        for item in node.items:
            yield from _spans(item)
    else:
        assert isinstance(node, NodeMapping)
        for entry in node.entries.values():
            yield entry.key
            yield from _spans(entry.node)
