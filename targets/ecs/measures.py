"""What the limits of ECS are measured by. Without options, who owns the machines is not known, nor what is there on AWS."""

from __future__ import annotations

import json
from collections.abc import Iterator

from twipc.diagnostics import Path
from twipc.model import Model, image_of
from twipc.spec import Duration, Service
from twipc.target import Measured
from twipc.target.limits import Measure

from . import limits
from .check_options import HERE
from .lower import task_definition
from .options import Options, registry_of


def documents(model: Model, options: Options | None) -> Iterator[Measured]:
    """What counts are the bytes that are written, so only the emitter can tell; it writes just this one document."""
    for name, service in model.services:
        if options and _may_be_too_large(service) and limits.task_size(options.launch, service):
            document = json.loads(task_definition(model, options, name)[0].text)
            size = len(json.dumps(document, separators=(",", ":")))
            yield Measured(("services", name), size, "its task definition")


def _may_be_too_large(service: Service) -> bool:
    """Whether it is worth measuring at all; escapes take up to six bytes a character, twelve beyond the first 65536."""
    words = [*(service.entrypoint or ()), *(service.command or ()), *((service.health and service.health.command) or ())]
    words += [text for pair in service.labels.items() for text in pair]
    words += [text for name, value in service.env.items() for text in (name, str(value.value))]
    words += [*service.mounts, *(tmpfs.path for tmpfs in service.tmpfs)]
    things = len(words) + len(service.ports) + len(service.ulimits)
    return 12 * sum(map(len, words)) + 500 * things + 10_000 > limits.TASK_DEFINITION.most


def target_groups(_model: Model, options: Options | None) -> Iterator[Measured]:
    for name, groups in sorted(options.target_groups.items()) if options else ():
        yield Measured((*HERE, "target_groups", name), len(groups), f"`{name}`")


def subnets(_model: Model, options: Options | None) -> Iterator[Measured]:
    if options:
        yield Measured((*HERE, "subnets"), len(options.subnets), "a task's network")


def security_groups(_model: Model, options: Options | None) -> Iterator[Measured]:
    if options:
        yield Measured((*HERE, "security_groups"), len(options.security_groups), "a task")
        for name, groups in sorted(options.service_security_groups.items()):
            yield Measured((*HERE, "service_security_groups", name), len(groups), f"`{name}`")


def images(model: Model, options: Options | None) -> Iterator[Measured]:
    """With the registry that is put before them: of images that are pushed, and of those that are made here."""
    for name, service in model.services:
        if options is None or options.registry is None:
            return
        path: Path = ("services", name)
        if service.http or service.configs:
            full = f"{options.registry}/{model.name}-{name}"
            yield Measured(path, len(full), f"the image of `{name}`", help="shorten `targets.ecs.registry`")
        if registry_of(options, service):
            name_ = image_of(service).partition("@")[0]
            full = f"{options.registry}/{name_.rpartition(':')[0] or name_}"
            yield Measured((*path, "image"), len(full), f"`{full}`", key=False)


def seconds(leaf: str, fargate: bool = False) -> Measure:
    """A measure of a time of each service, in whole seconds."""

    def measure(model: Model, options: Options | None) -> Iterator[Measured]:
        for name, service in model.services:
            value: object = service
            for step in leaf.split("."):
                value = getattr(value, step, None)
            if isinstance(value, Duration) and (not fargate or (options and options.launch == "fargate")):
                yield Measured(("services", name, *leaf.split(".")), -(-int(value) // 1000), f"`{leaf}` of `{name}`", key=False)

    return measure


def task_cpu(model: Model, options: Options | None) -> Iterator[Measured]:
    yield from _cpu_on("fargate", model, options)


def ec2_cpu(model: Model, options: Options | None) -> Iterator[Measured]:
    yield from _cpu_on("ec2", model, options)


def _cpu_on(launch: str, model: Model, options: Options | None) -> Iterator[Measured]:
    for name, service in model.services:
        units = limits.cpu_units(service)
        if options and options.launch == launch and units is not None:
            yield Measured(("services", name, "resources"), units, f"`{name}`")


def task_memory(model: Model, options: Options | None) -> Iterator[Measured]:
    for name, service in model.services:
        memory = limits.container_memory(service)
        if options and options.launch == "fargate" and memory is not None:
            yield Measured(("services", name, "resources"), memory, f"`{name}`")


def ulimits(model: Model, _options: Options | None) -> Iterator[Measured]:
    for name, service in model.services:
        for limit, noun in sorted(service.ulimits.items()):
            yield Measured(("services", name, "ulimits", limit), max(noun.pair), f"`{limit}` of `{name}`")
