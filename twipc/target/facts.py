"""Facts: what a model means, and what an artifact says, in one form so that equal means equal.

A fact has a key (a field of the language and whose it is) and a value:

| field | owner | value |
|---|---|---|
| `environment.*` | () | str |
| `service.*` | (service,) | the field's own value; ports as {name: port}; env as {name: ("value", text) or ("secret", "")} |
| `service.tmpfs`, `service.capabilities` | (service,) | {path: size}; names in order |
| `service.ulimits` | (service,) | {name: (soft, hard)} |
| `service.labels`, `service.logging.options` | (service,) | {name: text} |
| `service.publish` | (service, port, nth) | (host port, 0 for ephemeral; address or "") |
| `service.configs` | (service,) | {place: text} |
| `service.secrets` | (service,) | the places of the files, in order; whose value each holds is said by `secret.*` |
| `service.depends_on` | (service, the other) | its condition |
| `service.ready.*` | (service, proxy, backend) | the field's own value |
| `http.*` | (service,) | the field's own value; routes as ((kind, path, ("backend" or "files", name)), ...), one a path, |
| | | or ("redirect", (status, "to", URL), (status, "scheme", port) or (status, "host", host)), |
| | | each with (hosts, methods) where the route asks for them |
| `backend.*` | (service, backend) | the field's own value; members as ((service, number), ...) |
| `service.networks` | (service,) | {network: aliases in order} |
| `network.*` | (network,) | True, or no fact |
| `volume.*` | (volume,) | the field's own value; nothing is said of what is kept of `scratch` |
| `secret.*` | (service, variable, place of a file, `STATS_USE` or `TLS_USE`) | where the target finds it |
| `baseline` | (artifact or service, place) | what the target itself adds, always the same |

Ports are numbers here, never names; those of a service are as Docker writes them, `8080` or `53/udp`. What is empty or not
there has no fact.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from types import MappingProxyType

from msgspec import Struct

from twipc.model import Model, place_of
from twipc.spec import Backend, EnvValue, Http, HttpHealth, Noun, Ready, Redirect, Route, Service

from .discovery import DOCKER, Discovery
from .fields import leaves
from .probe import recognise


class FactKey(Struct, frozen=True, order=True, gc=False):
    """A field of the language and whose it is."""

    field: str
    owner: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.field} of {'.'.join(self.owner)}" if self.owner else self.field


Facts = Mapping[FactKey, object]
NOTHING: tuple[object, ...] = (None, "", (), {})
"""What says nothing, and so is no fact."""
BASELINE = "baseline"
OF_PROGRAMS = (
    "ulimits",
    "entrypoint",
    "working_dir",
    "user",
    "read_only",
    "tmpfs",
    "shm_size",
    "capabilities",
    "stop_signal",
    "init",
)
"""Fields of a service that runs an image; an engine has its own of each, and what those are is `baseline`."""
STATS_USE = "http.stats"
"""Who uses a secret for statistics; no variable can have this name."""
TLS_USE = "http.tls"
"""Who uses a secret as a server's certificate."""


def is_variable(use: str) -> bool:
    """Whether a secret is used as a variable, rather than as a file or by an engine."""
    return not {".", "/"} & set(use)


@lru_cache(maxsize=8)
def facts_of(model: Model, discovery: Discovery) -> MappingProxyType[FactKey, object]:
    """Everything that the model means, with names as this discovery gives them.

    Every target asks for it, twice: it is made once, and again only for programs that are told a name.
    """
    facts = _with_names_of_docker(model)
    told = [(name, service) for name, service in model.services if any(value.address for value in service.env.values())]
    if discovery.host("") == DOCKER.host("") or not told:
        return facts
    return MappingProxyType({**facts, **{FactKey("service.env", (name,)): _env(one, model, discovery) for name, one in told}})


@lru_cache(maxsize=8)
def _with_names_of_docker(model: Model) -> MappingProxyType[FactKey, object]:
    return MappingProxyType({key: value for key, value in _facts(model) if value or value not in NOTHING})


