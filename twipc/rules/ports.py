"""Ports outside: each host address has each number once."""

from __future__ import annotations

from collections.abc import Iterator

from twipc.diagnostics import Finding, Path, Related
from twipc.model import HEALTH_PORT, Model
from twipc.spec import EPHEMERAL

from .codes import HOST_PORT_TWICE, RESERVED_PORT


def ports(model: Model) -> Iterator[Finding]:
    """Clashes of published ports, per address, and of container ports with an engine's own."""
    taken: list[tuple[int, str, Path]] = []
    for name, service in model.services:
        for index, publish in enumerate(service.publish):
            path: Path = ("services", name, "publish", index)
            if publish.host == EPHEMERAL:
                continue
            address = publish.address or ""
            for host, other, where in taken:
                if host == publish.host and (address == other or not address or not other):
                    yield Finding(
                        HOST_PORT_TWICE,
                        f"port {host} is published twice",
                        model.span((*path, "host")),
                        related=(Related(model.span((*where, "host")), "the first stands here"),),
                        at=model.tree.name(path),
                    )
                    break
            taken.append((publish.host, address, path))
        yield from _reserved(model, name)


def _reserved(model: Model, name: str) -> Iterator[Finding]:
    service = model.environment.services[name]
    if not service.http:
        return
    for port, noun in sorted(service.ports.items()):
        if noun.number == HEALTH_PORT:
            listens = {service.http.listen.port: "listen"} | ({service.http.stats.port: "stats"} if service.http.stats else {})
            path: Path = ("services", name, "http", listens[port]) if port in listens else ("services", name, "ports", port)
            yield Finding(
                RESERVED_PORT,
                f"port {HEALTH_PORT} of an `http` service is its engine's own",
                model.span(path, key=True),
                help="choose another number",
                at=model.tree.name(path),
            )
