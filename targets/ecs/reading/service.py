"""What a service's input for `aws ecs create-service` means."""

from __future__ import annotations

import re
from typing import Any

from twipc.regex import late_regex

from .noted import Noted

_CONSTRAINT = late_regex(r"attribute:(\S+) == (\S+)")


class ServiceReader(Noted):
    """Takes what it understands out of a service's input."""

    def service(self, service: dict[str, Any]) -> None:
        take = service.pop
        self.fact("kind", "service")
        self.tags("service", take("tags", []))
        self.is_family("serviceName", take("serviceName", "missing"))
        self.is_family("taskDefinition", take("taskDefinition", "missing"))
        self.option("cluster", take("cluster", None))
        self.option("launch", str(take("launchType", "missing")).lower())
        self.fact("replicas", take("desiredCount", None))
        kept = take("schedulingStrategy", "missing")
        self.fact("restart", "always" if kept == "REPLICA" else kept)
        network = service.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
        self.option("subnets", tuple(network.pop("subnets", ())))
        self.option("security_groups", tuple(network.pop("securityGroups", ())))
        groups: dict[str, set[str]] = {}
        for nth, balancer in enumerate(take("loadBalancers", [])):
            self._load_balancer(nth, balancer, groups)
        for number, arns in groups.items():
            self.option("target_group", tuple(sorted(arns)), number)
        registries = [registry.pop("registryArn", "missing") for registry in service.get("serviceRegistries", [])]
        self.option("cloud_map_service", registries[0] if len(registries) == 1 else tuple(registries))
        for registry in take("serviceRegistries", []):
            self.rest("serviceRegistries", registry)
        self._deployment(take("deploymentConfiguration", {}))
        self._placement(take("placementConstraints", []), take("placementStrategy", []))
        self.rest("service", service)

    def _deployment(self, configuration: dict[str, Any]) -> None:
        """Who is first when tasks are replaced, and what is done when that fails."""
        least, most = (configuration.pop(f"{key}Percent", "missing") for key in ("minimumHealthy", "maximum"))
        order = {(0, 100): "stop-first", (100, 200): "start-first"}.get((least, most), f"{least} to {most} percent")
        self.fact("rollout.order", order)
        circuit = configuration.get("deploymentCircuitBreaker", {})
        ends, back = circuit.pop("enable", False), circuit.pop("rollback", False)
        words = {(True, True): "rollback", (True, False): "pause", (False, False): "continue"}
        self.fact("rollout.on_failure", words.get((ends, back), "rollback without an end"))
        if not circuit:
            configuration.pop("deploymentCircuitBreaker", None)
        self.rest("service.deploymentConfiguration", configuration)

    def _placement(self, constraints: list[dict[str, Any]], strategy: list[dict[str, Any]]) -> None:
        """Which hosts; of the ways to spread, those over labels of the spec stand between the target's own."""
        labels: dict[str, object] = {}
        for constraint in constraints:
            found = _CONSTRAINT.fullmatch(constraint.get("expression", ""))
            if constraint == {"type": "distinctInstance"}:
                self.fact("placement.max_per_host", 1)
            elif found and found[1] not in labels and constraint == {"type": "memberOf", "expression": found[0]}:
                labels[found[1]] = found[2]
            else:
                self.baseline(f"placement constraint {constraint.get('expression')}", constraint)
        self.fact("placement.constraints", labels)
        over = [one["field"].removeprefix("attribute:") if _is_label(one) else "" for one in strategy]
        self.fact("placement.spread", tuple(label for label in over if label))
        own = [one for one, label in zip(strategy, over, strict=True) if not label]
        if any(over[:1] + over[-1:]):
            self.baseline("order of placement strategies", over)
        if own:
            self.baseline("service.placementStrategy", own)

    def _load_balancer(self, nth: int, balancer: dict[str, Any], groups: dict[str, set[str]]) -> None:
        """A port is one target, however many publications it has: the artifact shows its target group, and no host port.

        A number that is TCP and UDP may be in two groups: which of them is which no artifact says.
        """
        number, arn = str(balancer.pop("containerPort", "missing")), balancer.pop("targetGroupArn", "missing")
        if arn in groups.setdefault(number, set()):
            self.baseline(f"load balancer {nth + 1}", f"{number} for a second time")
        groups[number].add(arn)
        if balancer.pop("containerName", "missing") != self.name:
            self.baseline(f"load balancer of {number}", "leads to another container")
        self.rest(f"load balancer of {number}", balancer)


def _is_label(one: dict[str, Any]) -> bool:
    """Whether a way to spread is over a label of the spec's: those of `ecs.` are Amazon's."""
    field = one.get("field", "")
    return one == {"type": "spread", "field": field} and bool(re.fullmatch(r"attribute:(?!ecs\.).+", field))
