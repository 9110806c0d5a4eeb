"""The names that a template makes: a second statement of them."""

from __future__ import annotations

from typing import Any

from twipc.model import Model

from ..options import Options
from . import making


def makes_names(model: Model, options: Options) -> bool:
    return bool(options.namespace) and len(options.cloud_map_services) == 0 and len(_sought(model)) > 0


def name_of(model: Model, options: Options, name: str) -> str | None:
    """The Cloud Map service of a service: as it is said, or as it is called in the template."""
    if name in options.cloud_map_services:
        return options.cloud_map_services[name]
    made = makes_names(model, options) and name in _sought(model)
    return f"{making.logical_name(name, 'Name')} of the template" if made else None


def namespace_facts(model: Model, options: Options, tags: Any) -> dict[str, object]:
    if not makes_names(model, options):
        return {}
    return {
        "Namespace: Type": "AWS::ServiceDiscovery::PrivateDnsNamespace",
        "Namespace.Name": options.namespace,
        "Namespace.Vpc": "<Vpc>",
        "Namespace.Tags": tags,
    }


def name_facts(model: Model, options: Options, name: str, tags: Any) -> dict[str, object]:
    """Each task is a record of its own, of a second."""
    if not (makes_names(model, options) and name in _sought(model)):
        return {}
    id_ = making.logical_name(name, "Name")
    return {
        "in the template: name": id_,
        f"{id_}.Name": name,
        f"{id_}.NamespaceId": options.namespace,
        f"{id_}.DnsConfig": {"DnsRecords": [{"Type": "A", "TTL": 1}], "RoutingPolicy": "MULTIVALUE"},
        f"{id_}.HealthCheckCustomConfig": {"FailureThreshold": 1},
        f"{id_}.Tags": tags,
    }


def _sought(model: Model) -> set[str]:
    addresses = [
        address
        for service in model.environment.services.values()
        for address in (
            *(value.address for value in service.env.values() if value.address),
            *(member for backend in (service.http.backends.values() if service.http else ()) for member in backend.members),
        )
    ]
    return {address.split(".")[0] for address in addresses} & set(model.environment.services)
