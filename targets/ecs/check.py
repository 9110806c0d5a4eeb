"""What only the ECS target has to say of a model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from twipc.diagnostics import Code, Finding, Path, Related, Severity
from twipc.formats.engines import variable_of
from twipc.model import Model
from twipc.target import option
from twipc.target.secrets import missing_places

from . import limits
from .codes import MISSING, NO_SIZE, ONE_PLACE, ONE_ROLE, TOO_LARGE, UNUSED, VARIABLE_TWICE
from .lower import compile
from .options import Options

_HERE: Path = ("targets", "ecs")


def check(model: Model, options_: Any) -> Iterator[Finding]:
    """Options that are missing or for nothing, sizes, limits, and secrets without an ARN."""
    options = option(options_, Options)
    found = [
        *_missing(model, options),
        *_unused(model, options),
        *_roles(model, options),
        *_sizes(model, options),
        *_places(model, options),
        *_variables(model),
        *missing_places(model, "ecs", "ecs"),
    ]
    if not any(finding.severity is Severity.ERROR for finding in found):
        found += _limits(model, options)
    yield from found


def _finding(
    model: Model, code: Code, path: Path, message: str, help: str | None = None, related: tuple[Related, ...] = ()
) -> Finding:
    """At `path`, or what is written around it."""
    near = path
    while near and model.tree.node(near) is None:
        near = near[:-1]
    return Finding(
        code, message, model.span(near, key=True), help=help, related=related, at=model.tree.name(path), target="ecs"
    )


def _missing(model: Model, options: Options) -> Iterator[Finding]:
    def missing(path: Path, why: str, form: str, cause: Path | None = None) -> Finding:
        related = (Related(model.span(cause, key=True), "it is wanted for this"),) if cause else ()
        at = model.tree.name((*_HERE, *path))
        return _finding(model, MISSING, (*_HERE, *path), f"`{at}` is missing: {why}", f"write `{form}`", related)

    if not options.subnets:
        yield missing(("subnets",), "tasks have addresses of their own", "subnets: [subnet-…, subnet-…]")
    for name, _ in model.services:
        if not options.service_security_groups.get(name, options.security_groups):
            yield missing(
                ("security_groups",), f"`{name}` has none, so that the VPC's default group would be its own",
                "security_groups: [sg-…]",
            )  # fmt: skip
            break
    discovered = _discovered(model)
    if discovered and options.namespace is None:
        cause = discovered[min(discovered)]
        yield missing(("namespace",), "services are found by their names in it", "namespace: …", cause)
    for name, cause in sorted(discovered.items()):
        if name not in options.cloud_map_services:
            form = f'cloud_map_services: {{{name}: "arn:aws:servicediscovery:…:service/srv-…"}}'
            yield missing(("cloud_map_services", name), f"`{name}` is found by its name", form, cause)
    for name, service in model.services:
        here: Path = ("services", name)
        if service.mounts and name not in options.task_roles:
            form = f'task_roles: {{{name}: "arn:aws:iam::…:role/…"}}'
            yield missing(("task_roles", name), f"`{name}` mounts EFS with it", form, (*here, "mounts"))
        for path, mount in sorted(service.mounts.items()):
            if mount.volume not in options.volumes:
                form = f"volumes: {{{mount.volume}: {{file_system: fs-…, access_point: fsap-…}}}}"
                cause = (*here, "mounts", path)
                yield missing(
                    ("volumes", mount.volume), f"`{name}` mounts it, and on ECS it is an EFS access point", form, cause
                )
    served = next((name for name, _ in model.servers), None)
    if served and options.registry is None:
        form = "registry: 111122223333.dkr.ecr.eu-west-1.amazonaws.com"
        why = f"the image of `{served}` is made of its configuration, and tasks pull it from there"
        yield missing(("registry",), why, form, ("services", served, "http"))


def _discovered(model: Model) -> dict[str, Path]:
    """The services that others look for by name, and where they do."""
    found: dict[str, Path] = {}
    for (server, backend), members in sorted(model.members.items()):
        for member in members:
            found.setdefault(member.service, ("services", server, "http", "backends", backend, "members"))
    for name, service in model.services:
        for variable, value in sorted(service.env.items()):
            if value.address is not None:
                found.setdefault(value.address.partition(".")[0], ("services", name, "env", variable))
    return found


def _unused(model: Model, options: Options) -> Iterator[Finding]:
    services = model.environment.services
    for field in ("service_security_groups", "execution_roles", "task_roles", "cloud_map_services", "target_groups"):
        for name in sorted(getattr(options, field)):
            if name not in services:
                known = f"services are: {', '.join(sorted(services))}"
                yield _finding(model, UNUSED, (*_HERE, field, name), f"`{field}` is for `{name}`, and no service is", known)
    for name, groups in sorted(options.target_groups.items()):
        if name not in services:
            continue
        open_ports = {publish.port for publish in services[name].publish if publish.address is None}
        for port in sorted(set(groups) - open_ports):
            said = f"`{name}` does not publish `{port}` to all, so that no load balancer leads to it"
            yield _finding(
                model, UNUSED, (*_HERE, "target_groups", name, port), said, "publish it, or take the target group out"
            )
    mounted = {mount.volume for service in services.values() for mount in service.mounts.values()}
    for name in sorted(set(options.volumes) - mounted):
        yield _finding(model, UNUSED, (*_HERE, "volumes", name), f"no service mounts a volume `{name}`", "take it out")


def _roles(model: Model, options: Options) -> Iterator[Finding]:
    for name, role in sorted(options.task_roles.items()):
        if role == options.execution_roles.get(name, options.execution_role):
            said = f"`{name}` would run with its execution role"
            yield _finding(model, ONE_ROLE, (*_HERE, "task_roles", name), said, "give it a role of its own")


def _sizes(model: Model, options: Options) -> Iterator[Finding]:
    for name, service in model.services:
        path: Path = ("services", name, "resources")
        wanted = {"cpu": service.resources.cpu, "memory": service.resources.memory}
        needed = ("cpu", "memory") if options.launch == "fargate" else ("memory",)
        lacking = [f"`{leaf}`" for leaf in needed if wanted[leaf] is None]
        if lacking:
            said = f"`{name}` says no {' and no '.join(lacking)}: {'Fargate' if len(needed) > 1 else 'ECS'} needs it"
            yield _finding(model, NO_SIZE, path, said, "such as `resources: {cpu: 0.25, memory: 512MiB}`")
        elif not limits.task_size(options.launch, service).sold:
            said = f"Fargate has no task for {wanted['cpu']} processors and {wanted['memory']}"
            yield _finding(model, NO_SIZE, path, said, "its largest has 32 processors and 244GiB")


def _places(model: Model, options: Options) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for name, place in sorted(options.volumes.items()):
        first = seen.setdefault(place.access_point, name)
        if first != name:
            said = f"`{first}` and `{name}` are the same access point"
            related = (Related(model.span((*_HERE, "volumes", first), key=True), "the first"),)
            yield _finding(model, ONE_PLACE, (*_HERE, "volumes", name), said, "give each one of its own", related)


def _variables(model: Model) -> Iterator[Finding]:
    for name, http in model.servers:
        variable = variable_of(http.stats.auth.secret) if http.stats else ""
        if variable in model.environment.services[name].env:
            said = f"`{variable}` is the password of the statistics page"
            yield _finding(
                model, VARIABLE_TWICE, ("services", name, "env", variable), said, "rename the variable or the secret"
            )


def _limits(model: Model, options: Options) -> Iterator[Finding]:
    for name, groups in sorted(options.target_groups.items()):
        if len(groups) > limits.TARGET_GROUPS:
            said = f"`{name}` has {len(groups)} target groups, the most is {limits.TARGET_GROUPS}"
            yield _finding(model, TOO_LARGE, (*_HERE, "target_groups", name), said)
    for artifact in compile(model, options).artifacts if _voluminous(model) else ():
        if artifact.path.endswith(".taskdef.json"):
            size = len(json.dumps(json.loads(artifact.text), separators=(",", ":")))
            if size > limits.TASK_DEFINITION:
                path: Path = ("services", artifact.path.removesuffix(".taskdef.json"))
                said = f"its task definition has {size} bytes, the most is {limits.TASK_DEFINITION}"
                yield _finding(model, TOO_LARGE, path, said, "shorten `env` and `command`, or bring files in the image")


def _voluminous(model: Model) -> bool:
    """Whether some task definition can be too large at all; escapes take up to six bytes a character."""
    most = limits.TASK_DEFINITION // 12
    return any(
        sum(map(len, service.command or ())) + sum(len(key) + len(str(value.value)) for key, value in service.env.items())
        > most
        or len(service.env) + len(service.ports) + len(service.mounts) > 100
        for service in model.environment.services.values()
    )
