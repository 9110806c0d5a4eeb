"""The Cloud Map namespace that the template makes, and in it the services that others look for."""

from __future__ import annotations

from twipc.diagnostics import Path
from twipc.formats.document import At, Value
from twipc.model import Model

from ..options import Options
from ..tags import own
from ..template.logical import logical
from .discovered import discovered, makes_names
from .subnets import VPC

NAMESPACE = "Namespace"
_HERE: Path = ("targets", "ecs")


def registry_of_name(model: Model, options: Options, name: str) -> Value:
    """The Cloud Map service that lists the tasks of a service: said, made, or none where nobody looks for it."""
    said = options.cloud_map_services.get(name)
    if said or not (makes_names(model, options) and name in discovered(model)):
        return said
    return {"Fn::GetAtt": [logical(name, "Name"), "Arn"]}


def names(model: Model, options: Options) -> dict[str, Value]:
    """By task, so that a proxy sees each; it asks every second, and so an answer is kept no longer."""
    if not makes_names(model, options):
        return {}
    namespace: Value = {"Name": options.namespace, "Vpc": {"Ref": VPC}, "Tags": own(model)}
    found: dict[str, Value] = {
        NAMESPACE: At((*_HERE, "namespace"), {"Type": "AWS::ServiceDiscovery::PrivateDnsNamespace", "Properties": namespace})
    }
    for name in sorted(discovered(model)):
        if model.environment.services[name].kind == "service":
            properties: Value = {
                "Name": name,
                "NamespaceId": {"Ref": NAMESPACE},
                "DnsConfig": {"DnsRecords": [{"Type": "A", "TTL": 1}], "RoutingPolicy": "MULTIVALUE"},
                "HealthCheckCustomConfig": {"FailureThreshold": 1},
                "Tags": own(model, service=name),
            }
            made: Value = {"Type": "AWS::ServiceDiscovery::Service", "Properties": properties}
            found[logical(name, "Name")] = At(("services", name), made)
    return found
