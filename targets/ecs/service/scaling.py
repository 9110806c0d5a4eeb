"""How many tasks of a service run where that is a range: what follows the load between its ends."""

from __future__ import annotations

from twipc.diagnostics import Path
from twipc.formats.document import At, Value
from twipc.model import Model

from ..options import Options
from ..template.logical import logical
from ..template.places import CLUSTER

_METRICS = {"cpu": "ECSServiceAverageCPUUtilization", "memory": "ECSServiceAverageMemoryUtilization"}


def scaling(model: Model, options: Options, name: str) -> dict[str, Value]:
    """The range, and a policy for each thing that is measured: tasks come when one of them asks, and go when all agree.

    It has no role: Application Auto Scaling uses the one that is linked to it, and makes it where it is not there
    (botocore's text of RegisterScalableTarget).
    """
    service = model.environment.services[name]
    asked = service.autoscaling
    if asked is None:
        return {}
    here: Path = ("services", name, "autoscaling")
    cluster = options.cluster.rpartition("/")[2] if options.cluster else f"${{{CLUSTER}}}"
    ends: Value = {
        "ServiceNamespace": "ecs",
        "ScalableDimension": "ecs:service:DesiredCount",
        "ResourceId": {"Fn::Sub": f"service/{cluster}/${{{logical(name, 'Service')}.Name}}"},
        "MinCapacity": At(("services", name, "replicas"), service.replicas),
        "MaxCapacity": At((*here, "max"), asked.max),
    }
    range_ = logical(name, "Range")
    found: dict[str, Value] = {range_: At(here, {"Type": "AWS::ApplicationAutoScaling::ScalableTarget", "Properties": ends})}
    for leaf, percent in (("cpu", asked.cpu), ("memory", asked.memory)):
        if percent is not None:
            tracked: Value = {"PredefinedMetricSpecification": {"PredefinedMetricType": _METRICS[leaf]}, "TargetValue": percent}
            policy: Value = {
                "PolicyName": f"{model.name}-{name}-{leaf}",
                "PolicyType": "TargetTrackingScaling",
                "ScalingTargetId": {"Ref": range_},
                "TargetTrackingScalingPolicyConfiguration": tracked,
            }
            made: Value = {"Type": "AWS::ApplicationAutoScaling::ScalingPolicy", "Properties": policy}
            found[logical(name, f"By{leaf.capitalize()}")] = At((*here, leaf), made)
    return found
