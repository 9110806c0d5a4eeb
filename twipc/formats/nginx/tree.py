"""An nginx configuration as a tree of directives, on crossplane's lexer."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from io import StringIO

from msgspec import Struct

from twipc.regex import late_regex

# In every word, quoted or not; the lexer has already taken a quote of its own kind for itself.
_ESCAPED = late_regex(r"\\([\\nrt\"'])")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_END = "twipc_end"
MOST_DEEP = 50
"""Blocks in blocks; nginx has no bound, and people write five or six."""
_Token = tuple[str, int, bool]
"""A word, its line, and whether it stands in quotes."""


class NotNginx(Exception):
    """The text is no nginx configuration; says why in one line."""


class Directive(Struct):
    """A name, its arguments as nginx takes them, and what stands in its braces."""

    name: str
    args: tuple[str, ...]
    line: int
    block: Block | None
    file: str = ""
    """The file that another one includes, by its name; nothing in the one that was asked for."""

    @property
    def at(self) -> tuple[str | int, ...]:
        """Where it is written, as a rule says it."""
        return (self.line, self.file) if self.file else (self.line,)

    @property
    def place(self) -> str:
        """The same in words."""
        return f"line {self.line} of {self.file}" if self.file else f"line {self.line}"


class Block(Struct):
    """Directives in order; a reader takes out what it understands, and what stays is foreign."""

    directives: list[Directive]

    def take(self, name: str) -> list[Directive]:
        """All directives of this name, taken out."""
        found = [directive for directive in self.directives if directive.name == name]
        self.directives = [directive for directive in self.directives if directive.name != name]
        return found

    def take_one(self, name: str) -> tuple[str, ...] | None:
        """The arguments of the only directive of this name, taken out; several stay where they are."""
        found = [directive for directive in self.directives if directive.name == name]
        if len(found) != 1:
            return None
        self.directives.remove(found[0])
        return found[0].args

    def rest(self, context: str = "") -> dict[str, tuple[tuple[str, ...], ...]]:
        """Everything that is left, by place: the arguments of each directive of a name, in order."""
        left: dict[str, tuple[tuple[str, ...], ...]] = {}
        for directive in self.directives:
            place = f"{context}{directive.name}"
            left[place] = (*left.get(place, ()), directive.args)
            if directive.block:
                inner = " ".join((place, *directive.args))
                for key, value in directive.block.rest(f"{inner} / ").items():
                    left[key] = (*left.get(key, ()), *value)
        return left


class Comment(Struct, frozen=True):
    """What stands after a `#`; `beside` is whether something of the configuration stands before it."""

    text: str
    line: int
    beside: bool


def parse(text: str) -> tuple[Block, list[Comment]]:
    """The tree of a configuration, and its comments."""
    if text.startswith("\ufeff"):
        raise NotNginx("the file begins with a byte order mark (U+FEFF)")
    # The lexer says nothing of a word, or of an open quote, that the text ends with: then this is not the last directive.
    tokens, comments = _tokens(f"{text}\n {_END};")
    block = _block(iter(tokens))
    last = block.directives.pop() if block.directives else None
    if last is None or (last.name, last.args) != (_END, ()):
        raise NotNginx("the file ends in the middle of a directive")
    return block, list(comments)


@lru_cache(maxsize=1024)
def _tokens(text: str) -> tuple[tuple[_Token, ...], tuple[Comment, ...]]:
    """What stands in a text, and its comments; the lexer takes longest of all that reads it, and targets have the same text."""
    # crossplane offers its lexer for files only; this is the same one on a text (pinned by tests/unit/formats/test_nginx.py).
    from crossplane.lexer import _lex_file_object

    found: list[_Token] = []
    comments: list[Comment] = []
    before = 0
    try:
        for token, line, quoted in _lex_file_object(StringIO(text)):
            if not quoted and token.startswith("#"):
                comments.append(Comment(token[1:].strip(), line, beside=line == before))
            else:
                before = line + token.count("\n")
                found.append((_ESCAPED.sub(lambda escape: _ESCAPES.get(escape[1], escape[1]), token), line, quoted))
    except (StopIteration, RuntimeError) as error:
        raise NotNginx("a quote is not closed") from error
    return tuple(found), tuple(comments)


def _block(tokens: Iterator[_Token], inner: int = 0) -> Block:
    """What stands in the braces of so many blocks."""
    directives: list[Directive] = []
    words: list[str] = []
    first = 0
    for word, line, quoted in tokens:
        if quoted or word not in ("{", "}", ";"):
            first = first if words else line
            words.append(word)
            continue
        if word == "}":
            if words or not inner:
                raise NotNginx(f"line {line}: unexpected `}}`")
            return Block(directives)
        if not words:
            raise NotNginx(f"line {line}: unexpected `{word}`")
        if word == "{" and inner == MOST_DEEP:
            raise NotNginx(f"line {line}: over {MOST_DEEP} blocks in one another")
        block = _block(tokens, inner + 1) if word == "{" else None
        directives.append(Directive(words[0], tuple(words[1:]), first, block))
        words = []
    if inner or words:
        raise NotNginx("the file ends in the middle of a block")
    return Block(directives)
