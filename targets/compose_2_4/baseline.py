"""What every service on docker-compose 1.29 has besides its spec; the reasons stand in the target's page."""

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
    facts: dict[FactKey, object] = {
        FactKey(BASELINE, ("file", "version")): "2.4",
        FactKey(BASELINE, (".env", "COMPOSE_PROJECT_NAME")): project,
    }
    for name, service in model.services:
        facts.update(common(model, name, DOCKER))
        places = _SERVED if service.http else {}
        places = {**places, **{f"secret at {place}.read_only": True for place in secret_places(model, name)}}
        facts.update(of_service(name, {**places, **mounted_files(model, name, {})}))
    for network in model.environment.networks:
        facts[FactKey(BASELINE, (f"network {network}", "driver"))] = "bridge"
    for volume, noun in model.environment.volumes.items():
        if noun.host or noun.access in ("per-replica", "scratch"):
            continue
        facts[FactKey(BASELINE, (f"volume {volume}", "name"))] = f"{project}_{volume}"
    return facts
