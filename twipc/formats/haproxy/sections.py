"""A haproxy configuration as sections of words, tokenized by haproxy's own rules (configuration manual, §2.2)."""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct

from twipc.regex import late_regex

_SECTIONS = frozenset(
    {
        *("global", "defaults", "frontend", "backend", "listen", "resolvers", "peers", "userlist", "program", "cache"),
        *("mailers", "ring", "log-forward", "log-profile", "http-errors", "fcgi-app", "crt-store", "traces", "acme"),
    }
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "": "\\"}
_ESCAPABLE = {False: frozenset(" #'\"\\"), True: frozenset(" #'\"\\$")}
"""What a backslash takes its meaning from, outside quotes and in weak ones."""
_HEX = late_regex("x([0-9a-fA-F]{2})")
_SIGNS = frozenset("#'\"\\")
"""What means something else than itself; most lines have none."""


class NotHaproxy(Exception):
    """The text is no haproxy configuration; says why in one line."""


class Line(Struct, frozen=True):
    words: tuple[str, ...]
    number: int


class Section(Struct):
    """One section; a reader takes out what it understands, and what stays is foreign."""

    kind: str
    name: str
    lines: list[Line]

    def take(self, *prefix: str) -> list[tuple[str, ...]]:
        """The words after `prefix` of every line that begins with it, taken out."""
        found: list[Line] = []
        left: list[Line] = []
        for line in self.lines:
            (found if line.words[: len(prefix)] == prefix else left).append(line)
        self.lines = left
        return [line.words[len(prefix) :] for line in found]

    def take_one(self, *prefix: str) -> tuple[str, ...] | None:
        """The same of the only such line; several stay where they are."""
        found = [line for line in self.lines if line.words[: len(prefix)] == prefix]
        if len(found) != 1:
            return None
        self.lines.remove(found[0])
        return found[0].words[len(prefix) :]

    def rest(self) -> tuple[tuple[str, ...], ...]:
        return tuple(line.words for line in self.lines)


def parse(text: str) -> tuple[list[Section], dict[int, str]]:
    """The sections, what stands before the first among them as `head`; and the comments beside words, by line."""
    if text.startswith("\ufeff"):
        raise NotHaproxy("the file begins with a byte order mark (U+FEFF)")
    if text and not text.endswith("\n"):
        raise NotHaproxy("the last line does not end: the file may be cut off")
    sections = [Section("head", "", [])]
    comments: dict[int, str] = {}
    for number, words, comment in _lines(text):
        if comment:
            comments[number] = comment
        if words[0] in _SECTIONS:
            sections.append(Section(words[0], " ".join(words[1:]), []))
        else:
            sections[-1].lines.append(Line(words, number))
    return sections, comments


@lru_cache(maxsize=1024)
def _lines(text: str) -> tuple[tuple[int, tuple[str, ...], str], ...]:
    """Number, words and comment of each line that has words; several targets have the same text."""
    lines = ((number, *tokenize(raw, number)) for number, raw in enumerate(text.splitlines(), 1))
    return tuple((number, tuple(words), comment) for number, words, comment in lines if words)


def tokenize(line: str, number: int) -> tuple[list[str], str]:
    """The words of a line and its comment: `'…'` is strong, in `"…"` and outside a backslash has a meaning of its own."""
    if _SIGNS.isdisjoint(line):
        return [word for word in line.replace("\t", " ").split(" ") if word], ""
    words: list[str] = []
    word: list[str] | None = None
    index = 0
    while index < len(line):
        character = line[index]
        index += 1
        if character in " \t":
            if word is not None:
                words.append("".join(word))
                word = None
            continue
        if character == "#":
            return _finish(words, word), line[index:].strip()
        word = [] if word is None else word
        if character in "'\"":
            index = _quoted(line, index, character, word, number)
        elif character == "\\":
            index = _escaped(line, index, word, weak=False)
        else:
            word.append(character)
    return _finish(words, word), ""


def _finish(words: list[str], word: list[str] | None) -> list[str]:
    return words if word is None else [*words, "".join(word)]


def _quoted(line: str, index: int, quote: str, word: list[str], number: int) -> int:
    """Adds what is quoted from `index` to `word`; gives the place after the closing quote."""
    while index < len(line) and line[index] != quote:
        if quote == '"' and line[index] == "$":
            raise NotHaproxy(f"line {number}: `$` in weak quotes takes a value from the environment")
        index += 1
        if quote == '"' and line[index - 1] == "\\":
            index = _escaped(line, index, word, weak=True)
        else:
            word.append(line[index - 1])
    if index >= len(line):
        raise NotHaproxy(f"line {number}: a quote is not closed")
    return index + 1


def _escaped(line: str, index: int, word: list[str], *, weak: bool) -> int:
    """Adds what a backslash before `index` makes to `word`; gives the place after it. What it does not know stays as it is."""
    code = _HEX.match(line, index)
    if code:
        word.append(chr(int(code[1], 16)))
        return code.end()
    following = line[index : index + 1]
    word.append(_ESCAPES.get(following, following if following in _ESCAPABLE[weak] else f"\\{following}"))
    return index + 1
