"""How a value that is not legal is said, and checks that many values share."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any, ClassVar

from msgspec import Struct
from pydantic import BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError
from pydantic_core.core_schema import no_info_after_validator_function

from twipc.limit import Limit

_LONGEST_MEANT = 300
"""Of a longer string nobody guesses what was meant."""


def refuse(message: str, help: str = "", *, certain: bool = False) -> PydanticCustomError:
    """A value that is not legal, said in the user's words; braces in them are not a template.

    Of a list or a mapping it is `certain` if it holds whatever else was to stand in it.
    """
    return PydanticCustomError("twipc", "{message}", {"message": message, "help": help, "certain": certain})


class Kind(Struct, frozen=True):
    """What a value is, in words; other annotations check it."""

    what: str
    help: str = ""


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


class Form(Struct, frozen=True):
    """The form of a string: what has another is refused, and editors are told."""

    pattern: str
    what: str
    help: str
    meant: Callable[[str], str] = str
    """Gives what somebody may have meant; it is told if it has the form."""

    def check(self, value: str) -> str:
        is_legal = _compiled(self.pattern).fullmatch
        if not is_legal(value):
            meant = self.meant(value) if len(value) <= _LONGEST_MEANT else ""
            did = f"; did you mean `{meant}`?" if is_legal(meant) else ""
            raise refuse(f"`{value}` is not {self.what}", self.help + did)
        return value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(core), "pattern": f"^(?:{self.pattern})$"}


class Whole(Struct, frozen=True):
    """A whole number within a limit: what lies beyond is refused, and editors are told."""

    limit: Limit
    hint: str = ""
    what: ClassVar[str] = "a whole number"

    @property
    def help(self) -> str:
        return f"from {self.limit.least} to {self.limit.most}"

    def check(self, value: int) -> int:
        if value not in self.limit:
            hint = f"; {self.hint}" if self.hint else ""
            raise refuse(f"`{value}` is out of range", f"write {self.what} {self.help}{hint}")
        return value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(core), "minimum": self.limit.least, "maximum": self.limit.most}


def _whole(value: object) -> object:
    """A literal number stands for itself: to Python 1.0 and true are 1 too."""
    if isinstance(value, bool | float):
        raise refuse(f"`{str(value).lower()}` is not a whole number", "write it without a point or a word: 1, 404")
    return value


WHOLE = BeforeValidator(_whole)
