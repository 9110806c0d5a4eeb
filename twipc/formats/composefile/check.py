"""What the dialects for one host alone have to say of a model."""

from __future__ import annotations

from collections.abc import Iterator

from twipc.diagnostics import Code, Finding, Path, Related, Severity
from twipc.formats.engines import ENGINES
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
SECRET_OWNER = Code(
    "COMPOSE103",
    "a secret's file keeps its owner and mode",
    Severity.NOTE,
    why="On one host a secret is the file itself, mounted as it lies there: a program that is not root reads it only if the "
    "file is its user's, or everybody may read it. A swarm gives each service a copy of its own.",
    bad='services:\n  web:\n    image: shop/web:1\n    user: "10001"\n    secrets: [api-key]  #! COMPOSE103\n'
    "secrets: {api-key: {file: .secrets/api-key}}",
    good="services:\n  web:\n    image: shop/web:1",
)
"""All are owned by the compose target, and found by each target whose engine is one host."""


def one_host(model: Model, target: str) -> Iterator[Finding]:
    """What one host cannot do: give a port to two replicas, end who is not alive, and give a secret to a user."""
    yield from _fixed_ports(model, target)
    yield from _secret_owners(model, target)
    for name, _ in model.services:
        path: Path = ("services", name, "health")
        if model.written(path):
            yield Finding(
                NO_RESTART,
                "Docker alone restarts nothing that fails its liveness check",
                model.span(path, key=True),
                at=model.tree.name(path),
                target=target,
            )


def _secret_owners(model: Model, target: str) -> Iterator[Finding]:
    for name, service in model.services:
        user = ENGINES[service.http.engine.name].user if service.http else service.user
        if service.secrets or (service.http and service.http.tls):
            path: Path = ("services", name, *(("secrets",) if service.secrets else ("http", "tls", "certificate")))
            yield Finding(
                SECRET_OWNER,
                f"`{name}` reads files as they lie on the host, with their owner and mode",
                model.span(path, key=True),
                help=f"they must be readable for user {user}" if user else "its image's user must be able to",
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
