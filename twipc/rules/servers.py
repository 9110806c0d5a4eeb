"""HTTP servers: what their engine can do, and whether requests and members reach where they should."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from twipc.diagnostics import Finding, Path, Related
from twipc.formats.engines import ENGINES
from twipc.model import Model, room_of
from twipc.spec import Http
from twipc.target.readiness import asked_by_proxies, is_balanced

from .codes.servers import (
    ENGINE_COMMAND,
    ENGINE_FLOOR,
    ENGINE_OWN,
    MEMBER_TWICE,
    NO_FILES,
    NO_STATS,
    NOTHING_THERE,
    OWN_PATH,
    PROXY_LOOP,
    RATE_OF_PROXIES,
    TOO_MANY_MEMBERS,
    UNREAD_READY,
    UNUSED_BACKEND,
)

_OFFICIAL = ("nginx", "library/nginx", "docker.io/nginx", "docker.io/library/nginx")
_WELCOME = "/usr/share/nginx/html"
"""Where that image has pages of its own (docker-library's Dockerfile of nginx 1.30)."""
STICKY_NGINX = (1, 31)
"""`sticky cookie` in open source nginx, measured on 1.31.3; older ones were not."""


_ENGINE_OWN: Mapping[str, object] = {
    **{"working_dir": None, "user": None, "stop_signal": None, "tmpfs": (), "capabilities": (), "secrets": (), "configs": {}},
    **{"read_only": True, "init": False},
    "no_new_privileges": True,
    "shm_size": None,
    "ulimits": {},
}
"""What may be said of an engine nevertheless: nothing, or what is so anyway."""


def servers(model: Model) -> Iterator[Finding]:
    """Findings on every `http` service, and on readiness that no server asks for."""
    yield from engines(model)
    for name, http in model.servers:
        for backend in sorted(http.backends):
            yield from _room(model, name, backend, http)
        yield from _unused(model, name, http)
        yield from _served(model, name, http)
    yield from _counted(model)
    yield from _unread(model)
    yield from _circles(model)


def engines(model: Model) -> Iterator[Finding]:
    """What a server asks of its engine that this does not do, and what it says of it that the engine has itself."""
    for name, http in model.servers:
        here: Path = ("services", name, "http", "engine")
        if model.written((*here, "name")) and model.written((*here, "version")):
            yield from _engine(model, name, http)
            yield from _engine_own(model, name)


def _engine(model: Model, name: str, http: Http) -> Iterator[Finding]:
    floor = ENGINES[http.engine.name].floor
    version = tuple(int(part) for part in http.engine.version.split("."))
    if http.engine.name == "nginx" and any(backend.sticky for backend in http.backends.values()):
        floor = STICKY_NGINX
    if version < floor:
        path: Path = ("services", name, "http", "engine", "version")
        least = ".".join(map(str, floor))
        yield Finding(
            ENGINE_FLOOR,
            f"{http.engine.name} {http.engine.version} cannot do this: it needs {least}",
            model.span(path),
            help=f'the least is "{least}"',
            at=model.tree.name(path),
        )
    if http.stats and http.engine.name == "nginx":
        path = ("services", name, "http", "stats")
        help = "leave it out, or let haproxy serve"
        yield Finding(NO_STATS, "nginx has no statistics page", model.span(path, key=True), help=help, at=model.tree.name(path))
    for index, route in enumerate(http.routes):
        if route.files is not None and http.engine.name == "haproxy":
            path = ("services", name, "http", "routes", index, "files")
            yield Finding(
                NO_FILES,
                "haproxy serves no files",
                model.span(path),
                help="route to a backend whose member is an nginx that serves them",
                at=model.tree.name(path),
            )


def _room(model: Model, name: str, backend: str, http: Http) -> Iterator[Finding]:
    path: Path = ("services", name, "http", "backends", backend)
    room = room_of(http.backends[backend])
    seen: set[str] = set()
    for index, member in enumerate(model.members[name, backend]):
        replicas = model.environment.services[member.service].most
        if replicas > room:
            yield Finding(
                TOO_MANY_MEMBERS,
                f"`{member.service}` has {replicas} replicas, and `{backend}` room for {room}",
                model.span((*path, "max_members")),
                help="raise `max_members`; twice the replicas leaves room for a roll-out",
                at=model.tree.name((*path, "max_members")),
            )
        if member.service in seen:
            where: Path = (*path, "members", index)
            said = f"`{member.service}` stands twice in `{backend}`"
            yield Finding(MEMBER_TWICE, said, model.span(where), help="once is enough", at=model.tree.name(where))
        seen.add(member.service)


def _unused(model: Model, name: str, http: Http) -> Iterator[Finding]:
    used = {route.backend for route in http.routes} | {http.default.backend}
    for backend in sorted(set(http.backends) - used):
        path: Path = ("services", name, "http", "backends", backend)
        said, help = f"no route leads to `{backend}`", "route to it, or take it out"
        yield Finding(UNUSED_BACKEND, said, model.span(path, key=True), help=help, at=model.tree.name(path))


def _served(model: Model, name: str, http: Http) -> Iterator[Finding]:
    """Folders of files that nothing brings into an engine's official image: no mount, and no image of one's own."""
    service = model.environment.services[name]
    repository, _, _tag = (service.image or "").partition("@")[0].partition(":")
    if http.engine.name != "nginx" or service.build or repository not in _OFFICIAL:
        return
    for index, route in enumerate(http.routes):
        folder = route.files
        if folder is None or _overlap(folder, _WELCOME) or any(_overlap(folder, place) for place in service.mounts):
            continue
        path: Path = ("services", name, "http", "routes", index, "files")
        yield Finding(
            NOTHING_THERE,
            f"`{name}` runs nginx's official image, in which nothing is at `{folder}`",
            model.span(path),
            help="bring the files in an image of your own, by `image` and `build`, or with a volume, by `mounts`",
            at=model.tree.name(path),
        )


def _engine_own(model: Model, name: str) -> Iterator[Finding]:
    """What an `http` service can't have besides its engine: a command, and mounts over the engine's own files."""
    service = model.environment.services[name]
    assert service.http
    help = "take it out, or make it a service without `http`"
    for leaf, written in (("command", service.command), ("entrypoint", service.entrypoint)):
        if written:
            path: Path = ("services", name, leaf)
            said = f"`{name}` runs its engine, not a command"
            yield Finding(ENGINE_COMMAND, said, model.span(path, key=True), help=help, at=model.tree.name(path))
    for leaf, same in _ENGINE_OWN.items():
        path = ("services", name, leaf)
        if model.written(path) and getattr(service, leaf) != same:
            said = f"`{name}` has its engine's own `{leaf}`"
            yield Finding(ENGINE_OWN, said, model.span(path, key=True), help=help, at=model.tree.name(path))
    image = ENGINES[service.http.engine.name]
    for place in sorted(service.mounts):
        taken = next((own for own in image.own_paths if _overlap(place, own)), None)
        if taken:
            path = ("services", name, "mounts", place)
            said = f"`{place}` and the engine's own `{taken}` are in each other's way"
            yield Finding(OWN_PATH, said, model.span(path, key=True), help="mount it elsewhere", at=model.tree.name(path))


def _overlap(one: str, other: str) -> bool:
    return one == other or one.startswith(f"{other}/") or other.startswith(f"{one}/")


def _circles(model: Model) -> Iterator[Finding]:
    """The first circle of servers that forward to each other."""
    servers = {name for name, _ in model.servers}
    graph: dict[str, set[str]] = {name: set() for name in servers}
    for (server, _), members in model.members.items():
        graph[server] |= {member.service for member in members} & servers
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        names: list[str] = circle.args[1]
        first = min(names)
        backend = next(key for (server, key), members in sorted(model.members.items())
                       if server == first and any(member.service in names for member in members))  # fmt: skip
        path: Path = ("services", first, "http", "backends", backend, "members")
        yield Finding(
            PROXY_LOOP,
            f"requests would go round: {' → '.join(reversed(names))}",
            model.span(path),
            help="let one of them answer, or forward to a service that does",
            at=model.tree.name(path),
        )


def _counted(model: Model) -> Iterator[Finding]:
    """Servers that count their clients, and have another server for one: it is not all that ask.

    Of one that has backends TW475 tells it, with all else that follows.
    """
    limited = {name for name, http in model.servers if http.rate_limit and not http.backends}
    for name in sorted(limited & set(model.forwarding) & set(model.past)):
        path: Path = ("services", name, "http", "rate_limit")
        front = model.forwarding[name][0]
        yield Finding(
            RATE_OF_PROXIES,
            f"`{front}` forwards to `{name}`, and all of its clients are one client here",
            model.span(path, key=True),
            help=f"limit the rate of `{front}`, where clients come in; or let nobody ask `{name}` past it",
            related=tuple(Related(model.span(one), f"`{name}` is asked past it by this") for one in model.past[name]),
            at=model.tree.name(path),
        )


def _unread(model: Model) -> Iterator[Finding]:
    asked = asked_by_proxies(model)
    for name, service in model.services:
        # What a load balancer may ask each target tells by itself.
        if service.ready and service.kind != "job" and not is_balanced(service) and name not in asked:
            path: Path = ("services", name, "ready")
            before = "it is published at no number of its own on all addresses" if service.publish else "it is not published"
            yield Finding(
                UNREAD_READY,
                f"nobody asks whether `{name}` is ready: no backend has it as a member, and {before}",
                model.span(path, key=True),
                help="take it out, or make the service a member",
                at=model.tree.name(path),
            )
