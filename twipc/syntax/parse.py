"""libyaml's events to a `Tree`: one pass, every problem that can be passed over is reported."""

from __future__ import annotations

import re
from typing import Any

from _ruamel_yaml import CParser
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from twipc.diagnostics import Related, Report, Span, Stopped

from . import codes
from .scalars import resolve
from .tree import Entry, Node, NodeMapping, NodeScalar, NodeSequence, Tree

MOST_BYTES = 1 << 20
MOST_DEPTH = 50
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")


def parse(content: bytes, file: str, report: Report) -> Tree:
    """The tree of one spec; raises `Stopped` after reporting why there is none."""
    text = _text(content, file, report)
    tree = _Builder(text, file, report).tree()
    report.stop_on_errors()
    return tree


def _text(content: bytes, file: str, report: Report) -> str:
    start = Span(file, 1, 1, 1, 2)
    if len(content) > MOST_BYTES:
        report.add(codes.TOO_LARGE, f"the file has {len(content)} bytes, the most is {MOST_BYTES}", start)
        raise Stopped
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        report.add(
            codes.NOT_TEXT,
            f"byte {error.start} (0x{content[error.start]:02x}) is not UTF-8",
            Span(file, line, 1, line, 2),
            help="save the file as UTF-8",
        )
        raise Stopped from None
    unwanted = _UNWANTED.search(text)
    if unwanted:
        line = text.count("\n", 0, unwanted.start()) + 1
        column = unwanted.start() - text.rfind("\n", 0, unwanted.start())
        report.add(
            codes.NOT_TEXT,
            f"control character U+{ord(unwanted[0]):04X} is not allowed",
            Span(file, line, column, line, column + 1),
            help='in a double-quoted string write it as an escape, such as "\\x1b"',
        )
        raise Stopped
    return text


class _Builder:
    """Builds nodes from the event stream of one file."""

    def __init__(self, text: str, file: str, report: Report) -> None:
        self.file = file
        self.report = report
        self.parser: Any = CParser(text)

    def tree(self) -> Tree:
        try:
            return Tree(self._document(), self.file)
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            said = " ".join(part for part in (error.context, error.problem) if part)
            self.report.add(codes.NOT_YAML, said, Span(self.file, line, column, line, column + 1))
            raise Stopped from None

    def _document(self) -> NodeMapping:
        root: Node | None = None
        while True:
            event = self.parser.get_event()
            if isinstance(event, StreamEndEvent):
                break
            if isinstance(event, DocumentStartEvent):
                if root is not None:
                    self.report.add(codes.NOT_ONE_DOCUMENT, "a second document begins here", self._span(event))
                    raise Stopped
                root = self._node(self.parser.get_event(), 1)
        if isinstance(root, NodeMapping):
            return root
        span = root.span if root else Span(self.file, 1, 1, 1, 2)
        said = "the file is empty" if root is None else "the file must hold a mapping, such as `twipc: 1`"
        self.report.add(codes.NOT_ONE_DOCUMENT, said, span)
        raise Stopped

    def _node(self, event: Any, depth: int) -> Node:
        span = self._span(event)
        if depth > MOST_DEPTH:
            self.report.add(codes.TOO_LARGE, f"nested over {MOST_DEPTH} levels deep", span)
            raise Stopped
        if isinstance(event, AliasEvent) or event.anchor is not None:
            self.report.add(
                codes.ALIAS,
                f"`{'*' if isinstance(event, AliasEvent) else '&'}{event.anchor}` is not allowed",
                span,
                help="share what is common with `extends` (a file) or `from` (a service)",
            )
            if isinstance(event, AliasEvent):
                return NodeScalar(None, "", span)
        if event.tag is not None:
            self.report.add(codes.TAG, f"the tag `{event.tag}` is not allowed", span, help="quote a string instead")
        if isinstance(event, ScalarEvent):
            value = resolve(event.value) if event.implicit[0] else event.value
            return NodeScalar(value, event.value, span)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(span, depth)
        assert isinstance(event, MappingStartEvent)
        return self._mapping(span, depth)

    def _sequence(self, span: Span, depth: int) -> NodeSequence:
        items: list[Node] = []
        while not isinstance(event := self.parser.get_event(), SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        return NodeSequence(items, span)

    def _mapping(self, span: Span, depth: int) -> NodeMapping:
        entries: dict[str, Entry] = {}
        while not isinstance(event := self.parser.get_event(), MappingEndEvent):
            key = self._node(event, depth + 1)
            node = self._node(self.parser.get_event(), depth + 1)
            name = self._key(key)
            if name is None:
                continue
            if name in entries:
                self.report.add(
                    codes.DUPLICATE_KEY,
                    f"`{name}` stands twice in this mapping",
                    key.span,
                    help="keep one of the two",
                    related=(Related(entries[name].key, "the first stands here"),),
                )
            entries[name] = Entry(key.span, node)
        return NodeMapping(entries, span)

    def _key(self, key: Node) -> str | None:
        if isinstance(key, NodeScalar) and isinstance(key.value, str):
            if key.value != "<<":
                return key.value
            self.report.add(codes.ALIAS, "the merge key `<<` is not allowed", key.span, help="use `extends` or `from`")
        elif isinstance(key, NodeScalar):
            self.report.add(
                codes.KEY_NOT_STRING, f"the key `{key.text}` is not a string", key.span, help=f'write "{key.text}" in quotes'
            )
        else:
            self.report.add(codes.KEY_NOT_STRING, "a list or mapping can not be a key", key.span)
        return None

    def _span(self, event: Any) -> Span:
        start, end = event.start_mark, event.end_mark
        return Span(self.file, start.line + 1, start.column + 1, end.line + 1, end.column + 1)
