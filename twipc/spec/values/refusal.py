"""How a value that is not legal is said, and checks that many values share."""

from __future__ import annotations

import re
from collections.abc import Callable

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError


def refuse(message: str, help: str = "") -> PydanticCustomError:
    """A value that is not legal, said in the user's words; braces in them are not a template."""
    return PydanticCustomError("twipc", "{message}", {"message": message, "help": help})


def matching(pattern: str, what: str, help: str) -> Callable[[str], str]:
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise refuse(f"`{value}` is not {what}", help)
        return value

    return check


def _whole(value: object) -> object:
    """A literal number stands for itself: to Python 1.0 and true are 1 too."""
    if isinstance(value, bool | float):
        raise refuse(f"`{str(value).lower()}` is not a whole number", "write it without a point or a word: 1, 404")
    return value


WHOLE = BeforeValidator(_whole)
