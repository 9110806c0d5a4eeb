"""Ports: each host address has each number of a protocol once, and what is asked over HTTP speaks TCP."""

from __future__ import annotations

from collections.abc import Iterator

from twipc.diagnostics import Finding, Path, Related
from twipc.model import HEALTH_PORT, Model
from twipc.spec import EPHEMERAL, Port

from .codes.ports import HOST_PORT_TWICE, NOT_TCP, RESERVED_PORT
from .codes.redirects import HTTP_TO_HTTPS

_ANY = "any address"


def ports(model: Model) -> Iterator[Finding]:
    """Clashes of published ports, per address and protocol, and of container ports with an engine's own; HTTP over UDP."""
    yield from _twice(model)
    for name, _ in model.services:
        yield from _reserved(model, name)
        yield from _asked(model, name)


def _twice(model: Model) -> Iterator[Finding]:
    taken: dict[tuple[int, str, str], Path] = {}
    fixed: list[Path] = [("services", name, "publish", index) for name, one in model.services for index in one.fixed_ports]
    for path in model.in_order(fixed):
        service = model.environment.services[str(path[1])]
        publish = service.publish[int(path[3])]
        assert publish.host != EPHEMERAL
        address, protocol = publish.address or "", service.ports[publish.port].protocol
        where = taken.get((publish.host, protocol, address)) or taken.get((publish.host, protocol, "" if address else _ANY))
        if where:
            yield Finding(
                HOST_PORT_TWICE,
                f"port {Port(number=publish.host, protocol=protocol)} is published twice",
                model.span((*path, "host")),
                help="give one another number, or each an `address` of its own",
                related=(Related(model.span((*where, "host")), "the first stands here"),),
                at=model.tree.name(path),
            )
        for each in (address, _ANY):
            taken.setdefault((publish.host, protocol, each), path)


def _reserved(model: Model, name: str) -> Iterator[Finding]:
    service = model.environment.services[name]
    if not service.http:
        return
    for port, noun in sorted(service.ports.items()):
        if noun.number == HEALTH_PORT and noun.protocol == "tcp":
            listens = {service.http.listen.port: "listen"} | ({service.http.stats.port: "stats"} if service.http.stats else {})
            listens |= {service.http.tls.listen.port: "tls"} if service.http.tls else {}
            path: Path = ("services", name, "http", listens[port]) if port in listens else ("services", name, "ports", port)
            yield Finding(
                RESERVED_PORT,
                f"port {HEALTH_PORT} of an `http` service is its engine's own",
                model.span(path, key=True),
                help="choose another number",
                at=model.tree.name(path),
            )


def _asked(model: Model, name: str) -> Iterator[Finding]:
    """UDP ports, and ports for https, that are asked for health or readiness, or that requests are sent to."""
    service = model.environment.services[name]
    here: Path = ("services", name)
    asked: list[tuple[str, str, Path, str]] = []
    if service.health and service.health.http and not service.http:
        asked.append((name, service.health.http.port, (*here, "health", "http", "port"), "health is asked over HTTP"))
    if service.ready:
        asked.append((name, service.ready.http.port, (*here, "ready", "http", "port"), "readiness is asked over HTTP"))
    for key, backend in sorted(service.http.backends.items()) if service.http else ():
        for index, written in enumerate(backend.members):
            member, _, port = written.partition(".")
            path: Path = (*here, "http", "backends", key, "members", index)
            asked.append((member, port, path, "a proxy sends HTTP requests"))
    for owner, port, path, why in asked:
        ports_ = model.environment.services[owner].ports
        if port in ports_ and ports_[port].protocol != "tcp":
            yield Finding(
                NOT_TCP,
                f"`{port}` of `{owner}` is a UDP port, and {why}",
                model.span(path),
                help="name a TCP port",
                related=(Related(model.span(("services", owner, "ports", port), key=True), "it is said here"),),
                at=model.tree.name(path),
            )
        http = model.environment.services[owner].http
        if http and http.tls and http.tls.listen.port == port:
            yield Finding(
                HTTP_TO_HTTPS,
                f"`{port}` of `{owner}` is its port for https, and {why}",
                model.span(path),
                help=f"name its port for http, `{http.listen.port}`",
                related=(Related(model.span(("services", owner, "http", "tls"), key=True), "it is said here"),),
                at=model.tree.name(path),
            )
