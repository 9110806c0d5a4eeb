"""Images that are made here: what a registry calls them, and the digests that it has of them.

What targets are held to says the same once more, in words of its own (`targets/*/baseline.py` and what they share).
"""

from collections.abc import Iterator
from typing import TypeVar

from msgspec import Struct
from pydantic import Field

from twipc.diagnostics import Code, Finding, Path, Report
from twipc.model import Model, image_of
from twipc.spec import Noun, Service, bind_noun
from twipc.spec.limits import IMAGE
from twipc.spec.values import Registry

from . import codes

N = TypeVar("N", bound=Noun)


class ImageOptions(Noun):
    """Where a target has its images from."""

    registry: Registry | None = Field(
        None,
        description="Where images that are built here are pushed to and pulled from; else where `pack --registry` pushed them.",
    )


class Packed(Struct, frozen=True):
    """An image that is made here: of a service's `build`, or of `folder` among a target's artifacts.

    `built` is its name where it is made, `pushed` the one that a target runs it by; `digest` is what the lock says of that.
    """

    service: str
    built: str
    pushed: str
    digest: str | None = None
    folder: str = ""

    @property
    def pinned(self) -> str:
        return f"{self.pushed}@{self.digest}" if self.digest else self.pushed


def says_registry(image: str) -> bool:
    """Whether an image's name begins with a registry: Docker takes all others to be on its Hub."""
    first, slash, _ = image.partition("/")
    return bool(slash) and ("." in first or ":" in first or first == "localhost")


def repository(image: str) -> str:
    """An image's name without its tag."""
    folder, slash, name = image.rpartition("/")
    return f"{folder}{slash}{name.partition(':')[0]}"


def packed(model: Model, service: str, registry: str | None) -> Packed | None:
    """The image of a service's `build`; None, where it has none, or none that a build could give its name."""
    noun = model.environment.services[service]
    image = image_of(noun)
    if noun.build is None or "@" in image:
        return None
    pushed = f"{registry}/{image}" if registry and not says_registry(image) else image
    return Packed(service, image, pushed, model.digest(pushed))


def with_digest(model: Model, pushed: str) -> str:
    """A name under which an image was pushed, and the digest that the lock has of it."""
    digest = model.digest(pushed)
    return f"{pushed}@{digest}" if digest else pushed


def all_packed(model: Model, registry: str | None) -> tuple[Packed, ...]:
    """Every image of the spec that is built here, for a target that has it from there."""
    found = (packed(model, name, registry or model.registry) for name, _ in model.services)
    return tuple(one for one in found if one)


def named(model: Model, service: str, registry: str | None) -> str:
    """What a target writes as a service's image."""
    found = packed(model, service, registry or model.registry)
    return found.pinned if found else image_of(model.environment.services[service])


def said(model: Model, target: str, noun: type[N]) -> N:
    """A target's own options, for those of its functions that are given a model alone; the driver has found them right."""
    return bind_noun(noun, model.tree, ("targets", target), Report())


def registry_findings(model: Model, registry: str | None, target: str) -> Iterator[Finding]:
    """A registry that nothing is pushed to, and names that are too long with it before them."""
    if registry is None:
        return
    path: Path = ("targets", target, "registry")
    mine = [name for name, service in model.services if is_prefixed(service)]
    found: list[tuple[Code, str, str]] = []
    if not mine:
        said = "`registry` has no effect: no image is built here that does not name its own"
        found.append((codes.REGISTRY_UNUSED, said, "take it out"))
    for name in mine:
        called = repository(f"{registry}/{image_of(model.environment.services[name])}")
        if len(called) not in IMAGE:
            said = f"the image of `{name}` has a name of {len(called)} characters with it, and {IMAGE.most} are the most"
            found.append((codes.NAME_TOO_LONG, said, "shorten one of them"))
    for code, said, help in found:
        yield Finding(code, said, model.span(path), help=help, at=model.tree.name(path), target=target)


def is_prefixed(service: Service) -> bool:
    """Whether a registry is put before the image's name: it is built here, and names none itself."""
    image = image_of(service)
    return service.build is not None and "@" not in image and not says_registry(image)
