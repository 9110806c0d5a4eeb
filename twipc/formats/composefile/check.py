"""What the dialects for one host alone have to say of a model."""

from __future__ import annotations

from collections.abc import Iterator

from twipc.diagnostics import Code, Finding, Path, Related, Severity
from twipc.model import Model
from twipc.spec import EPHEMERAL

FIXED_PORT = Code(
    "COMPOSE101",
    "several replicas on one fixed port",
    Severity.ERROR,
    why="One host has each port once: the second replica would not start.",
    bad="services:\n  web:\n    image: shop/web:1\n    ports: {http: 8080}\n    replicas: 2\n"
    "    publish: [{port: http, host: 80}]  #! COMPOSE101",
    good="services:\n  web:\n    image: shop/web:1\n    ports: {http: 8080}\n    replicas: 2\n"
    "    publish: [{port: http, host: ephemeral}]",
)
"""Owned by the compose target, found by each target whose engine is one host."""


def one_host(model: Model, target: str) -> Iterator[Finding]:
    """Fixed host ports of services that have more than one replica."""
    for name, service in model.services:
        if service.replicas < 2:
            continue
        for index, publish in enumerate(service.publish):
            if publish.host == EPHEMERAL:
                continue
            path: Path = ("services", name, "publish", index)
            replicas: Path = ("services", name, "replicas")
            yield Finding(
                FIXED_PORT,
                f"{service.replicas} replicas of `{name}` can not share port {publish.host} of one host",
                model.span((*path, "host")),
                help="`replicas: 1`, `host: ephemeral`, or a proxy before them that is published alone",
                related=(Related(model.span(replicas), "so many, it is said here"),) if model.written(replicas) else (),
                at=model.tree.name(path),
                target=target,
            )
