"""What an environment leaves behind on an engine, and how it is removed: by id, and only with our labels."""

from __future__ import annotations

from twipc.model import Model

from .labels import ENVIRONMENT, PROJECT
from .runtime import Step


def dangling(model: Model) -> Step:
    """Lists the images that were built for the project and have lost their name to a newer one."""
    return _listed(("image", "ls", "--no-trunc", "--filter", "dangling=true"), model, "list images without a name")


def built(model: Model) -> Step:
    """Lists all images that were built for the project."""
    return _listed(("image", "ls", "--no-trunc"), model, "list images that were built here")


def every_container() -> Step:
    """Lists all containers of the engine."""
    return Step(("docker", "container", "ls", "--all", "--quiet", "--no-trunc"), "list all containers", reads=True)


def images_of(containers: tuple[str, ...]) -> Step:
    """The id of each container's image."""
    return Step(
        ("docker", "container", "inspect", "--format", "{{.Image}}", "--", *containers), "ask for their images", reads=True
    )


def names_of(image: str) -> Step:
    """The names that an image has: with several, the engine removes it by none of them but all."""
    return Step(("docker", "image", "inspect", "--format", "{{json .RepoTags}}", "--", image), "ask for its names", reads=True)


def volumes(model: Model) -> Step:
    """Lists the environment's volumes."""
    return _listed(("volume", "ls", "--filter", f"label={ENVIRONMENT}={model.environment.environment}"), model, "list volumes")


def networks(model: Model) -> Step:
    """Lists the environment's networks."""
    words = ("network", "ls", "--no-trunc", "--filter", f"label={ENVIRONMENT}={model.environment.environment}")
    return _listed(words, model, "list networks")


def _listed(words: tuple[str, ...], model: Model, why: str) -> Step:
    return Step(("docker", *words, "--quiet", "--filter", f"label={PROJECT}={model.environment.project}"), why, reads=True)


def removed(kind: str, ids: tuple[str, ...], why: str) -> tuple[Step, ...]:
    """No step for nothing; never by force: what is in use stays, and the engine says so."""
    return (Step(("docker", kind, "rm", "--", *ids), why),) if ids else ()
