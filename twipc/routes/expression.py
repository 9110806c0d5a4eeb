"""Regular expressions as nginx and haproxy (PCRE2) read them in rules about requests, as patterns."""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct

from twipc.regex import late_regex

from .pattern import BYTES, EVERY, Bytes, Chain, Either, End, One, Pattern, Repeat, Start, one_of

MOST_REPEATS = 256
"""Of `{n,m}`; PCRE2 takes up to 65535, which no rule about a path needs."""
MOST_PLACES = 20_000
MOST_DEEP = 50
"""Groups in groups; PCRE2 takes 250, which no rule about a path needs."""
MOST_AGAIN = 2
"""Repeats of one thing, as `a{2}*`; each is one more step down for all that walks a pattern."""
_DIGITS = one_of(range(ord("0"), ord("9") + 1)).of
_LETTERS = one_of((*range(ord("A"), ord("Z") + 1), *range(ord("a"), ord("z") + 1))).of
_SPACES = one_of(b" \t\n\v\f\r").of
_LINE_END = 1 << ord("\n")
_CLASSES: dict[str, Bytes] = {
    "d": _DIGITS,
    "w": _DIGITS | _LETTERS | 1 << ord("_"),
    "s": _SPACES,
    "h": one_of(b" \t\xa0").of,
    "v": one_of(b"\n\v\f\r\x85").of,
}
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "a": "\a", "e": "\x1b"}
_POSIX = {
    "digit": _DIGITS,
    "alpha": _LETTERS,
    "alnum": _DIGITS | _LETTERS,
    "lower": one_of(range(ord("a"), ord("z") + 1)).of,
    "upper": one_of(range(ord("A"), ord("Z") + 1)).of,
    "space": _SPACES,
    "xdigit": one_of(b"0123456789abcdefABCDEF").of,
}


_NEWER_COUNTS = late_regex(r"\{[ \t]*(?:[0-9]+[ \t]*(?:,[ \t]*[0-9]*[ \t]*)?|,[ \t]*[0-9]+[ \t]*)\}")
"""Since PCRE2 10.43 `{,3}` and spaces in braces count; before, they are literal."""


class NotUnderstood(Exception):
    """An expression, or a part of one, whose language no automaton here has: it says which part, in one line."""


@lru_cache(maxsize=4096)
def expression(source: str, *, any_case: bool = False) -> Pattern:
    """What an expression looks for; raises `NotUnderstood` for look-around, references and whatever else is not regular here.

    Sources: pcre2pattern(3) of PCRE2 10.42. Without UTF mode every byte is a character.
    """
    reader = _Reader(source, any_case)
    found = reader.either()
    if reader.at < len(source):
        raise NotUnderstood(f"`)` without `(` in `{source}`")
    if _size(found) > MOST_PLACES:
        raise NotUnderstood(f"so many repeats in `{source}`")
    return found


def _size(pattern: Pattern) -> int:
    """How many places an automaton needs for it, roughly."""
    match pattern:
        case Chain(parts) | Either(parts):
            return 1 + sum(map(_size, parts))
        case Repeat(part, least, most):
            return 1 + _size(part) * max(least, most or 0, 1)
    return 1


