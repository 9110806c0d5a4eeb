"""`# twipc: ignore[CODE] reason`: comments that take findings of their line out of what is said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from twipc.diagnostics import Code, Finding, Severity, Span
from twipc.diagnostics.near import near
from twipc.regex import late_regex

from . import codes
from .comments import Comment

_ASKED = late_regex(r"#(?<!\S#)[ \t]*twipc:[ \t]*ignore(?![\w-])", re.IGNORECASE)
_MEANT = late_regex(r"#(?<!\S#)[ \t]*twipc\b[^\[\]#]{0,40}\[[ \t]*[A-Za-z]{2,9}[0-9]{3}\b", re.IGNORECASE)
"""What is meant so, and is written otherwise."""
_FORM = late_regex(r"[ \t]*\[(?P<codes>[^\[\]]*)\](?P<reason>.*)")
_MOST_CODES = 20
_HELP = "write `# twipc: ignore[CODE] reason`, with several codes apart by commas"


class Ignore(Struct, frozen=True):
    """One code that a comment at `span` ignores on the line `about`."""

    code: str
    span: Span
    about: int

    @property
    def place(self) -> tuple[str, str, int]:
        """The code, file and line of the findings that it is for."""
        return (self.code, self.span.file, self.about)


def asks_to_ignore(text: str) -> bool:
    """Whether a text may hold such comments: most do not, and need not be looked at again."""
    return bool(_ASKED.search(text) or _MEANT.search(text))


def ignores(comments: Iterable[Comment], known: Mapping[str, Code]) -> tuple[list[Ignore], list[Finding]]:
    """What the comments ignore, and what is wrong with those that cannot mean anything."""
    found: list[Ignore] = []
    wrong: list[Finding] = []
    for comment in comments:
        for one in _read(comment, known):
            if isinstance(one, Ignore):
                found.append(one)
            else:
                wrong.append(one)
    return found, wrong


def unused(ignore: Ignore) -> Finding:
    """That an ignore met nothing."""
    where = f"on line {ignore.about}" if ignore.about else "here, where nothing follows"
    said = f"nothing to ignore: no {ignore.code} {where}"
    return Finding(codes.UNUSED_IGNORE, said, ignore.span, "take it out")


def _read(comment: Comment, known: Mapping[str, Code]) -> Iterator[Ignore | Finding]:
    asked = _ASKED.search(comment.text)
    if not asked:
        meant = _MEANT.search(comment.text)
        if meant:
            where = _part(comment, meant.start(), len(comment.text))
            yield Finding(codes.BAD_IGNORE, "the comment ignores nothing: it is not written like that", where, _HELP)
        return
    whole = _part(comment, asked.start(), len(comment.text))
    form = _FORM.match(comment.text, asked.end())
    if not form or not form["codes"].strip():
        yield Finding(codes.BAD_IGNORE, "the comment names no code to ignore", whole, _HELP)
    elif not form["reason"].strip():
        yield Finding(codes.BAD_IGNORE, "the comment gives no reason to ignore it", whole, _HELP)
    elif form["codes"].count(",") >= _MOST_CODES:
        yield Finding(codes.BAD_IGNORE, f"the comment names over {_MOST_CODES} codes", whole, "put right what they tell of")
    else:
        for word in re.finditer(r"(?:^|(?<=,))[^,]*", form["codes"]):
            start = form.start("codes") + word.start() + len(word[0]) - len(word[0].lstrip())
            name = word[0].strip()
            yield _judged(name, _part(comment, start, start + max(1, len(name))), comment.about, known)


def _judged(name: str, span: Span, about: int, known: Mapping[str, Code]) -> Ignore | Finding:
    code = known.get(name)
    if not name:
        return Finding(codes.BAD_IGNORE, "a code is missing here", span, _HELP)
    if code is None:
        meant = near(name.upper(), known)
        return Finding(codes.BAD_IGNORE, f"`{name}` is no code", span, f"did you mean {meant}?" if meant else _HELP)
    if code.severity is Severity.ERROR:
        said = f"{name} is an error: a comment ignores warnings and notes alone"
        return Finding(codes.BAD_IGNORE, said, span, "put it right; a loss can be accepted with `accept`")
    return Ignore(name, span, about)


def _part(comment: Comment, start: int, end: int) -> Span:
    """A part of a comment in the text."""
    line, column = comment.span.line, comment.span.column
    return Span(comment.span.file, line, column + start, line, column + end)
