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
NO_RESTART = Code(
    "COMPOSE102",
    "what is not alive is not restarted",
    Severity.NOTE,
    why="Docker alone marks a container that fails its check as unhealthy, and restarts only one that ends. `up --wait` waits "
    "for it and `ps` shows it; a swarm or ECS replaces it.",
    bad="services:\n  web:\n    image: shop/web:1\n    health: {command: [check]}  #! COMPOSE102",
    good="services:\n  web:\n    image: shop/web:1",
)
"""Both are owned by the compose target, and found by each target whose engine is one host."""


def one_host(model: Model, target: str) -> Iterator[Finding]:
    """What one host cannot do: give a port to two replicas, and end who is not alive."""
    yield from _fixed_ports(model, target)
    unwatched = [name for name, _ in model.services if model.written(("services", name, "health"))]
    if unwatched:
        path: Path = ("services", unwatched[0], "health")
        names = ", ".join(f"`{name}`" for name in unwatched)
        yield Finding(
            NO_RESTART,
            f"Docker alone restarts nothing that fails its liveness check: {names}",
            model.span(path, key=True),
            at=model.tree.name(path),
            target=target,
        )


def _fixed_ports(model: Model, target: str) -> Iterator[Finding]:
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
                f"{service.replicas} replicas of `{name}` cannot share port {publish.host} of one host",
                model.span((*path, "host")),
                help="`replicas: 1`, `host: ephemeral`, or a proxy before them that is published alone",
                related=(Related(model.span(replicas), "so many, it is said here"),) if model.written(replicas) else (),
                at=model.tree.name(path),
                target=target,
            )
