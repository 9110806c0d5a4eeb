"""Services with every default in: images of engines, ports of HTTP servers, their own health, room for members."""

from __future__ import annotations

from twipc.diagnostics import Report
from twipc.model import HEALTH_PORT_NAME
from twipc.spec import ActiveStandby, Backend, Duration, Environment, Health, Http, HttpHealth, Port, Service
from twipc.spec.limits import CHECKS
from twipc.syntax import Tree

from . import codes

ENGINE_HEALTH = HttpHealth(path="/health", port=HEALTH_PORT_NAME, client="wget")
"""An engine answers on its own loopback port; its official alpine images have busybox's wget."""
TAKE_OVER = Duration(10_000)
"""Several times what a JVM needs to take over: 1 to 2 s, and 4.6 s with half a processor (measured: Jetty over a journal)."""
ENGINE_TIMES = Health(
    http=ENGINE_HEALTH, command=None, interval=Duration(5000), timeout=Duration(2000), failures=3, start_period=Duration(5000)
)


def engine_image(http: Http) -> str:
    """The official image of an engine; `image` in the spec overrides it."""
    return f"{http.engine.name}:{http.engine.version}-alpine"


def complete(environment: Environment, tree: Tree, report: Report) -> Environment:
    """The same environment with nothing left to a default that depends on other fields."""
    services = {name: _service(name, service, environment, tree, report) for name, service in environment.services.items()}
    return environment.model_copy(update={"services": services})


def _service(name: str, service: Service, environment: Environment, tree: Tree, report: Report) -> Service:
    update: dict[str, object] = {"ports": _ports(name, service, tree, report)}
    if service.image is None:
        if service.http and not service.build:
            update["image"] = engine_image(service.http)
        elif not tree.gaps.touch(*(("services", name, part) for part in ("image", "http"))):
            wanted = f"`{name}` needs an `image`" + (": what its build is called" if service.build else "")
            report.add(
                codes.NO_IMAGE, wanted, tree.span(("services", name), key=True), help="such as `image: shop/web:1.2.0`",
                at=f"services.{name}",
            )  # fmt: skip
    if service.kind == "job" and "restart" not in service.model_fields_set:
        update["restart"] = "never"
    update["health"] = _health(name, service, tree, report)
    if service.standby and service.kind == "service" and not service.http:
        update["replicas"] = _replicas(name, service, service.standby, tree, report)
        update["health"] = _patient(service.health)
    if service.http:
        backends = {key: _held(_room(backend, environment), environment) for key, backend in service.http.backends.items()}
        update["http"] = service.http.model_copy(update={"backends": backends})
    return service.model_copy(update=update)


def _replicas(name: str, service: Service, standby: ActiveStandby, tree: Tree, report: Report) -> int:
    """Who works and who stand by."""
    replicas = 1 + standby.standbys
    is_known = not tree.gaps.touch(("services", name, "mode"))
    if is_known and "replicas" in service.model_fields_set and service.replicas != replicas:
        path = ("services", name, "replicas")
        said = f"`{name}` has {replicas} instances by its mode, and {service.replicas} by its `replicas`"
        report.add(
            codes.TWO_COUNTS,
            said,
            tree.span(path),
            help="take `replicas` out; where an extended file says it, `replicas: null` does",
            at=tree.name(path),
        )
    return replicas


def _patient(health: Health | None) -> Health | None:
    """Who takes over was alive before, so that its failures count: by default so many may that it has its time to start."""
    if health is None or "failures" in health.model_fields_set:
        return health
    most = CHECKS.most
    return health.model_copy(
        update={"failures": max(health.failures, min(most, 1 - (-int(health.start_period) // health.interval)))}
    )


def _ports(name: str, service: Service, tree: Tree, report: Report) -> dict[str, Port]:
    ports = dict(service.ports)
    written = [(key, str(port), ("services", name, "ports", key)) for key, port in ports.items()]
    if service.http:
        tls = service.http.tls.listen if service.http.tls else None
        for key, noun in (("listen", service.http.listen), ("tls", tls), ("stats", service.http.stats)):
            if noun:
                written.append((noun.port, str(noun.number), ("services", name, "http", key)))
                ports[noun.port] = Port(number=noun.number)
    seen: dict[str, str] = {}
    for port, number, path in written:
        if tree.gaps.lie_in(path):
            continue  # what is wrong there may be its number, or its protocol
        for what in (port, number):
            if what in seen:
                said = f"two ports are called `{port}`" if what == port else f"`{port}` and `{seen[what]}` are both {what}"
                help = (
                    "give one another name"
                    if what == port
                    else "give one another number, or take it out: one port has one name"
                )
                report.add(codes.PORT_TWICE, said, tree.span(path, key=True), help=help, at=tree.name(path))
            seen[what] = port
    return ports


def _health(name: str, service: Service, tree: Tree, report: Report) -> Health | None:
    health = service.health
    if service.http:
        if health is None:
            return ENGINE_TIMES
        if health.http is None and health.command is None:
            return health.model_copy(update={"http": ENGINE_HEALTH})
        said, help = "an `http` service answers for its own health", "leave out `http` and `command`"
    elif health is None or health.http or health.command:
        return health
    else:
        said, help = "it is not said how to ask", "write `http: /path` or `command: [program]`"
    path = ("services", name, "health")
    if tree.gaps.touch(path, ("services", name, "http")):
        return health
    report.add(codes.HEALTH_KIND, said, tree.span(path, key=True), help=help, at=tree.name(path))
    return health


def _held(backend: Backend, environment: Environment) -> Backend:
    """While a standby takes over nobody is ready: requests wait for it."""
    members = (environment.services.get(member.partition(".")[0]) for member in backend.members)
    if backend.hold is not None or not any(member and member.standby for member in members):
        return backend
    return backend.model_copy(update={"hold": TAKE_OVER})


def _room(backend: Backend, environment: Environment) -> Backend:
    """Free slots for a roll-out: old and new instances are there at once (design §2)."""
    if backend.max_members is not None:
        return backend
    names = {member.partition(".")[0] for member in backend.members}
    replicas = [environment.services[name].most for name in names if name in environment.services]
    return backend.model_copy(update={"max_members": max([8, *(2 * count + 2 for count in replicas)])})
