"""What does not go with what the template makes: owners of file systems, and options of another network."""

from __future__ import annotations

from collections.abc import Iterator

from twipc.diagnostics import Finding, Path, Related
from twipc.model import Model

from ..codes import OTHER_NETWORK, OWNERLESS
from ..options import Options
from ..task.file_systems import mounting, owner, user_of, volumes_to_make
from ..untemplated import obstacles
from .options import HERE, finding

_OF_A_NETWORK = (
    "subnets",
    "security_groups",
    "service_security_groups",
    "cloud_map_services",
    "target_groups",
    "volumes",
)
"""What is in one VPC, or reached from there alone."""


def check_made(model: Model, options: Options) -> Iterator[Finding]:
    yield from _owners(model, options)
    yield from _elsewhere(model, options)


def _elsewhere(model: Model, options: Options) -> Iterator[Finding]:
    """What is said of another VPC than the one that is made here: nothing of it is there."""
    if options.network is None:
        return
    made = (Related(model.span((*HERE, "network"), key=True), "the network is made here"),)
    balanced = options.load_balancer.subnets if options.load_balancer else ()
    paths: list[Path] = [(field,) for field in _OF_A_NETWORK if getattr(options, field)]
    for path in [*paths, *([("load_balancer", "subnets")] if balanced else [])]:
        said = f"`{'.'.join(map(str, path))}` is of another network than the one that the template makes"
        help = "take it out, and the template makes it too; or take out `network`"
        yield finding(model, OTHER_NETWORK, (*HERE, *path), said, help, made)


def _owners(model: Model, options: Options) -> Iterator[Finding]:
    """Of file systems that the template makes: EFS has to be told as whom files are read and written."""
    if any(obstacles(model)):
        return
    for name in volumes_to_make(model, options):
        if owner(model, options, name) is None:
            path: Path = (*HERE, "volume_owners", name) if name in options.volume_owners else ("volumes", name)
            said = f"the files of `{name}` would be root's, and nobody is let in as root"
            users = {} if name in options.volume_owners else {one: user_of(model, one) for one in mounting(model, name)}
            if len(set(users.values())) > 1:
                said = f"the files of `{name}` are of one user, and {_several(sorted(users))} run as different ones"
            elif None in users.values():
                said = f"nobody says whose the files of `{name}` are: no `user` is said of {_several(sorted(users))}"
            form = f'write `targets: {{ecs: {{volume_owners: {{{name}: "10001:10001"}}}}}}`, with the user whom the image says'
            yield finding(model, OWNERLESS, path, said, form, key=path[0] == "volumes")


def _several(names: list[str]) -> str:
    return " and ".join(f"`{name}`" for name in names[:3]) + (" and others" if len(names) > 3 else "")
