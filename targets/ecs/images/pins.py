"""Images that are made here for ECS, as a registry knows them."""

from __future__ import annotations

from typing import Any

from twipc.model import Model, image_of
from twipc.target import FactKey, Facts, images, option

from ..edges import running
from ..options import Options, discovery_of, registry_of
from ..render import image_folder, image_name


def packed(model: Model, options_: Any) -> list[images.Packed]:
    """What is built of the spec, and after it each image that is made here of a service's own files."""
    options: Options = option(options_, Options)
    model = running(model, options)
    found = [one for name, _ in model.services if (one := images.packed(model, name, options.registry))]
    for name, service in model.services:
        image, registry = image_of(service), registry_of(options, service)
        folder = image_folder(model, name, discovery_of(options), f"{registry}/{image}" if registry else image)
        if folder:
            pushed = image_name(model, name, folder, options.registry)
            built = image_name(model, name, folder, None)
            found.append(images.Packed(name, built, pushed, model.digest(pushed), f"images/{name}"))
    return found


def pins(model: Model, options: Any) -> Facts:
    """The lock's digest of each image with files; whether its name fits its folder the reader finds out by itself."""
    made = packed(model, options) if model.locked else ()
    return {FactKey("options.digest", (one.service,)): one.digest for one in made if one.folder and one.digest}
