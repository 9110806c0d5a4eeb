"""What no environment alone can judge: specs of one folder that would get in each other's way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from twipc.diagnostics import Finding, Path, Related
from twipc.model import Model

from .codes.services import MADE_TWICE, SAME_NAME, SAME_SERVICE
from .codes.state import SECOND_WRITER
from .state import writers
from .stores import Store

States = Mapping[str, Path]
"""What an environment has outside of it, by its id or name, and where the spec says it."""
Made = Mapping[str, tuple[Path, str]]
"""What an environment makes outside of it, where the spec says it, and how it says that another does."""
Said = TypeVar("Said")


def across(
    models: Sequence[Model], states: Sequence[States], names: Sequence[States], made: Sequence[Made]
) -> Iterator[Finding]:
    """Environments of one name, services of two that come to one, what two would make, and state that both would write.

    `states`, `names` and `made` have one entry for each model.
    """
    environments: dict[str, Model] = {}
    yield from _folders(models)
    yield from _services(models, names)
    yield from _made(models, made)
    for model in models:
        first = environments.setdefault(model.name, model)
        if first is not model:
            yield _same_name(model, first)
    for key, (model, path), (other, where) in _alike(models, states):
        yield Finding(
            SECOND_WRITER,
            f"`{other.name}` and `{model.name}` would both write `{key}`",
            model.span(path),
            help="give each environment a store of its own",
            related=(Related(other.span(where), f"`{other.name}` says it here"),),
            at=model.tree.name(path),
        )


def _alike(
    models: Sequence[Model], named: Sequence[Mapping[str, Said]]
) -> Iterator[tuple[str, tuple[Model, Said], tuple[Model, Said]]]:
    """What several environments have, as each but the first says it, and as the first does."""
    taken: dict[str, tuple[Model, Said]] = {}
    for model, own in zip(models, named, strict=True):
        for name in sorted(own):
            first = taken.setdefault(name, (model, own[name]))
            if first[0] is not model:
                yield name, (model, own[name]), first


def _services(models: Sequence[Model], names: Sequence[States]) -> Iterator[Finding]:
    """Services of environments with other names, which come to one nevertheless: hyphens join names, and are in them."""
    for name, (model, path), (other, where) in _alike(models, names):
        if other.name != model.name:
            yield Finding(
                SAME_SERVICE,
                f"`{other.name}` and `{model.name}` would both have {name}",
                model.span(path, key=True),
                help="rename the service, or one of the environments",
                related=(Related(other.span(where, key=True), f"`{other.name}` has it by this"),),
                at=model.tree.name(path),
            )


def _made(models: Sequence[Model], made: Sequence[Made]) -> Iterator[Finding]:
    """Only the first can make it."""
    for name, (model, (path, help)), (other, (where, _)) in _alike(models, made):
        if other.name != model.name:
            yield Finding(
                MADE_TWICE,
                f"`{other.name}` and `{model.name}` would both make {name}",
                model.span(path, key=True),
                help=f"leave it to one of them: the other says {help}",
                related=(Related(other.span(where, key=True), f"`{other.name}` makes it for this"),),
                at=model.tree.name(path),
            )


def _folders(models: Sequence[Model]) -> Iterator[Finding]:
    """Folders of hosts and servers that two environments would write, of which one says that it is alone."""
    seen: list[tuple[Model, str, Store]] = []
    for model in models:
        for name, store, _ in writers(model):
            for other, volume, taken in seen:
                accesses = {model.environment.volumes[name].access, other.environment.volumes[volume].access}
                if other is not model and store.overlaps(taken) and "single-writer" in accesses:
                    path: Path = ("volumes", name)
                    yield Finding(
                        SECOND_WRITER,
                        f"`{other.name}` and `{model.name}` would both write `{store}`",
                        model.span(path, key=True),
                        help="give each environment a folder of its own",
                        related=(Related(other.span(("volumes", volume), key=True), f"`{other.name}` says `{taken}` here"),),
                        at=model.tree.name(path),
                    )
                    break
        seen += [(model, name, store) for name, store, _ in writers(model)]


def _same_name(model: Model, first: Model) -> Finding:
    return Finding(
        SAME_NAME,
        f"two environments come to the name `{model.name}`",
        model.span(("environment",)),
        help="rename one of them, or its project",
        related=(Related(first.span(("environment",)), "the first"),),
        at="environment",
    )
