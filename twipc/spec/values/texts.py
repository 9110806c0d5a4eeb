"""Free text: what a string may hold, and words that programs read."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

from twipc.regex import late_regex

from ..limits import LABEL, LABEL_NAME
from .refusal import Form, Kind, refuse

_CONTROLS = late_regex("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_UNCARRIED = late_regex("[\x00\ud800-\udfff]")


def without_controls(value: str) -> str:
    found = None if value.isprintable() else _CONTROLS.search(value)
    if found:
        raise refuse(
            f"U+{ord(found[0]):04X} is not allowed here",
            "take it out: a control character or the end of a line would begin another line of some configuration",
        )
    return value


def _text(value: str) -> str:
    found = None if value.isprintable() else _UNCARRIED.search(value)
    if found:
        raise refuse(
            f"U+{ord(found[0]):04X} cannot be carried", "take it out: to Linux NUL ends a string, and half a character is none"
        )
    return value


def _program(words: tuple[str, ...]) -> tuple[str, ...]:
    if words and not words[0]:
        raise refuse("the program has no name", "the first word is what is run")
    return words


def _check(words: tuple[str, ...]) -> tuple[str, ...]:
    if words and words[0] in ("CMD", "CMD-SHELL", "NONE"):
        how = {"CMD": "take it out: what follows is the program", "NONE": "leave `health` out"}
        raise refuse(f"`{words[0]}` is no program", how.get(words[0], 'no shell is there: write ["sh", "-c", …] in its place'))
    return words


Line = Annotated[str, Kind("a line of text"), AfterValidator(without_controls)]
Text = Annotated[str, Kind("a text", "any characters but NUL"), AfterValidator(_text)]
Word = Annotated[str, Kind("a word", "any characters but NUL; no shell reads it"), AfterValidator(_text)]
Check = Annotated[tuple[Word, ...], AfterValidator(_check)]
Program = Annotated[tuple[Word, ...], AfterValidator(_program)]


def _label_name(value: str) -> str:
    if re.match(r"(?:io\.twipc|com\.docker|io\.docker|org\.dockerproject|com\.amazonaws\.ecs)(?:\.|$)", value):
        raise refuse(
            f"`{value}` is a label of Docker's, of ECS's or of twipc's own",
            "begin it with a domain of yours, such as com.example.team",
        )
    return value


def _label(value: str) -> str:
    if len(value.encode()) not in LABEL:
        raise refuse("the label is too long", f"a label holds up to {LABEL.most} bytes")
    return value


LabelName = Annotated[
    str,
    Form(
        rf"[A-Za-z0-9](?:[A-Za-z0-9._/-]{{0,{LABEL_NAME.most - 2}}}[A-Za-z0-9])?",
        "a label's name",
        "up to 128 letters, digits and . _ - /, such as com.example.team",
    ),
    AfterValidator(_label_name),
]
Label = Annotated[Line, Kind("a line of text", f"up to {LABEL.most} bytes"), AfterValidator(_label)]