class _Reader(Struct):
    source: str
    any_case: bool
    at: int = 0
    deep: int = 0

    def either(self) -> Pattern:
        parts = [self._chain()]
        while self._take("|"):
            parts.append(self._chain())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _chain(self) -> Pattern:
        parts: list[Pattern] = []
        while self.at < len(self.source) and self.source[self.at] not in "|)":
            part = self._one()
            if isinstance(part, Chain) and len(part.parts) > 1 and self._repeats():
                # A character of several bytes: what follows it repeats its last byte, where there is no UTF mode.
                parts += part.parts[:-1]
                part = part.parts[-1]
            parts.append(self._repeated(part))
        return Chain(tuple(parts))

    def _one(self) -> Pattern:
        character = self._next()
        match character:
            case "(":
                return self._group()
            case "[":
                return One(self._set())
            case ".":
                return One(EVERY & ~_LINE_END)
            case "^":
                return Start()
            case "$":
                return End()
            case "\\":
                return self._escaped()
            case "{" if _NEWER_COUNTS.match(self.source, self.at - 1):
                raise NotUnderstood(f"`{{` with nothing to repeat in `{self.source}`")
            case "*" | "+" | "?":
                raise NotUnderstood(f"`{character}` with nothing to repeat in `{self.source}`")
        return self._literal(character)

    def _group(self) -> Pattern:
        if self._take("?"):
            if self._take("<") or self._take("P<"):
                name, closed, _ = self.source[self.at :].partition(">")
                if not closed or not name.isidentifier():
                    raise NotUnderstood(f"`(?<{name}` in `{self.source}`: no look-around here")
                self.at += len(name) + 1
            elif not self._take(":"):
                raise NotUnderstood(f"`(?{self.source[self.at : self.at + 1]}` in `{self.source}`")
        elif self._take("*"):
            raise NotUnderstood(f"`(*` in `{self.source}`")
        self.deep += 1
        if self.deep > MOST_DEEP:
            raise NotUnderstood(f"over {MOST_DEEP} groups in one another in `{self.source[:MOST_DEEP]}…`")
        inside = self.either()
        if not self._take(")"):
            raise NotUnderstood(f"`(` without `)` in `{self.source}`")
        self.deep -= 1
        # A chain of its own, so that what follows repeats all of it.
        return Either((inside,))

    def _repeats(self) -> bool:
        return self.at < len(self.source) and (self.source[self.at] in "*+?" or self._counts() is not None)

    def _repeated(self, part: Pattern) -> Pattern:
        again = 0
        while self._repeats():
            again += 1
            if again > MOST_AGAIN:
                raise NotUnderstood(f"over {MOST_AGAIN} repeats of one thing in `{self.source[:MOST_DEEP]}…`")
            counts = self._counts()
            if counts:
                least, most, self.at = counts
                if max(least, most or 0) > MOST_REPEATS:
                    raise NotUnderstood(f"over {MOST_REPEATS} times in `{self.source}`")
            else:
                least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}[self._next()]
            if isinstance(part, Start | End):
                raise NotUnderstood(f"an anchor is repeated in `{self.source}`")
            part = Repeat(part, least, most)
            # Whether as little as can be is taken makes no difference to what matches; whether it is given back does.
            if not self._take("?") and self._take("+"):
                raise NotUnderstood(f"a possessive repeat in `{self.source}`")
        return part

    def _counts(self) -> tuple[int, int | None, int] | None:
        """`{2}`, `{2,}`, `{2,3}` and where they end; anything else in braces is literal, in some versions of PCRE2."""
        if not self.source.startswith("{", self.at):
            return None
        inside, closed, _ = self.source[self.at + 1 :].partition("}")
        least, comma, most = inside.partition(",")
        plain = all(not one or (one.isascii() and one.isdecimal() and len(one) < 6) for one in (least, most))
        if not closed or not least or not plain:
            if _NEWER_COUNTS.match(self.source, self.at):
                raise NotUnderstood(f"`{{{inside}}}` in `{self.source}`: what it means depends on the version of PCRE2")
            return None
        return int(least), (int(most) if most else None) if comma else int(least), self.at + len(inside) + 2

    def _escaped(self) -> Pattern:
        character = self._next()
        if character.lower() in _CLASSES:
            return One(self._class(character))
        if character in "zZA":
            return Start() if character == "A" else End()
        return self._literal(self._escape(character))

    def _class(self, character: str) -> Bytes:
        of = _CLASSES[character.lower()]
        return of if character.islower() else EVERY & ~of

    def _escape(self, character: str) -> str:
        if character == "x":
            digits = self.source[self.at : self.at + 2]
            if len(digits) == 2 and all(one in "0123456789abcdefABCDEF" for one in digits) and int(digits, 16) < 128:
                self.at += 2
                return chr(int(digits, 16))
        elif character in _CONTROLS:
            return _CONTROLS[character]
        elif not (character.isascii() and character.isalnum()):
            return character
        raise NotUnderstood(f"`\\{character}` in `{self.source}`")

    def _set(self) -> Bytes:
        turned = self._take("^")
        found = 0
        first = True
        while first or not self._take("]"):
            first = False
            if self.source.startswith("[:", self.at):
                name, closed, _ = self.source[self.at + 2 :].partition(":]")
                if not closed or name not in _POSIX:
                    raise NotUnderstood(f"`[:{name}` in `{self.source}`")
                self.at += len(name) + 4
                found |= _POSIX[name]
                continue
            found |= self._range()
        found = self._in_any_case(found)
        return EVERY & ~found if turned else found

    def _range(self) -> Bytes:
        low = self._in_set()
        if not isinstance(low, str):
            return low
        if self.source[self.at : self.at + 1] == "-" and self.source[self.at + 1 : self.at + 2] not in ("", "]"):
            self.at += 1
            high = self._in_set()
            if not isinstance(high, str) or ord(high) < ord(low):
                raise NotUnderstood(f"a range in `{self.source}`")
            return one_of(range(ord(low), ord(high) + 1)).of
        return 1 << ord(low)

    def _in_set(self) -> str | Bytes:
        character = self._next()
        if character == "\\":
            character = self._next()
            if character.lower() in _CLASSES:
                return self._class(character)
            character = "\b" if character == "b" else self._escape(character)
        if ord(character) > 127:
            raise NotUnderstood(f"`{character}` in a set in `{self.source}`: it is several bytes")
        return character

    def _literal(self, character: str) -> Pattern:
        found = tuple(One(self._in_any_case(1 << value)) if self.any_case else BYTES[value] for value in character.encode())
        return found[0] if len(found) == 1 else Chain(found)

    def _in_any_case(self, of: Bytes) -> Bytes:
        """With both cases of every letter, where case makes no difference."""
        if not self.any_case:
            return of
        shift = ord("a") - ord("A")
        upper, lower = of & _POSIX["upper"], of & _POSIX["lower"]
        return of | upper << shift | lower >> shift

    def _take(self, word: str) -> bool:
        if self.source.startswith(word, self.at):
            self.at += len(word)
            return True
        return False

    def _next(self) -> str:
        if self.at == len(self.source):
            raise NotUnderstood(f"`{self.source}` ends too soon")
        self.at += 1
        return self.source[self.at - 1]
