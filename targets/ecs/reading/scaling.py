"""What makes the tasks of a service more or fewer: the range, and what is measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twipc.regex import late_regex
from twipc.target import FactKey

from .fitting import Shape, fitting
from .resolving import TEMPLATE_FILE

_RANGE_SHAPE: Shape = {
    "ServiceNamespace": str,
    "ScalableDimension": str,
    "ResourceId": dict,
    "MinCapacity": int,
    "MaxCapacity": int,
}
_POLICY_SHAPE: Shape = {
    "PolicyName": str,
    "PolicyType": str,
    "ScalingTargetId": dict,
    "TargetTrackingScalingPolicyConfiguration": {
        "PredefinedMetricSpecification": {"PredefinedMetricType": str},
        "TargetValue": int,
    },
}
_TARGET, _POLICY = "AWS::ApplicationAutoScaling::ScalableTarget", "AWS::ApplicationAutoScaling::ScalingPolicy"
_OF_SERVICE = late_regex(r"service/(?:\$\{([A-Za-z0-9]+)\}|[A-Za-z0-9_-]+)/\$\{([A-Za-z0-9]+)\.Name\}")
_LEAVES = {"ECSServiceAverageCPUUtilization": "cpu", "ECSServiceAverageMemoryUtilization": "memory"}
Note = tuple[str, str, object]
"""Of a service, or of "template": a place and what is said there."""


class ScalingReader:
    """`facts` are of services, `notes` what is not of the language; `owners` says whose each resource is that was read."""

    def __init__(self, resources: Mapping[str, Mapping[str, Any]], services: Mapping[str, str]) -> None:
        self.facts: dict[FactKey, object] = {}
        self.notes: list[Note] = []
        self.owners: dict[str, str] = {}
        self._services = services
        for kind, read in ((_TARGET, self._range), (_POLICY, self._policy)):
            for id_, resource in sorted(resources.items()):
                if resource.get("Type") == kind:
                    read(id_, resource.get("Properties", {}))
                    more = {key: value for key, value in resource.items() if key not in ("Type", "Properties")}
                    self._note(id_, f"{id_}: ", more)

    def _range(self, id_: str, properties: Mapping[str, Any]) -> None:
        """Of the service that it names, in the cluster that it names, both as the template calls them."""
        said = fitting(TEMPLATE_FILE, dict(properties), _RANGE_SHAPE, id_)
        of = said.pop("ResourceId", {})
        found = _OF_SERVICE.fullmatch(str(of.get("Fn::Sub", ""))) if len(of) == 1 else None
        owner = self._services.get(found[2], "template") if found else "template"
        self.owners[id_] = owner
        self._note(id_, f"{id_}.", {"ResourceId": found[0] if found else of})
        self._fact(owner, "replicas", said.pop("MinCapacity", None))
        self._fact(owner, "autoscaling.max", said.pop("MaxCapacity", None))
        self._note(id_, f"{id_}.", said)

    def _policy(self, id_: str, properties: Mapping[str, Any]) -> None:
        said = fitting(TEMPLATE_FILE, dict(properties), _POLICY_SHAPE, id_)
        range_ = said.pop("ScalingTargetId", {}).get("Ref", "nothing")
        owner = self.owners.get(range_, "template")
        self.owners[id_] = owner
        tracking = dict(said.pop("TargetTrackingScalingPolicyConfiguration", {}))
        metric = dict(tracking.pop("PredefinedMetricSpecification", {}))
        kind = metric.pop("PredefinedMetricType", "nothing")
        if kind in _LEAVES:
            self._fact(owner, f"autoscaling.{_LEAVES[kind]}", tracking.pop("TargetValue", None))
        else:
            metric["PredefinedMetricType"] = kind
        self._note(id_, f"{id_}.", {"of": range_, **said, **tracking, **metric})

    def _fact(self, owner: str, leaf: str, value: object) -> None:
        """What is said twice is noticed, even if it is the same."""
        key = FactKey(f"service.{leaf}", (owner,))
        self.facts[key] = (self.facts[key], value) if key in self.facts else value

    def _note(self, id_: str, prefix: str, said: Mapping[str, object]) -> None:
        self.notes += [(self.owners.get(id_, "template"), f"{prefix}{key}", value) for key, value in said.items()]
