"""Environments of any size, as a spec and as the compose file that says the same."""

from __future__ import annotations

from collections.abc import Iterator

COMPOSE = "{compose: {}}"
ROUTES = 100
"""The most services that the proxy has a route for."""
_ROLE = "arn:aws:iam::111122223333:role/shop"
_MAP = "arn:aws:servicediscovery:eu-west-1:111122223333:service/srv-"
_GROUP = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/shop/0a1b2c3d4e5f607"


def specs(count: int, graph: str, *, whole: bool) -> dict[str, str]:
    """A spec of so many services; if `whole`, for every target and behind one server of each engine, else for compose alone.

    In a `star` all wait for the first one, in a `chain` each for the one before. What neither a stack nor ECS has a word for
    is accepted, one by one, in a file of its own: one file of 3,000 services would be larger than a spec may be.
    """
    lines = [*_head(count, whole=whole), *_services(count, graph)]
    if not whole:
        return {"prod.yaml": "\n".join([*lines, ""])}
    accepted = ["twipc: 1", "project: shop", *_accept(count, graph), ""]
    return {"prod.yaml": "\n".join([*lines, *_proxies(count), ""]), "accepted.yaml": "\n".join(accepted)}


def _head(count: int, *, whole: bool) -> Iterator[str]:
    yield from ("twipc: 1", "project: shop", "environment: prod")
    if not whole:
        yield f"targets: {COMPOSE}"
        return
    yield "extends: accepted.yaml"
    yield from ("targets:", "  compose: {}", "  compose-2.4: {}", "  swarm: {discovery: dnsrr}", "  nginx: {}")
    yield from ("  haproxy: {}", "  ecs:")
    yield from ("    launch: fargate", "    region: eu-west-1", "    cluster: shop", "    namespace: shop.internal")
    yield from ("    subnets: [subnet-0a1b2c3d4e5f60718]", "    security_groups: [sg-0a1b2c3d4e5f60718]")
    yield from (f'    execution_role: "{_ROLE}"', "    registry: 111122223333.dkr.ecr.eu-west-1.amazonaws.com")
    yield f'    target_groups: {{edge: {{http: "{_GROUP}1"}}, gate: {{http: "{_GROUP}2"}}}}'
    yield "    cloud_map_services:"
    for index in range(min(count, ROUTES)):
        yield f'      {name(index)}: "{_MAP}{index:016x}"'


def _services(count: int, graph: str) -> Iterator[str]:
    yield "services:"
    for index in range(count):
        yield f"  {name(index)}:"
        yield f"    image: {image(index)}"
        yield "    ports: {http: 8080}"
        yield "    health: {command: [check], interval: 5s, timeout: 2s, failures: 3}"
        yield "    resources: {cpu: 0.5, memory: 1GiB}"
        yield f'    env: {{LOG_LEVEL: info, NAME: {name(index)}, SHARD: "{index}"}}'
        if index:
            yield f"    depends_on: [{{service: {name(before(index, graph))}, condition: healthy}}]"


def _proxies(count: int) -> Iterator[str]:
    """One of each engine, with the same routes."""
    routed = range(min(count, ROUTES))
    for server, engine, version, host in (("edge", "nginx", "1.30", 80), ("gate", "haproxy", "3.2", 81)):
        yield from (
            f"  {server}:",
            "    http:",
            f'      engine: {{name: {engine}, version: "{version}"}}',
            "      listen: 8080",
        )
        yield "      backends:"
        yield from (f"        {name(index)}: {{members: [{name(index)}.http]}}" for index in routed)
        yield "      routes:"
        yield from (f"        - {{match: {{prefix: /{name(index)}/}}, backend: {name(index)}}}" for index in routed)
        yield from ("      default: {status: 404}", "    resources: {cpu: 0.5, memory: 1GiB}")
        yield f"    publish: [{{port: http, host: {host}}}]"


def _accept(count: int, graph: str) -> Iterator[str]:
    yield "accept:"
    for index in range(1, count):
        at = f"services.{name(index)}.depends_on.{name(before(index, graph))}"
        for target in ("swarm", "ecs"):
            yield f"  - {{code: TW514, at: {at}, target: {target}, because: clients try again until it answers}}"


def compose(count: int, graph: str, *, conditions: bool = True) -> str:
    """The compose file that says the same of the services; without `conditions` in the older form, which a stack has too."""
    return "\n".join(["services:", *_compose(count, graph, conditions=conditions), ""])


def _compose(count: int, graph: str, *, conditions: bool) -> Iterator[str]:
    for index in range(count):
        yield f"  {name(index)}:"
        yield f"    image: {image(index)}"
        yield "    expose: [8080]"
        yield '    healthcheck: {test: ["CMD", "check"], interval: 5s, timeout: 2s, retries: 3}'
        yield '    deploy: {resources: {limits: {cpus: "0.5", memory: 1G}}}'
        yield f'    environment: {{LOG_LEVEL: info, NAME: {name(index)}, SHARD: "{index}"}}'
        if index:
            other = name(before(index, graph))
            yield f"    depends_on: {{{other}: {{condition: service_healthy}}}}" if conditions else f"    depends_on: [{other}]"


def name(index: int) -> str:
    return f"svc{index:04}"


def image(index: int) -> str:
    return f"registry.example.com/shop/{name(index)}:1.0.{index}"


def before(index: int, graph: str) -> int:
    """Which service one waits for."""
    return 0 if graph == "star" else index - 1
