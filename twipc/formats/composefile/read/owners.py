"""Whose the objects of a compose file say they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from twipc.target import BASELINE, FactKey

LABEL = "io.twipc."


class Owners:
    """Whose each object says it is."""

    def __init__(self) -> None:
        self.said: dict[str, dict[tuple[str, str], object]] = {"project": {}, "environment": {}}
        self.volumes: dict[str, tuple[object, object]] = {}
        """What services say of volumes that are no objects: who may write them, what is kept."""

    def take(self, labels: Mapping[str, Any], *place: str) -> dict[str, Any]:
        """The labels at `place` without the owner's."""
        left = dict(labels)
        for leaf, said in self.said.items():
            label = f"{LABEL}{leaf}"
            said[place[0], ".".join((*place[1:], label))] = left.pop(label, None)
        return left

    def tell(self, facts: dict[FactKey, object]) -> None:
        """What most say is the environment's own; who says something else, or nothing, is told by its place."""
        for leaf, said in self.said.items():
            count = Counter(value for value in said.values() if isinstance(value, str))
            most = sorted(value for value, votes in count.items() if votes == max(count.values()))
            facts[FactKey(f"environment.{leaf}")] = " and ".join(most)
            for place, value in said.items():
                if most and (value is None or value not in most):
                    facts[FactKey(BASELINE, place)] = "nothing" if value is None else value or "empty"
