"""`Environment` to `Model`: defaults in, names followed, pages read."""

from __future__ import annotations

from twipc.diagnostics import Path, Report, Stopped
from twipc.model import Member, Model
from twipc.spec import Environment, Http, ReadFile, Ready, Service
from twipc.syntax import Tree

from . import codes
from .complete import complete
from .files import PAGE, UNREAD, configs
from .names import Names

__all__ = ["Unresolved", "codes", "resolve"]


class Unresolved(Stopped):
    """What could be followed, as the model of an environment that has none: it has gaps, and names in it lead nowhere."""

    def __init__(self, model: Model) -> None:
        super().__init__()
        self.model = model


def resolve(environment: Environment, tree: Tree, read: ReadFile, report: Report) -> Model:
    """The model of an environment; raises `Unresolved` after reporting every name that leads nowhere, or for a tree with gaps.

    What follows from a gap is not reported. For a file that cannot be read something else stands in the model.
    """
    followed = Report()
    completed = complete(environment, tree, followed)
    names = Names(completed, tree, followed)
    members: dict[tuple[str, str], tuple[Member, ...]] = {}
    ready: dict[tuple[str, str], Ready | None] = {}
    pages: dict[str, str] = {}
    are_secrets_known = not tree.gaps.touch(("secrets",))
    for name, service in completed.services.items():
        _follow_service(name, service, names)
        if service.http:
            _follow_http(name, service.http, names)
            for key in service.http.backends:
                members[name, key] = _members(name, key, service.http, names)
                ready[name, key] = _ready(members[name, key], ("services", name, "http", "backends", key), names)
            if are_secrets_known:
                pages |= _pages(name, service.http, names, read, report)
    texts = configs(completed, tree, read, report) if are_secrets_known else {}
    report.extend(followed.findings)
    model = Model(completed, tree, members, ready, pages, texts)
    if tree.gaps or followed.has_errors:
        raise Unresolved(model)
    return model


def _follow_service(name: str, service: Service, names: Names) -> None:
    here: Path = ("services", name)
    for index, publish in enumerate(service.publish):
        names.port(name, publish.port, (*here, "publish", index, "port"))
    if service.health and service.health.http and not service.http:
        names.port(name, service.health.http.port, (*here, "health", "http", "port"))
    if service.ready:
        names.port(name, service.ready.http.port, (*here, "ready", "http", "port"))
    for index, one in enumerate(service.networks):
        names.network(one.network, (*here, "networks", index, "network"))
    for index, other in enumerate(service.depends_on):
        names.service(other.service, (*here, "depends_on", index, "service"))
    for path, mount in service.mounts.items():
        names.volume(mount.volume, (*here, "mounts", path, "volume"))
    for index, file in enumerate(service.secrets):
        names.secret(file.secret, (*here, "secrets", index, "secret"))
    for variable, value in service.env.items():
        if value.secret is not None:
            names.secret(value.secret, (*here, "env", variable, "secret"))
        if value.address is not None:
            names.address(value.address, (*here, "env", variable, "address"))


def _follow_http(name: str, http: Http, names: Names) -> None:
    here: Path = ("services", name, "http")
    for index, route in enumerate(http.routes):
        if route.backend is not None:
            _backend(route.backend, http, (*here, "routes", index, "backend"), names)
    if http.default.backend is not None:
        _backend(http.default.backend, http, (*here, "default", "backend"), names)
    if http.tls:
        names.secret(http.tls.certificate, (*here, "tls", "certificate"))
    if http.stats:
        names.secret(http.stats.auth.secret, (*here, "stats", "auth", "secret"))


def _backend(backend: str, http: Http, path: Path, names: Names) -> None:
    said = f"there is no backend named `{backend}`"
    names.known(backend, http.backends, codes.UNKNOWN_BACKEND, said, path, (*path[:3], "backends"))


def _members(name: str, key: str, http: Http, names: Names) -> tuple[Member, ...]:
    path: Path = ("services", name, "http", "backends", key, "members")
    found = [names.member(written, (*path, index)) for index, written in enumerate(http.backends[key].members)]
    return tuple(member for member in found if member)


def _ready(members: tuple[Member, ...], path: Path, names: Names) -> Ready | None:
    """The one readiness check of a backend's members, as they would answer it."""
    asked = {member.service: _asked(member, names) for member in members}
    unsure = names.gaps.touch(*(("services", member, part) for member in asked for part in ("ready", "ports")))
    if len(set(asked.values())) > 1 and not unsure:
        several = ", ".join(f"`{service}`" for service in sorted(asked))
        names.report.add(
            codes.READY_DIFFERS,
            f"{several} have different readiness checks",
            names.tree.span((*path, "members")),
            help="give them the same `ready`, or backends of their own",
            at=names.tree.name((*path, "members")),
        )
    first = names.environment.services[members[0].service] if members else None
    return first.ready if first else None


def _asked(member: Member, names: Names) -> Ready | None:
    ready = names.environment.services[member.service].ready
    if ready is None:
        return None
    # Another number asked under the same name is another check: the number takes the name's place here.
    number = names.environment.services[member.service].ports.get(ready.http.port)
    http = ready.http.model_copy(update={"port": str(number.number if number else ready.http.port)})
    return ready.model_copy(update={"http": http})


def _pages(name: str, http: Http, names: Names, read: ReadFile, report: Report) -> dict[str, str]:
    pages: dict[str, str] = {}
    for index, page in enumerate(http.error_pages):
        path: Path = ("services", name, "http", "error_pages", index, "page")
        pages[page.page] = UNREAD
        if names.keeps_secret(page.page, path, report):
            continue
        content = read(page.page)
        problem, help = _page_problem(page.page, content)
        if problem:
            report.add(codes.PAGE, problem, names.tree.span(path), help=help, at=names.tree.name(path))
        elif content is not None:
            pages[page.page] = content.decode()
    return pages


def _page_problem(page: str, content: bytes | None) -> tuple[str, str]:
    if content is None:
        return f"there is no file `{page}` in the project", "the path is relative to the folder that holds `specs/`"
    if len(content) not in PAGE:
        return f"`{page}` has over {PAGE.most} bytes", "an error page is small and stands alone: leave pictures and scripts out"
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return f"`{page}` is not UTF-8 text", "save it as UTF-8"
    if "\0" in text or "\r" in text:
        return f"`{page}` holds NUL or carriage returns", "save it as text whose lines end as on Linux"
    return "", ""
