"""What all nouns of the language share: frozen, closed to unknown keys, no implicit conversion."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError


class Noun(BaseModel):
    """One thing that a spec can name.

    `SHORT` names the field that a bare value stands for (`build: app/web` is `build: {context: app/web}`).
    `ONE_OF` names fields of which exactly one is written (at most one, if not `KIND_NEEDED`); overlaying another kind
    replaces the whole noun.
    `ONE_OR_MORE` names list fields whose only item may be written without its brackets.
    `SHARED` names what is written beside the fields, and brings in what stands elsewhere.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)
    SHORT: ClassVar[str] = ""
    ONE_OF: ClassVar[tuple[str, ...]] = ()
    KIND_NEEDED: ClassVar[bool] = True
    ONE_OR_MORE: ClassVar[tuple[str, ...]] = ()
    SHARED: ClassVar[tuple[str, ...]] = ()

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if self.ONE_OF:
            written = [name for name in self.ONE_OF if getattr(self, name) is not None]
            if len(written) > 1 or (self.KIND_NEEDED and not written):
                names = ", ".join(f"`{name}`" for name in self.ONE_OF)
                said = f"both `{written[0]}` and `{written[1]}` are written" if written else "none is written"
                count = "exactly one" if self.KIND_NEEDED else "at most one"
                help = "take one of them out" if written else "write one of them"
                message = f"{count} of {names} is wanted, {said}"
                raise PydanticCustomError("one_of", "{message}", {"message": message, "help": help})
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
