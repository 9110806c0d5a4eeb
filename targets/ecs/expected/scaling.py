"""What follows the load: a second statement of what a template says of it beside the range itself."""

from __future__ import annotations

from twipc.model import Model

from ..options import Options
from . import making


def scaling_facts(model: Model, options: Options, name: str, _: object) -> dict[str, object]:
    asked = model.environment.services[name].autoscaling
    if not asked:
        return {}
    own = f"{model.environment.project}-{model.environment.environment}-{name}"
    place = "${Cluster}" if options.cluster is None else options.cluster.split("/")[-1]
    range_ = making.logical_name(name, "Range")
    facts: dict[str, object] = {
        f"{range_}.ServiceNamespace": "ecs",
        f"{range_}.ScalableDimension": "ecs:service:DesiredCount",
        f"{range_}.ResourceId": f"service/{place}/${{{making.logical_name(name, 'Service')}.Name}}",
    }
    for kind, percent in (("Cpu", asked.cpu), ("Memory", asked.memory)):
        if percent:
            policy = making.logical_name(name, f"By{kind}")
            facts[f"{policy}.PolicyName"] = f"{own}-{kind.lower()}"
            facts[f"{policy}.PolicyType"] = "TargetTrackingScaling"
            facts[f"{policy}.of"] = range_
    return facts
