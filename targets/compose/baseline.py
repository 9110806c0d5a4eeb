"""What every service on Compose has besides its spec; the reasons stand in the target's page."""

from __future__ import annotations

from typing import Any

from twipc.formats.composefile.baseline import common, made_images, mounted_files, of_service, secret_places
from twipc.model import Model
from twipc.target import BASELINE, DOCKER, FactKey, Facts, images, option

_SERVED: dict[str, object] = {"tmpfs": ["/tmp:mode=1777,size=64m,noexec,nosuid,nodev"]}


def option_facts(model: Model, options: Any) -> Facts:
    """Where images that are built here come from."""
    return made_images(model, option(options, images.ImageOptions).registry)


def baseline(model: Model, _options: Any) -> Facts:
    """The facts that are left over when every field of the spec has been read."""
    project = f"{model.environment.project}-{model.environment.environment}"
    facts: dict[FactKey, object] = {FactKey(BASELINE, ("file", "name")): project}
    for name, service in model.services:
        hosts = [(path, mount.volume) for path, mount in service.mounts.items() if model.environment.volumes[mount.volume].host]
        facts.update(of_service(name, {f"mount of {volume} at {path}.bind.create_host_path": False for path, volume in hosts}))
        facts.update(common(model, name, DOCKER))
        places = _SERVED if service.http else {}
        places = {**places, **{f"secret at {place}": True for place in secret_places(model, name)}}
        for one in service.depends_on:
            places = {**places, f"depends_on.{one.service}.required": True, f"depends_on.{one.service}.restart": False}
        facts.update(of_service(name, {**places, **mounted_files(model, name, {"bind.create_host_path": False})}))
    for network in model.environment.networks:
        facts[FactKey(BASELINE, (f"network {network}", "driver"))] = "bridge"
    return facts
