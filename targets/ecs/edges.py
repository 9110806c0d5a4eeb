"""The `http` services whose place a load balancer takes, and what runs without them."""

from __future__ import annotations

from functools import lru_cache

from msgspec.structs import replace

from twipc.model import Model
from twipc.spec import Http, Publish, Service

from .options import Options
from .untemplated import obstacles


def edges(model: Model, options: Options) -> dict[str, Http]:
    """Those that give way, by name: asked from outside, by nobody in here, and with nothing but routes."""
    if options.ingress == "proxy" or any(obstacles(model)):
        return {}
    return {name: http for name, http in model.servers if staying(model, options, name) is None}


def staying(model: Model, options: Options, name: str) -> str | None:
    """Why an `http` service stays what it is."""
    service = model.environment.services[name]
    http = service.http
    if http is None or not listeners(options, name, service):
        return "it is not published to all on a port that is said"
    if any(route.files for route in http.routes) or service.mounts or service.configs:
        return "it has files"
    if name in model.forwarding:
        return f"`{model.forwarding[name][0]}` forwards to it"
    asking = (
        other
        for other, one in model.services
        for value in one.env.values()
        if value.address is not None and value.address.partition(".")[0] == name
    )
    return next((f"`{other}` has its address" for other in asking), None)


def listeners(options: Options, name: str, service: Service) -> list[tuple[int, Publish]]:
    """Which publications a load balancer listens for, each port outside once: by https with a certificate."""
    http = service.http
    doors = {http.listen.port} if http else set()
    if http and http.tls and name in options.certificates:
        doors.add(http.tls.listen.port)
    found: dict[int, tuple[int, Publish]] = {}
    for index, publish in enumerate(service.publish):
        if publish.port in doors and publish.address is None and publish.host:
            found.setdefault(publish.host, (index, publish))
    return [found[port] for port in sorted(found)]


@lru_cache(maxsize=16)
def _without(model: Model, names: frozenset[str]) -> Model:
    services = {name: service for name, service in model.environment.services.items() if name not in names}
    return replace(model, environment=model.environment.model_copy(update={"services": services}))


def running(model: Model, options: Options) -> Model:
    """What runs as tasks: the model without those that give way. Whom they ask, and as what, still stands in `members`."""
    found = edges(model, options)
    return _without(model, frozenset(found)) if found else model
