"""What is noted while a service's files are read: facts, options, and what nobody took."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twipc.spec import Duration
from twipc.target import BASELINE, FactKey

UNTAGGED = "no tag"
"""What is said of a namespace where there is none: all of a service's parts must say so."""


class Noted:
    """The facts of one service's files; what of them no reader took is baseline."""

    def __init__(self, name: str, facts: dict[FactKey, object]) -> None:
        self.name = name
        self.facts = facts
        self.family = ""
        self.namespace = ""

    def fact(self, leaf: str, value: object) -> None:
        self.said(FactKey(f"service.{leaf}", (self.name,)), value)

    def option(self, leaf: str, value: object, *more: str) -> None:
        self.said(FactKey(f"options.{leaf}", (self.name, *more)), value)

    def baseline(self, place: str, value: object) -> None:
        """What is empty is there nevertheless: ECS may take it for something else than nothing."""
        self.said(FactKey(BASELINE, (self.name, place)), "empty" if value in (None, "", (), {}) else value)

    def rest(self, place: str, document: Mapping[str, Any]) -> None:
        """Everything that nobody took, each member by its place."""
        for key, value in document.items():
            if isinstance(value, dict) and value:
                self.rest(f"{place}.{key}", value)
            else:
                self.baseline(f"{place}.{key}", value)

    def said(self, key: FactKey, value: object) -> None:
        """What two places say must be the same; if not, that is a fact of its own."""
        if not value and value in (None, (), {}):
            return
        self.facts[key] = value if self.facts.get(key, value) == value else (self.facts[key], value)

    def is_family(self, place: str, said: str) -> None:
        if said != self.family:
            self.baseline(place, said)

    def tags(self, place: str, pairs: list[dict[str, Any]]) -> None:
        """Whose it is and where it finds others."""
        tags = pairs_of(pairs, "key", "value")
        for leaf in ("project", "environment"):
            self.said(FactKey(f"environment.{leaf}"), tags.pop(leaf, "missing"))
        project, environment = (self.facts[FactKey(f"environment.{leaf}")] for leaf in ("project", "environment"))
        self.family = f"{project}-{environment}-{self.name}"
        said = tags.pop("namespace", UNTAGGED)
        self.namespace = "" if said == UNTAGGED else str(said)
        self.option("namespace", said or "empty")
        if tags.pop("service", "missing") != self.name:
            self.baseline(f"{place}.tags.service", "of another service")
        self.rest(f"{place}.tags", tags)


def pairs_of(pairs: list[dict[str, Any]], key: str, value: str) -> dict[str, Any]:
    """A list of pairs as a mapping; a name that stands twice, and a pair with more in it, keep all that they say."""
    found: dict[str, Any] = {}
    for pair in pairs:
        name, said = pair.get(key, "missing"), pair.get(value, "missing")
        if pair.keys() - {key, value}:
            said = tuple(sorted(pair.items()))
        found[name] = said if name not in found else (found[name], said)
    return found


def seconds_of(value: int | None) -> object:
    return None if value is None else Duration(value * 1000)
