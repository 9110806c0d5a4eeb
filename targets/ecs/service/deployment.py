"""How ECS replaces the tasks of a service by those of its next version."""

from __future__ import annotations

from twipc.diagnostics import Path
from twipc.formats.document import At, Value
from twipc.model import Model
from twipc.spec import Service

_CIRCUIT = {"rollback": (True, True), "pause": (True, False), "continue": (False, False)}
"""Whether too many failed tasks end a deployment, and whether the one before is restored then."""


def deployment(model: Model, name: str, service: Service) -> dict[str, Value]:
    """A single writer ends before the next one begins; zone rebalancing would begin with the second (100 percent refuse it)."""
    asked, origin = service.rollout, _origin(model, name, service)
    stops = asked.order == "stop-first" or (asked.order is None and origin[:1] == ("volumes",))
    enable, rollback = _CIRCUIT[asked.on_failure or "rollback"]
    configuration: Value = {
        "minimumHealthyPercent": 0 if stops else 100,
        "maximumPercent": 100 if stops else 200,
        "deploymentCircuitBreaker": At(("services", name, "rollout", "on_failure"), {"enable": enable, "rollback": rollback}),
    }
    return {
        "deploymentConfiguration": At(origin, configuration),
        "availabilityZoneRebalancing": At(origin, "DISABLED" if stops else "ENABLED"),
    }


def _origin(model: Model, name: str, service: Service) -> Path:
    """What decides who is first: the spec's own word, or a volume."""
    if service.rollout.order:
        return ("services", name, "rollout", "order")
    for _, mount in sorted(service.mounts.items()):
        if model.environment.volumes[mount.volume].access == "single-writer":
            return ("volumes", mount.volume, "access")
    return ("services", name)
