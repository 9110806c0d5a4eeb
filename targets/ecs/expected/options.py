"""Options as facts: every artifact that shows one is held to it.

Their keys are `options.<name>` of (service,); target groups are of (service, port number), a volume of (service, volume), the
registry before the image that a Dockerfile starts from of (service, "FROM").
"""

from __future__ import annotations

import re
from typing import Any

from twipc.model import Model
from twipc.spec import Service
from twipc.target import FactKey, Facts, option

from ..edges import running
from ..options import Options
from . import making
from .alb import led
from .names import name_of
from .nlb import target_ids


def option_facts(model: Model, options_: Any) -> Facts:
    """What the files of each service show of the options."""
    options = option(options_, Options)
    model = running(model, options)
    facts: dict[FactKey, object] = {}
    for name, service in model.services:
        starting, mounting = making.roles(model, options, name)
        said: dict[str, object] = {
            "launch": options.launch,
            "cluster": options.cluster or f"{model.environment.project}-{model.environment.environment}",
            "subnets": making.subnets(options),
            "security_groups": tuple(making.said_groups(options, name))
            or (f"{making.logical_name(name, 'Group')} of the template",),
            "execution_role": starting,
            "task_role": mounting,
            "namespace": options.namespace,
            "cloud_map_service": name_of(model, options, name),
            "registry": options.registry if _baked(service) or _ours(service) else None,
        }
        if service.kind == "job":  # these are said when its task is run
            said |= dict.fromkeys(("cluster", "subnets", "security_groups", "cloud_map_service"))
        facts |= {FactKey(f"options.{leaf}", (name,)): value for leaf, value in said.items()}
        facts |= _locked(model, name, service, options.registry)
        if _baked(service) and _ours(service):
            facts[FactKey("options.registry", (name, "FROM"))] = options.registry
        groups: dict[str, set[str]] = {}
        for group, number in led(model, name):
            groups.setdefault(str(number), set()).add(f"{group} of the template")
        for publish in service.publish:
            arn = options.target_groups.get(name, {}).get(publish.port)
            if arn and publish.address is None:
                groups.setdefault(str(service.ports[publish.port].number), set()).add(arn)
        for id_, port in target_ids(model, options, name).items():
            groups.setdefault(str(port), set()).add(f"{id_} of the template")
        facts |= {FactKey("options.target_group", (name, number)): tuple(sorted(arns)) for number, arns in groups.items()}
        for mount in service.mounts.values():
            volume, key = options.volumes.get(mount.volume), FactKey("options.volume", (name, mount.volume))
            if making.makes_volume(model, options, mount.volume):
                facts[key] = tuple(f"{making.logical_name(mount.volume, kind)} of the template" for kind in ("Files", "Access"))
            elif volume and model.environment.volumes[mount.volume].access not in ("per-replica", "scratch"):
                facts[key] = (volume.file_system, volume.access_point)
    return facts


def _locked(model: Model, name: str, service: Service, registry: str | None) -> Facts:
    """The digest that the lock has of what runs as it was built; that of an image with files is a fact of `pins`."""
    locked = model.locked.lock.images if model.locked else {}
    before = f"{registry}/" if registry else ""
    if _baked(service):
        return {}
    image = service.image or ""
    if service.build is None or "@" in image:
        return {}
    digest = locked.get(f"{before}{image}" if _ours(service) else image)
    return {FactKey("service.image", (name,)): f"{image}@{digest}"} if digest else {}


def _baked(service: Service) -> bool:
    """Whether an image is made for the service, of files of its own."""
    return service.http is not None or bool(service.configs)


def _ours(service: Service) -> bool:
    """Whether the registry is put before the service's `image`."""
    return service.build is not None and not re.match(r"([^/]*[.:][^/]*|localhost)/", service.image or "")
