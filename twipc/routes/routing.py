"""What one server does with all requests, as a value: equal to another if no request tells them apart."""

from __future__ import annotations

from dataclasses import dataclass

from .compare import Difference, differences
from .table import Site, Table

_ALONE = "server"


@dataclass(frozen=True, slots=True, eq=False)
class Routing:
    """Compares by meaning: two tables are equal when every request gets the same answer from both."""

    table: Table

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Routing):
            return NotImplemented
        return not self.differences(other)

    __hash__ = None  # type: ignore[assignment]

    def differences(self, other: Routing) -> list[Difference]:
        """The requests that are answered otherwise by the other."""
        return differences(Site(_ALONE, {_ALONE: self.table}), Site(_ALONE, {_ALONE: other.table}))
