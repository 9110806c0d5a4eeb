"""The services that others look for by name, and who is asked for them."""

from __future__ import annotations

from typing import Any

from twipc.diagnostics import Path
from twipc.model import Model
from twipc.target import Discovery, option

from ..options import Options


def discovered(model: Model) -> dict[str, Path]:
    """The services that others look for by name, and where they do."""
    found: dict[str, Path] = {}
    for (server, backend), members in sorted(model.members.items()):
        # A load balancer in a server's place is told of tasks by ECS.
        for member in members if server in model.environment.services else ():
            found.setdefault(member.service, ("services", server, "http", "backends", backend, "members"))
    for name, service in model.services:
        for variable, value in sorted(service.env.items()):
            if value.address is not None and model.elsewhere(value.address) is None:
                found.setdefault(value.address.partition(".")[0], ("services", name, "env", variable))
    return found


def makes_names(model: Model, options: Options) -> bool:
    """Whether the template makes the namespace and what is in it: where nothing that is in it is said."""
    return options.namespace is not None and not options.cloud_map_services and bool(discovered(model))


def discovery_of(options: Any) -> Discovery:
    """Cloud Map's names, asked of the resolver that every VPC has (VPC guide, "Amazon DNS server")."""
    namespace = option(options, Options).namespace
    return Discovery(resolver="169.254.169.253", suffix=f".{namespace}" if namespace else "", secrets="variable")
