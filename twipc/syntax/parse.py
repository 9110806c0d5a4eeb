"""libyaml's events to a `Tree`: one pass, every problem that can be passed over is reported."""

from __future__ import annotations

from functools import lru_cache
from sys import intern
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

from twipc.diagnostics import Finding, Path, Related, Report, Span, Stopped
from twipc.regex import late_regex

from . import codes
from .gaps import Gaps
from .scalars import resolve
from .tree import Entry, Node, NodeMapping, NodeScalar, NodeSequence, Tree

MOST_BYTES = 1 << 20
MOST_DEPTH = 50
_ALIKE = "what several have alike stands in a file beside this one, which `extends` names; `from: web` takes a service of it"
_UNWANTED = late_regex("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""Control characters, and what only some readers take for a line end or do not see at all."""
_COLON, _QUESTION = "\ue0c0", "\ue0c1"
_COLONS = late_regex(r"""((?<![^\s,\[\]{}])[!&*][^\s,\[\]{}]*|["'\]}][ \t]*:)|:(?=[^\s,\[\]{}])""")
"""What is passed over (tags, anchors, the end of a quoted or bracketed key) or a `:` before a word."""
_TIGHT = late_regex(r":[^\s,\[\]{}]")
_QUESTIONS = late_regex(r"(?<=[^\s,\[\]{}])\?|\?(?=[^\s,\[\]{}])")


def parse(content: bytes, file: str, report: Report) -> Tree:
    """The tree of one spec; raises `Stopped` after reporting what is wrong with it."""
    tree = salvage(content, file, report)
    report.stop_on_errors()
    return tree


def salvage(content: bytes, file: str, report: Report) -> Tree:
    """The tree of what could be read, with gaps where that is not all; raises `Stopped` where nothing could."""
    tree, findings = _read_once(content, file)
    report.extend(findings)
    if tree is None:
        raise Stopped
    return tree


@lru_cache(maxsize=32)
def _read_once(content: bytes, file: str) -> tuple[Tree | None, tuple[Finding, ...]]:
    """A spec is compiled from the tree that its lines are shown by; nobody changes it."""
    report = Report()
    try:
        tree: Tree | None = _Builder(_text(content, file, report), file, report).tree()
    except Stopped:
        tree = None
    return tree, report.findings


def _text(content: bytes, file: str, report: Report) -> str:
    start = Span(file, 1, 1, 1, 2)
    if len(content) > MOST_BYTES:
        help = "an environment is far smaller: is it this file that is meant?"
        report.add(codes.TOO_LARGE, f"the file has over {MOST_BYTES} bytes", start, help=help)
        raise Stopped
    try:
        text = content.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode().removeprefix("\ufeff")
        line = before.count("\n") + 1
        column = len(before) - before.rfind("\n")
        report.add(
            codes.NOT_TEXT,
            f"byte {error.start} (0x{content[error.start]:02x}) is not UTF-8",
            Span(file, line, column, line, column + 1),
            help="save the file as UTF-8",
        )
        raise Stopped from None
    unwanted = None if text.replace("\n", "").isprintable() else _UNWANTED.search(text)
    if unwanted:
        line = text.count("\n", 0, unwanted.start()) + 1
        column = unwanted.start() - text.rfind("\n", 0, unwanted.start())
        report.add(
            codes.NOT_TEXT,
            f"the character U+{ord(unwanted[0]):04X} is not allowed",
            Span(file, line, column, line, column + 1),
            help='in a double-quoted string write it as an escape, such as "\\x1b" or "\\u2028"',
        )
        raise Stopped
    return text


def _masked(text: str) -> str:
    """`text` with each `:` and `?` that is part of a word under another name, a character for a character.

    libyaml still reads flow collections by YAML 1.1, where `{image: shop/web:1}` is an error; in 1.2 a `:` before a word goes
    on with the word, unless it ends a quoted or bracketed key.
    """
    if _COLON in text or _QUESTION in text:
        return text
    if "?" in text:
        text = _QUESTIONS.sub(_QUESTION, text)
    # Nothing of this reaches over the end of a line, and in most lines there is nothing to do.
    return "\n".join(_without_colons(line) if _TIGHT.search(line) else line for line in text.split("\n"))


def _without_colons(line: str) -> str:
    return _COLONS.sub(lambda found: found[1] or _COLON, line)


def _unmasked(text: str) -> str:
    return text.replace(_COLON, ":").replace(_QUESTION, "?")


_HELP = (
    ("did not find expected key", "is the line indented like the ones it belongs to, and is a quoted value closed?"),
    ("did not find expected ',' or", "close the bracket, or put the value in quotes"),
    ("mapping values are not allowed", "put a value with `: ` in it in quotes, and indent keys of one mapping alike"),
    ("found unexpected ':'", "put a space after the `:`, or the value in quotes"),
    ("could not find expected ':'", "is a `:` missing after the key, or a space after the `:`?"),
    ("unexpected end of stream", "close the quote"),
    ("found a tab character", "indent with blanks: YAML takes no tabs for it"),
    ("cannot start any token", "put the value in quotes, and indent with blanks: YAML takes no tabs for it"),
    ("unknown escape character", "use single quotes, in which a backslash is only a backslash"),
    ("block sequence entries are not allowed", "begin the list on a line of its own"),
)


class _Builder:
    """Builds nodes from the event stream of one file."""

    def __init__(self, text: str, file: str, report: Report) -> None:
        self.file = file
        self.report = report
        self.lines = text.splitlines()
        self.last = len(self.lines)
        # Of each number and word there is one, however often it stands in a file.
        self.numbers = list(range(1, self.last + 2))
        masked = _masked(text)
        self.unmask = _unmasked if masked != text else str
        self.parser: Any = CParser(masked)
        self.path: list[str | int] = []
        self.gaps: set[Path] = set()

    def tree(self) -> Tree:
        try:
            return Tree(self._document(), self.file, Gaps(self.gaps))
        except MarkedYAMLError as error:
            self._tell(error)
            raise Stopped from None

    def _tell(self, error: MarkedYAMLError) -> None:
        """What libyaml could not read, where it noticed, where that began, and what is mostly wrong then."""
        span = self._point(error.problem_mark or error.context_mark)
        start = self._point(error.context_mark)
        related = (Related(start, f"{error.context}, which begins here"),) if error.context and start != span else ()
        line = self.lines[span.line - 1] if span.line <= len(self.lines) else ""
        help = next((help for part, help in _HELP if part in str(error.problem)), None)
        if "cannot start any token" in str(error.problem):
            tab = line[: span.column].rstrip(" ").endswith("\t")
            help = "indent with spaces, not with a tab" if tab else "put the value in quotes"
        said = str(error.problem or error.context)
        self.report.add(codes.NOT_YAML, f"not YAML: {said}", span, help=help, related=related)

    def _point(self, mark: Any) -> Span:
        """A mark at the end of the file stands after its last line."""
        line, column = (mark.line, mark.column) if mark else (0, 0)
        if len(self.lines) <= line:
            line, column = (len(self.lines) - 1, len(self.lines[-1])) if self.lines else (0, 0)
        return Span(self.file, line + 1, column + 1, line + 1, column + 2)

    def _document(self) -> NodeMapping:
        root: Node | None = None
        while True:
            event = self.parser.get_event()
            if isinstance(event, StreamEndEvent):
                break
            if isinstance(event, DocumentStartEvent):
                if event.version not in (None, (1, 2)):
                    said = "not YAML 1.2: the file says that it is another version"
                    self.report.add(codes.NOT_YAML, said, self._span(event), help="take the line `%YAML` out")
                    raise Stopped
                if root is not None:
                    help = "take out the `---`, or write a file for each"
                    self.report.add(codes.NOT_ONE_DOCUMENT, "a second document begins here", self._span(event), help=help)
                    break
                root = self._node(self.parser.get_event(), 1)
        if isinstance(root, NodeMapping):
            return root
        span = root.span if root else Span(self.file, 1, 1, 1, 2)
        said = "the file is empty" if root is None else "the file must hold a mapping"
        if not self.gaps:
            help = "a spec begins with `twipc: 1`; `twipc explain spec` says what else it holds"
            self.report.add(codes.NOT_ONE_DOCUMENT, said, span, help=help)
        raise Stopped

    def _node(self, event: Any, depth: int) -> Node:
        span = self._span(event)
        if depth > MOST_DEPTH:
            help = "no field lies so deep: look for a bracket that is not closed"
            self.report.add(codes.TOO_LARGE, f"nested over {MOST_DEPTH} levels deep", span, help=help)
            raise Stopped
        kind = type(event)
        if kind is AliasEvent or event.anchor is not None:
            self.report.add(
                codes.ALIAS,
                f"`{'*' if isinstance(event, AliasEvent) else '&'}{self.unmask(event.anchor)}` is not allowed",
                span,
                help=_ALIKE,
            )
            if isinstance(event, AliasEvent):
                self._gap()
                return NodeScalar(None, "", span)
        if event.ctag is not None:
            tag = self.unmask(event.tag).replace("tag:yaml.org,2002:", "!!")
            self.report.add(codes.TAG, f"the tag `{tag}` is not allowed", span, help="take it out; a string stands in quotes")
            self._gap()
        if kind is ScalarEvent:
            text = intern(self.unmask(event.value))
            return NodeScalar(resolve(text) if event.implicit[0] else text, text, span)
        if kind is SequenceStartEvent:
            return self._sequence(span, depth)
        assert kind is MappingStartEvent
        return self._mapping(span, depth)

    def _sequence(self, span: Span, depth: int) -> NodeSequence:
        items: list[Node] = []
        get_event = self.parser.get_event
        while type(event := get_event()) is not SequenceEndEvent:
            self.path.append(len(items))
            items.append(self._node(event, depth + 1))
            self.path.pop()
        return NodeSequence(items, span)

    def _mapping(self, span: Span, depth: int) -> NodeMapping:
        entries: dict[str, Entry] = {}
        get_event, path, inside = self.parser.get_event, self.path, depth + 1
        while type(event := get_event()) is not MappingEndEvent:
            key = self._node(event, inside)
            name = None if type(event) is AliasEvent else self._key(key)
            event = get_event()
            if type(event) is AliasEvent and name is None and isinstance(key, NodeScalar) and key.value == "<<":
                continue  # it is told by its key
            path.append(name or "")
            node = self._node(event, inside)
            path.pop()
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
                node = self._both(name, entries[name].node, node)
            entries[name] = Entry(key.span, node)
        return NodeMapping(entries, span)

    def _gap(self, *steps: str) -> None:
        """Not all of what is written here, or at `steps` from here, is known."""
        self.gaps.add((*self.path, *steps))

    def _both(self, name: str, first: Node, second: Node) -> Node:
        """What two equal keys hold, to be judged all the same: of two mappings the entries of both, else the second."""
        if isinstance(first, NodeMapping) or isinstance(second, NodeMapping):
            self._gap(name)
        if isinstance(first, NodeMapping) and isinstance(second, NodeMapping):
            return NodeMapping({**first.entries, **second.entries}, second.span)
        return second

    def _key(self, key: Node) -> str | None:
        if isinstance(key, NodeScalar) and isinstance(key.value, str):
            if key.value != "<<":
                return key.value
            self.report.add(
                codes.ALIAS,
                "the merge key `<<` is not allowed",
                key.span,
                help=_ALIKE,
            )
            self._gap()
        elif isinstance(key, NodeScalar):
            self.report.add(
                codes.KEY_NOT_STRING, f"the key `{key.text}` is not a string", key.span, help=f'write "{key.text}" in quotes'
            )
            self._gap(key.text)
        else:
            help = 'a key is a word; a text that begins with a bracket, such as "{{ name }}", stands in quotes'
            self.report.add(codes.KEY_NOT_STRING, "a list or mapping cannot be a key", key.span, help=help)
            self._gap()
        return None

    def _span(self, event: Any) -> Span:
        start, end = event.start_mark, event.end_mark
        line = start.line
        if line >= self.last:
            return self._point(start)
        return Span(self.file, self.numbers[line], start.column + 1, self.numbers[end.line], end.column + 1)
