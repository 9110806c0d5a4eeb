"""What a container is told and listens on: variables, secrets, ports."""

from __future__ import annotations

from functools import lru_cache

from twipc.diagnostics import Path
from twipc.formats.document import At, Value, without_nothing
from twipc.formats.engines import variable_of
from twipc.formats.told import told_address
from twipc.model import Model
from twipc.spec import Service
from twipc.target import Discovery


def environment(model: Model, name: str, discovery: Discovery) -> list[Value]:
    pairs: list[Value] = []
    for variable, value in sorted(model.environment.services[name].env.items()):
        origin: Path = ("services", name, "env", variable)
        if value.value is not None:
            pairs.append(At(origin, {"name": variable, "value": value.value}))
        elif value.address is not None:
            pairs.append(At(origin, {"name": variable, "value": told_address(model, value, discovery)}))
    return pairs


def secrets(model: Model, name: str) -> list[Value]:
    """By ARN: ECS reads the value when a task starts, with the execution role."""
    service = model.environment.services[name]
    used = {variable: value.secret for variable, value in service.env.items() if value.secret is not None}
    if service.http and service.http.stats and service.http.engine.name == "haproxy":
        secret = service.http.stats.auth.secret
        used[variable_of(secret)] = secret
    found: list[Value] = []
    for variable, secret in sorted(used.items()):
        place = model.environment.secrets[secret].ecs
        if place is not None:
            found.append(At(("secrets", secret, "ecs"), {"name": variable, "valueFrom": place.arn}))
    return found


@lru_cache(maxsize=8)
def _spoken(model: Model) -> frozenset[tuple[str, int]]:
    """The ports at which proxies ask: every service looks for its own among them."""
    return frozenset((member.service, member.number) for members in model.members.values() for member in members)


def ports(model: Model, name: str) -> list[Value]:
    service = model.environment.services[name]
    spoken = _spoken(model) | ({(name, service.http.listen.number)} if service.http else frozenset())
    return [
        At(
            ("services", name, "ports", port),
            without_nothing(
                {
                    "name": port,
                    "containerPort": noun.number,
                    "protocol": noun.protocol,
                    "appProtocol": "http" if noun.protocol == "tcp" and (name, noun.number) in spoken else None,
                }
            ),
        )
        for port, noun in sorted(service.ports.items())
        if port != https_of(service)
    ]


def https_of(service: Service) -> str | None:
    """The port for https: without its certificate, which is a file, nobody listens there."""
    return service.http.tls.listen.port if service.http and service.http.tls else None
