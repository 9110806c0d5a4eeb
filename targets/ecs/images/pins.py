"""Images that are made here for ECS, as a registry knows them."""

from __future__ import annotations

from typing import Any

from twipc.model import Model, image_of
from twipc.spec import Service
from twipc.target import FactKey, Facts, images, option

from ..edges import running
from ..network.discovered import discovery_of
from ..options import Options
from ..render import image_folder, image_name


def is_pushed(service: Service) -> bool:
    """Whether a service's own image goes to the registry: it has `build`, and its name says no registry itself.

    As Docker tells them: a first component with a dot or a port, or `localhost`, is a registry.
    """
    first, slash, _ = image_of(service).partition("/")
    says_registry = slash and ("." in first or ":" in first or first == "localhost")
    return service.build is not None and not says_registry


def registry_of(options: Options, service: Service) -> str | None:
    """What is put before the name of a service's own image."""
    return options.registry if is_pushed(service) else None


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
