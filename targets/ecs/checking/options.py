"""Options that are missing, that have no effect, or that do not fit together."""

from __future__ import annotations

from collections.abc import Iterator

from twipc.diagnostics import Code, Finding, Path, Related
from twipc.model import Model

from ..codes import MISSING, ONE_PLACE, ONE_ROLE, UNUSED
from ..images.pins import is_pushed
from ..network.discovered import discovered
from ..options import Options
from ..template.making import is_on_efs
from ..untemplated import obstacles

HERE: Path = ("targets", "ecs")
_BY_SERVICE = ("service_security_groups", "execution_roles", "task_roles", "cloud_map_services", "target_groups")
_OF_SERVICES = ("service_security_groups", "cloud_map_services")
"""What stands in a service's file alone."""


def check_options(model: Model, options: Options) -> Iterator[Finding]:
    yield from _missing(model, options)
    yield from _not_there(model, options)
    yield from _without_effect(model, options)
    yield from _twice(model, options)
    yield from _roles(model, options)
    yield from _places(model, options)


def finding(
    model: Model,
    code: Code,
    path: Path,
    message: str,
    help: str | None = None,
    related: tuple[Related, ...] = (),
    *,
    key: bool = True,
) -> Finding:
    """At `path`, or what is written around it."""
    near = path
    while near and model.tree.node(near) is None:
        near = near[:-1]
    span = model.span(near, key=key or near != path)
    return Finding(code, message, span, help=help, related=related, at=model.tree.name(path), target="ecs")


def _missing(model: Model, options: Options) -> Iterator[Finding]:
    def missing(path: Path, why: str, form: str, cause: Path | None = None) -> Finding:
        related = (Related(model.span(cause, key=True), "it is wanted for this"),) if cause else ()
        at = model.tree.name((*HERE, *path))
        return finding(model, MISSING, (*HERE, *path), f"`{at}` is missing: {why}", f"write `{form}`", related)

    lasting = [name for name, service in model.services if service.kind == "service"]
    makes = not any(obstacles(model))
    if lasting and not options.subnets and not options.network and not makes:
        yield missing(("subnets",), "tasks have addresses of their own", "subnets: [subnet-…, subnet-…]")
    for name in lasting:
        if not makes and not options.service_security_groups.get(name, options.security_groups):
            why = f"`{name}` has none, so that the VPC's default group would be its own"
            yield missing(("security_groups",), why, "security_groups: [sg-…]")
            break
    if options.network and not makes:
        said = "`network` has no effect: there is no template that could make it (ECS111)"
        yield finding(model, UNUSED, (*HERE, "network"), said, "take it out, and say `subnets`")
    if options.cluster is None and not makes:
        why = "there is no template that could make it (ECS111)"
        yield missing(("cluster",), why, "cluster: …")
    for name, _ in model.services:
        if not makes and not options.execution_roles.get(name, options.execution_role):
            why = f"`{name}` has none of its own, and ECS pulls its image and writes its logs with it"
            yield missing(("execution_role",), why, 'execution_role: "arn:aws:iam::…:role/…"')
            break
    found = discovered(model)
    if found and options.namespace is None:
        cause = found[min(found)]
        yield missing(("namespace",), "services are found by their names in it", f"namespace: {model.name}.internal", cause)
    for name, cause in sorted(found.items()):
        # Where none is said, the template makes all, once it is told the namespace.
        if name not in options.cloud_map_services and not (makes and not options.cloud_map_services):
            form = f'cloud_map_services: {{{name}: "arn:aws:servicediscovery:…:service/srv-…"}}'
            why = f"`{name}` is found by its name" + ("" if makes else ", and there is no template that could make it (ECS111)")
            yield missing(("cloud_map_services", name), why, form, cause)
    for name, service in model.services:
        here: Path = ("services", name)
        on_efs = {path: mount for path, mount in service.mounts.items() if is_on_efs(model, mount.volume)}
        if on_efs and name not in options.task_roles and not makes:
            form = f'task_roles: {{{name}: "arn:aws:iam::…:role/…"}}'
            yield missing(("task_roles", name), f"`{name}` mounts EFS with it", form, (*here, "mounts"))
        for path, mount in sorted(on_efs.items()):
            if mount.volume not in options.volumes and not makes:
                form = f"volumes: {{{mount.volume}: {{file_system: fs-…, access_point: fsap-…}}}}"
                cause = (*here, "mounts", path)
                why = f"`{name}` mounts it, and on ECS it is an EFS access point"
                yield missing(("volumes", mount.volume), why, form, cause)
    if options.registry is None:
        form = "registry: 111122223333.dkr.ecr.eu-west-1.amazonaws.com"
        for name, service in model.services:
            here = ("services", name)
            if service.http:
                why = f"the image of `{name}` is made of its configuration, and tasks pull it from there"
                yield missing(("registry",), why, form, (*here, "http"))
                break
            if service.configs:
                why = f"the image of `{name}` is made of its files, and tasks pull it from there"
                yield missing(("registry",), why, form, (*here, "configs"))
                break
            if is_pushed(service):
                why = f"the image of `{name}` is built here, and tasks pull it from there"
                yield missing(("registry",), why, form, (*here, "build"))
                break


