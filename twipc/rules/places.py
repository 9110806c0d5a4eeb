"""Places in a container: each holds one thing."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from twipc.diagnostics import Finding, Path, Related
from twipc.model import Model, place_of

from .codes.state import SAME_PLACE


class _Thing(Struct, frozen=True):
    """What lies at a place: a folder, in which others may lie, or a file."""

    place: str
    path: Path
    is_file: bool = False


def places(model: Model) -> Iterator[Finding]:
    """Two things at one place of a service, and what would lie below a file."""
    for name, _ in model.services:
        there: dict[str, _Thing] = {}
        files: dict[str, _Thing] = {}
        below: dict[str, _Thing] = {}
        for thing in _things(model, name):
            above = _above(thing.place)
            in_the_way = (
                there.get(thing.place),
                next((files[folder] for folder in above if folder in files), None),
                below.get(thing.place) if thing.is_file else None,
            )
            if other := next(filter(None, in_the_way), None):
                yield _clash(model, name, thing, other)
            there.setdefault(thing.place, thing)
            if thing.is_file:
                files.setdefault(thing.place, thing)
            for folder in above:
                below.setdefault(folder, thing)


def _things(model: Model, name: str) -> Iterator[_Thing]:
    service = model.environment.services[name]
    here: Path = ("services", name)
    for place in sorted(service.mounts):
        yield _Thing(place, (*here, "mounts", place))
    for index, tmpfs in enumerate(service.tmpfs):
        yield _Thing(tmpfs.path, (*here, "tmpfs", index))
    if service.shm_size is not None:
        yield _Thing("/dev/shm", (*here, "shm_size"))
    for place in sorted(service.configs):
        yield _Thing(place, (*here, "configs", place), is_file=True)
    for index, file in enumerate(service.secrets):
        path: Path = (*here, "secrets", index)
        if not model.tree.gaps.lie_in(path):  # where it says another place, that may be what is wrong
            yield _Thing(place_of(file), path, is_file=True)


def _above(place: str) -> list[str]:
    """The folders that a place lies in."""
    return [place[:at] for at, sign in enumerate(place) if sign == "/" and at]


def _clash(model: Model, name: str, thing: _Thing, other: _Thing) -> Finding:
    said = f"there is something else at `{thing.place}` of `{name}`"
    if thing.place != other.place:
        file, below = sorted((thing.place, other.place), key=len)
        said = f"`{below}` of `{name}` would lie in `{file}`, which is a file"
    return Finding(
        SAME_PLACE,
        said,
        model.span(thing.path, key=isinstance(thing.path[-1], str)),
        help="take one of them out, or put it elsewhere",
        related=(Related(model.span(other.path, key=True), "this is there too"),),
        at=model.tree.name(thing.path),
    )
