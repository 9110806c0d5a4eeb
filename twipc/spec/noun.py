"""What all nouns of the language share: frozen, closed to unknown keys, no implicit conversion.

A module with nouns does not postpone its annotations: Pydantic would compile each of them from text, at every start.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Self

from msgspec import Struct
from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from twipc.diagnostics import Path


class Clash(Struct, frozen=True):
    """What of one noun does not go together, though each is legal by itself; `at` leads to it from the noun, or to its key.

    It is `certain` if nothing else that the noun may say besides puts it right.
    """

    message: str
    help: str
    at: Path = ()
    certain: bool = True


class _OfFields:
    """What a noun says of its fields. Pydantic goes through the annotations of all bases for each noun: here are none."""

    if TYPE_CHECKING:
        SHORT: ClassVar[str]
        ONE_OF: ClassVar[tuple[str, ...]]
        KIND_NEEDED: ClassVar[bool]
        ONE_OR_MORE: ClassVar[tuple[str, ...]]
        SHARED: ClassVar[tuple[str, ...]]
    else:
        SHORT, ONE_OF, KIND_NEEDED, ONE_OR_MORE, SHARED = "", (), True, (), ()


class Noun(_OfFields, BaseModel):
    """One thing that a spec can name.

    `SHORT` names the field that a bare value stands for (`build: app/web` is `build: {context: app/web}`).
    `ONE_OF` names fields of which exactly one is written (at most one, if not `KIND_NEEDED`); overlaying another kind
    replaces the whole noun.
    `ONE_OR_MORE` names list fields whose only item may be written without its brackets.
    `SHARED` names what is written beside the fields, and brings in what stands elsewhere.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)

    def clashes(self) -> Iterator[Clash]:
        """What does not go together; `bind` tells it, so that no wrong value hides it and it hides no other."""
        return iter(())

    def __deepcopy__(self, _: dict[int, Any] | None = None) -> Self:
        """Itself, for nobody changes it: Pydantic would make a copy of each default that is a noun."""
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """A noun with a short form is described by both."""
        schema = handler(core)
        long = handler.resolve_ref_schema(schema)
        for name in cls.ONE_OR_MORE:
            field = long["properties"][name]
            array = next(option for option in field.get("anyOf", [field]) if option.get("type") == "array")
            long["properties"][name] = {"anyOf": [array["items"], array], "description": field["description"]}
        if not cls.SHORT:
            return schema
        return {"anyOf": [long["properties"][cls.SHORT], dict(long)]}
