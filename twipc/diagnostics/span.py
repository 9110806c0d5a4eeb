"""Places: in a text (`Span`) and in a spec (`Path`)."""

from __future__ import annotations

from msgspec import Struct

Path = tuple[str | int, ...]
"""Where a value stands in a spec: ("services", "web", "publish", 0, "host")."""


class Span(Struct, frozen=True, order=True, gc=False):
    """A stretch of text; lines and columns count from 1, the end column is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"
