"""A model as task definitions and services of ECS, as `aws ecs` takes them."""

from __future__ import annotations

from typing import Any

from twipc.diagnostics import Path
from twipc.formats.document import At, Value, without_nothing
from twipc.model import Model, image_of
from twipc.target import Artifact, Bundle, Discovery, bundle, images, option

from . import limits
from .edges import running
from .images.pins import registry_of
from .images.repositories import registry_template
from .network.discovered import discovery_of, makes_names
from .nlb.ports import makes_balancer
from .options import Options
from .render import document, image_folder, image_name
from .service.input import service_input
from .tags import tags
from .task.container import container
from .task.mounts import volumes
from .template import places
from .template.assembling import template
from .template.making import is_made
from .untemplated import obstacles

_HERE: Path = ("targets", "ecs")


def compile(model: Model, options_: Any) -> Bundle:
    """A task definition for each, and a service, but for a job; the folders of images that are made here; a template of all.

    What the template makes has a name only when it is there: then the template stands alone.
    """
    options = option(options_, Options)
    artifacts: list[Artifact] = []
    inputs: dict[str, tuple[Value, Value]] = {}
    tasks = running(model, options)
    makes = is_made(tasks, options) or makes_names(tasks, options) or makes_balancer(tasks, options)
    stands_alone = makes or tasks is not model
    is_template = not any(obstacles(model))
    for name, service in tasks.services:
        task, folder = _task_and_folder(tasks, options, name)
        lasting = service_input(tasks, options, name) if service.kind == "service" else None
        if is_template:
            inputs[name] = (task, lasting)
        artifacts += folder
        if not stands_alone:
            artifacts.append(document(f"{name}.taskdef.json", ("services", name), task))
            if lasting:
                artifacts.append(document(f"{name}.service.json", ("services", name), lasting))
    if is_template:
        artifacts.append(template(model, options, inputs))
    artifacts += registry_template(model, options)
    return bundle(*artifacts)


def task_definition(model: Model, options: Options, name: str) -> Artifact:
    """A service's task definition."""
    return document(f"{name}.taskdef.json", ("services", name), _task_and_folder(model, options, name)[0])


def _task_and_folder(model: Model, options: Options, name: str) -> tuple[dict[str, Value], tuple[Artifact, ...]]:
    """A task definition, and the folder of the image that it names, if that is made here."""
    service, discovery = model.environment.services[name], discovery_of(options)
    image = image_of(service)
    registry = registry_of(options, service)
    if registry:
        image = f"{registry}/{image}"
    folder = image_folder(model, name, discovery, image)
    own = images.packed(model, name, registry)
    named = At(("services", name, "image"), own.pinned if own else image)
    if folder:
        # What it starts from has no digest: another one would be another folder, and so another image than the lock knows.
        of = "http" if service.http else "configs"
        named = At(("services", name, of), images.with_digest(model, image_name(model, name, folder, options.registry)))
    return _task(model, options, name, named, discovery), folder


def _task(model: Model, options: Options, name: str, image: Value, discovery: Discovery) -> dict[str, Value]:
    service = model.environment.services[name]
    size = limits.task_size(options.launch, service)
    assert size, "check refuses a service that has no size"
    resources: Path = ("services", name, "resources")
    fargate = options.launch == "fargate"
    return without_nothing(
        {
            "family": At(("project",), f"{model.name}-{name}"),
            "requiresCompatibilities": At((*_HERE, "launch"), [options.launch.upper()]),
            "networkMode": "awsvpc",
            "cpu": At((*resources, "cpu"), str(size.cpu) if size.cpu is not None else None),
            "memory": At((*resources, "memory"), str(size.memory)),
            "runtimePlatform": {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"} if fargate else {},
            "executionRoleArn": places.execution_role(options, name),
            "taskRoleArn": places.task_role(model, options, name),
            "containerDefinitions": [container(model, options, name, image, discovery)],
            "volumes": volumes(model, options, service),
            "tags": tags(model, options, name),
        }
    )