def _facts(model: Model) -> Iterator[tuple[FactKey, object]]:
    environment = model.environment
    yield FactKey("environment.project"), environment.project
    yield FactKey("environment.environment"), environment.environment
    for name, service in model.services:
        yield from _service_facts(name, service, model)
        if service.http:
            yield from _http_facts(name, service.http, model)
    for name, network in sorted(environment.networks.items()):
        for leaf, asked in (("internal", network.internal), ("encrypted", network.encrypted)):
            yield FactKey(f"network.{leaf}", (name,)), asked or None
    for name, volume in sorted(environment.volumes.items()):
        for key, value in _leaf_facts("volume", (name,), volume):
            if key.field != "volume.retention" or volume.access != "scratch":
                yield key, dict(value) if isinstance(value, Mapping) else value
    yield from _secret_facts(model)


def _leaf_facts(noun: str, owner: tuple[str, ...], value: Noun) -> Iterator[tuple[FactKey, object]]:
    for field, steps in _attributes(noun, type(value)):
        yield FactKey(field, owner), _leaf(value, steps)


@cache
def _attributes(noun: str, kind: type[Noun]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The fields of a noun, and the attributes by which one comes to each: what is written with a hyphen is one without."""
    return tuple((f"{noun}.{leaf}", tuple(leaf.replace("-", "_").split("."))) for leaf in leaves(kind))


@cache
def _of_services(kind: type[Service]) -> tuple[tuple[str, tuple[tuple[str, str, tuple[str, ...]], ...]], ...]:
    """Of each attribute of a service the facts that are its own: the field, its leaf, and how one comes to it from there."""
    found: dict[str, list[tuple[str, str, tuple[str, ...]]]] = {}
    for field, (attribute, *steps) in _attributes("service", kind):
        if attribute not in ("publish", "depends_on", "ready"):
            found.setdefault(attribute, []).append((field, field.removeprefix("service."), tuple(steps)))
    return tuple((attribute, tuple(fields)) for attribute, fields in found.items())


def _leaf(value: object, steps: tuple[str, ...]) -> object:
    for step in steps:
        if value is None:
            return None
        value = getattr(value, step)
    return value


def _service_facts(name: str, service: Service, model: Model) -> Iterator[tuple[FactKey, object]]:
    special: dict[str, object] = {
        "ports": {port: str(noun) for port, noun in service.ports.items()},
        "env": _env(service, model, DOCKER),
        "tmpfs": {tmpfs.path: tmpfs.size for tmpfs in service.tmpfs},
        "capabilities": tuple(sorted(set(service.capabilities))),
        "ulimits": {limit: noun.pair for limit, noun in service.ulimits.items()},
        "labels": dict(service.labels),
        "logging.options": service.logging.told,
        "configs": {place: model.configs[file] for place, file in service.configs.items()},
        "secrets": tuple(sorted(place_of(file) for file in service.secrets)),
        "networks": {one.network: tuple(sorted(one.aliases)) for one in service.networks},
        "mounts": {path: mount.volume for path, mount in service.mounts.items()},
        **_health(name, service, model),
    }
    owner = (name,)
    for attribute, fields in _of_services(type(service)):
        if not (whole := getattr(service, attribute)) and whole in NOTHING:
            continue  # as most attributes of most services are
        for field, leaf, steps in fields:
            value = special[leaf] if leaf in special else _leaf(whole, steps)
            if (value or value not in NOTHING) and not (service.http and leaf in OF_PROGRAMS):
                yield FactKey(field, owner), value
    for nth, nth_value in published(name, service).items():
        yield FactKey("service.publish", nth), nth_value
    for one in service.depends_on:
        yield FactKey("service.depends_on", (name, one.service)), one.condition


def published(name: str, service: Service) -> dict[tuple[str, str, str], tuple[int, str]]:
    """Each published port by (service, port, nth of this port)."""
    found: dict[tuple[str, str, str], tuple[int, str]] = {}
    before: Counter[str] = Counter()
    for publish in service.publish:
        number = str(service.ports[publish.port])
        found[name, number, str(before[number])] = (publish.host, publish.address or "")
        before[number] += 1
    return found


def _env(service: Service, model: Model, discovery: Discovery) -> dict[str, tuple[str, str]]:
    return {variable: _env_value(value, model, discovery) for variable, value in service.env.items()}


def _env_value(value: EnvValue, model: Model, discovery: Discovery) -> tuple[str, str]:
    if value.secret is not None:
        return ("secret", "")
    if value.address is not None:
        service, _, port = value.address.partition(".")
        if service in model.environment.external:
            external = model.environment.external[service]
            parts = {"host": external.host, "port": str(external.ports[port])}
        else:
            parts = {"host": discovery.host(service), "port": str(model.number(service, port))}
        return ("value", parts[value.only] if value.only else f"{parts['host']}:{parts['port']}")
    return ("value", value.value or "")


def _health(name: str, service: Service, model: Model) -> dict[str, object]:
    """How a service is asked; a command that asks as `http` would is that."""
    health = service.health
    if health is None:
        return {}
    http: HttpHealth | None = health.http
    number = model.number(name, http.port) if http else 0
    if health.command and (asked := recognise(health.command)):
        http, number = asked
    return {
        "health.command": None if http else health.command,
        "health.http.path": http.path if http else None,
        "health.http.client": http.client if http else None,
        "health.http.port": number if http else None,
    }


def _http_facts(name: str, http: Http, model: Model) -> Iterator[tuple[FactKey, object]]:
    special: dict[str, object] = {
        "routes": tuple(one for route in http.routes for one in route_facts(route)),
        "error_pages": tuple((page.status, model.pages[page.page]) for page in http.error_pages),
        "expose_headers": dict(http.expose_headers),
    }
    for key, value in _leaf_facts("http", (name,), http):
        yield key, special.get(key.field.removeprefix("http."), value)
    for backend, noun in sorted(http.backends.items()):
        yield from _backend_facts(name, backend, noun, model)


def route_facts(route: Route) -> Iterator[tuple[object, ...]]:
    """What a route says of each path that it names."""
    action: tuple[str, object] = ("backend", route.backend) if route.backend else ("files", route.files)
    if route.redirect:
        action = ("redirect", _redirect(route.redirect))
    match = route.match
    conditions = ((match.host or (), match.method or ()),) if match.host or match.method else ()
    for kind in ("prefix", "exact", "glob"):
        for path in getattr(route.match, kind) or ():
            # A glob without a star matches just itself.
            yield ("exact" if kind == "glob" and "*" not in path else kind, path, action, *conditions)


def _redirect(redirect: Redirect) -> tuple[int, str, object]:
    if redirect.scheme:
        return (redirect.status, "scheme", redirect.port)
    return (redirect.status, "to", redirect.to) if redirect.to else (redirect.status, "host", redirect.host)


def _backend_facts(name: str, backend: str, noun: Backend, model: Model) -> Iterator[tuple[FactKey, object]]:
    members = model.members[name, backend]
    for key, value in _leaf_facts("backend", (name, backend), noun):
        if key.field == "backend.members":
            value = tuple((member.service, member.number) for member in members)
        yield key, value
    ready: Ready | None = model.ready[name, backend]
    if ready:
        for member in members:
            number = model.number(member.service, ready.http.port)
            for key, value in _leaf_facts("service.ready", (member.service, name, backend), ready):
                yield key, number if key.field == "service.ready.http.port" else value


def secret_uses(model: Model) -> Iterator[tuple[str, str, str]]:
    """Every use of a secret as (service, variable, place of a file, `STATS_USE` or `TLS_USE`; secret)."""
    for name, service in model.services:
        for variable, value in sorted(service.env.items()):
            if value.secret is not None:
                yield name, variable, value.secret
        for file in service.secrets:
            yield name, place_of(file), file.secret
        if service.http and service.http.stats:
            yield name, STATS_USE, service.http.stats.auth.secret
        if service.http and service.http.tls:
            yield name, TLS_USE, service.http.tls.certificate


def _secret_facts(model: Model) -> Iterator[tuple[FactKey, object]]:
    for service, use, secret in secret_uses(model):
        yield from _leaf_facts("secret", (service, use), model.environment.secrets[secret])
