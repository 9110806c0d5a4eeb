"""What the load balancer of a template leads to: which port outside reaches which service, and how that is asked for health."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from twipc.regex import late_regex
from twipc.target import FactKey

from .fitting import Shape, fitting
from .resolving import TEMPLATE_FILE, Resolving
from .shapes import BALANCER, LISTENER, TARGET_GROUP

Note = tuple[str, str, object]
"""Whose it is, by an id or by "template"; a place, and what is said there."""
_KIND = "AWS::ElasticLoadBalancingV2::"
_TURNS = "published-"
_TURN = late_regex("[0-9]{1,4}")


class Balancers:
    """`notes` is what is said, `published` what that comes to; `ids` are those of who was read."""

    def __init__(
        self,
        resources: Mapping[str, Mapping[str, Any]],
        parameters: Mapping[str, object],
        facts: Mapping[FactKey, object],
        apart: Collection[str] = (),
    ) -> None:
        self.notes: list[Note] = []
        self.published: dict[FactKey, object] = {}
        self.owners: dict[str, str] = {}
        self._resources = resources
        self._apart = apart
        self._resolving = Resolving(resources, parameters)
        self._tasks = _tasks(facts)
        for id_, properties in self._of("LoadBalancer", BALANCER):
            self._noted(id_, "template", properties)
        turns = {id_: self._targets(id_, properties) for id_, properties in self._of("TargetGroup", TARGET_GROUP)}
        self._listeners(turns)

    def _of(self, kind: str, shape: Shape) -> Iterator[tuple[str, dict[str, Any]]]:
        for id_, resource in sorted(self._resources.items()):
            if resource.get("Type") == f"{_KIND}{kind}" and id_ not in self._apart:
                yield id_, fitting(TEMPLATE_FILE, self._resolving.value(resource.get("Properties", {})), shape, id_)

    def _noted(self, id_: str, owner: str, properties: Mapping[str, object]) -> None:
        self.owners[id_] = owner
        self.notes += [(owner, f"{id_}.{key}", value) for key, value in properties.items()]
        more = {key: value for key, value in self._resources[id_].items() if key not in ("Type", "Properties")}
        self.notes += [(owner, f"{id_}: {key}", value) for key, value in more.items()]

    def _targets(self, id_: str, properties: dict[str, Any]) -> dict[str, list[str]]:
        """Of each protocol, which publications its listeners are, where the tags say so."""
        tags = properties.get("Tags", [])
        turns = {tag["Key"].removeprefix(_TURNS): tag for tag in tags if str(tag.get("Key", "")).startswith(_TURNS)}
        properties["Tags"] = [tag for tag in tags if tag not in turns.values()]
        self._noted(id_, self._tasks.get(id_, ("template", ""))[0], properties)
        return {protocol: str(tag.get("Value", "")).split() for protocol, tag in turns.items()}

    def _listeners(self, turns: Mapping[str, Mapping[str, list[str]]]) -> None:
        """A listener with several ways, or of no target group that is known, is all notes."""
        before: dict[tuple[str, str], int] = {}
        found = list(self._of("Listener", LISTENER))
        for id_, properties in sorted(found, key=lambda one: (one[1].get("Port", 0), one[0])):
            ways = [way.get("TargetGroupArn", "") for way in properties.get("DefaultActions", [])]
            group = ways[0].removesuffix(" of the template") if len(ways) == 1 else ""
            service, number = self._tasks.get(group, ("template", ""))
            self._noted(id_, service, properties)
            for protocol in str(properties.get("Protocol", "")).lower().split("_") if number else ():
                nth = before.get((group, protocol), 0)
                before[group, protocol] = nth + 1
                said = turns.get(group, {}).get(protocol)
                turn = str(nth) if said is None else "".join(said[nth : nth + 1])
                if not _TURN.fullmatch(turn):
                    self.notes.append((service, f"{id_}: which publication it is", turn or "unsaid"))
                    continue
                key = FactKey("service.publish", (service, number if protocol == "tcp" else f"{number}/{protocol}", turn))
                self.published[key] = (properties.get("Port"), "") if key not in self.published else "by two listeners"


def _tasks(facts: Mapping[FactKey, object]) -> dict[str, tuple[str, str]]:
    """Of each target group, whose tasks are in it, and at which port."""
    found: dict[str, tuple[str, str]] = {}
    for key, groups in sorted(facts.items()):
        if key.field == "options.target_group":
            for group in groups if isinstance(groups, tuple) else ():
                found.setdefault(str(group).removesuffix(" of the template"), (key.owner[0], key.owner[1]))
    return found
