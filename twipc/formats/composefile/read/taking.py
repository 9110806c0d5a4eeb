"""What is taken out of a service, key by key, and what nobody takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twipc.target import BASELINE, FactKey

from .document import rows, table, there
from .owners import Owners


class Taking:
    """One service of the file at `path`: what is understood is taken out of it, and what stays is baseline."""

    def __init__(self, path: str, name: str, service: object, facts: dict[FactKey, object], owners: Owners) -> None:
        self.path = path
        self.name = name
        self.service = table(service, path, f"services.{name}")
        self.facts = facts
        self.owners = owners
        self.standing_by = False
        """Whether its instances wait for a lock."""

    def fact(self, leaf: str, value: object) -> None:
        if value or value not in (None, (), {}):
            self.facts[FactKey(f"service.{leaf}", (self.name,))] = value

    def baseline(self, place: str, value: object) -> None:
        """Mappings are told leaf by leaf; what is there twice is told twice."""
        if isinstance(value, dict):
            for key, child in value.items():
                self.baseline(f"{place}.{key}", there(child))
            return
        key = FactKey(BASELINE, (self.name, place))
        if key in self.facts:
            self.baseline(f"{place} again", value)
        else:
            self.facts[key] = value

    def table(self, value: object, place: str) -> dict[str, Any]:
        return table(value, self.path, f"services.{self.name}.{place}")

    def rows(self, value: object, place: str) -> list[Any]:
        return rows(value, self.path, f"services.{self.name}.{place}")

    def take_table(self, key: str) -> dict[str, Any]:
        return self.table(self.service.pop(key, None), key)

    def take_tables(self, key: str) -> list[dict[str, Any]]:
        """A list of mappings; one that says nothing is left over."""
        tables = [self.table(row, key) for row in self.rows(self.service.pop(key, None), key)]
        for _ in range(tables.count({})):
            self.baseline(f"{key} with nothing", "an item")
        return [one for one in tables if one]

    def rest(self, service: Mapping[str, Any] | None = None) -> None:
        """Everything that nobody took."""
        for key, value in (self.service if service is None else service).items():
            self.baseline(key, there(value))