def _not_there(model: Model, options: Options) -> Iterator[Finding]:
    """What is for a service, a port or a volume that does not exist."""
    services = model.environment.services
    for field in _BY_SERVICE:
        for name in sorted(getattr(options, field)):
            if name not in services and model.written(("services", name)):
                said = f"`{field}` is for `{name}`, whose place a load balancer takes"
                yield finding(model, UNUSED, (*HERE, field, name), said, "take it out, or write `ingress: proxy`")
            elif name not in services:
                known = f"services are: {', '.join(sorted(services))}"
                yield finding(model, UNUSED, (*HERE, field, name), f"`{field}` is for `{name}`, and no service is", known)
            elif field in _OF_SERVICES and services[name].kind == "job":
                said = f"`{name}` is a job: what runs its task says its groups, and nobody finds it by name"
                yield finding(model, UNUSED, (*HERE, field, name), said, "take it out")
    for name, groups in sorted(options.target_groups.items()):
        if name not in services:
            continue
        open_ports = {publish.port for publish in services[name].publish if publish.address is None}
        http = services[name].http
        if http and http.tls and http.tls.listen.port in groups:
            port = http.tls.listen.port
            said = f"nobody listens on `{port}` of `{name}` on ECS: its certificate is a file, and secrets come as variables"
            help = "let the load balancer's https listener lead to the port for http"
            yield finding(model, UNUSED, (*HERE, "target_groups", name, port), said, help)
            open_ports.add(port)
        for port in sorted(set(groups) - open_ports):
            said = f"`{name}` does not publish `{port}` to all, so that no load balancer leads to it"
            yield finding(model, UNUSED, (*HERE, "target_groups", name, port), said, "publish it, or take the target group out")
    mounted = {mount.volume for service in services.values() for mount in service.mounts.values()}
    of_volumes = [("volumes", name) for name in options.volumes] + [("volume_owners", name) for name in options.volume_owners]
    for field, name in sorted(of_volumes):
        said = ""
        if name not in mounted:
            said = f"no service mounts a volume `{name}`"
        elif not is_on_efs(model, name):
            said = f"`{name}` is each task's own, and not on EFS"
        elif field == "volume_owners" and name in options.volumes:
            said = f"whose `{name}` is says its access point, in `volumes`"
        if said:
            yield finding(model, UNUSED, (*HERE, field, name), said, "take it out")


def _without_effect(model: Model, options: Options) -> Iterator[Finding]:
    """What every service does without."""
    names = [name for name, _ in model.services]
    lasting = [name for name in names if model.environment.services[name].kind == "service"]
    if options.security_groups and all(name in options.service_security_groups for name in lasting):
        said = "`security_groups` has no effect: every service has its own in `service_security_groups`"
        yield finding(model, UNUSED, (*HERE, "security_groups"), said, "take it out")
    if options.execution_role and all(name in options.execution_roles for name in names):
        said = "`execution_role` has no effect: every service has its own in `execution_roles`"
        yield finding(model, UNUSED, (*HERE, "execution_role"), said, "take it out")
    if options.registry and not any(service.http or service.configs or is_pushed(service) for _, service in model.services):
        said = "`registry` has no effect: no image is built here that does not name its own"
        yield finding(model, UNUSED, (*HERE, "registry"), said, "take it out")
    if options.namespace and not options.cloud_map_services and not discovered(model):
        said = "`namespace` has no effect: no service is found by its name"
        help = "take it out; whom a program asks it is told by a variable, as in `env: {DB: {address: db.sql}}`"
        yield finding(model, UNUSED, (*HERE, "namespace"), said, help)


def _twice(model: Model, options: Options) -> Iterator[Finding]:
    """Subnets and groups that a list names again."""
    lists: list[tuple[Path, tuple[str, ...]]] = [
        (("subnets",), options.subnets),
        (("security_groups",), options.security_groups),
    ]
    lists += [(("service_security_groups", name), said) for name, said in sorted(options.service_security_groups.items())]
    for path, said in lists:
        for index, one in enumerate(said):
            if one in said[:index]:
                yield finding(model, UNUSED, (*HERE, *path, index), f"`{one}` stands twice", "take one out", key=False)


def _roles(model: Model, options: Options) -> Iterator[Finding]:
    for name, role in sorted(options.task_roles.items()):
        if role == options.execution_roles.get(name, options.execution_role):
            said = (
                f"the task role of `{name}` is its execution role: the program could read every secret that ECS reads with it"
            )
            yield finding(model, ONE_ROLE, (*HERE, "task_roles", name), said, "give it a role of its own")


def _places(model: Model, options: Options) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for name, place in sorted(options.volumes.items()):
        first = seen.setdefault(place.access_point, name)
        if first != name:
            said = f"`{first}` and `{name}` are the same access point"
            related = (Related(model.span((*HERE, "volumes", first), key=True), "the first"),)
            yield finding(model, ONE_PLACE, (*HERE, "volumes", name), said, "give each one of its own", related)
