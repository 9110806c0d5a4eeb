"""State has an owner: a single-writer volume never has a second writer, whatever form it hides in."""

from __future__ import annotations

from collections.abc import Iterator

from twipc.diagnostics import Finding, Path, Related
from twipc.model import Model
from twipc.spec import Service

from .codes.state import SECOND_WRITER
from .stores import Store, store_of


def state(model: Model) -> Iterator[Finding]:
    """Second writers: by replicas, by another service, by another place in the same service, by an update."""
    for name, volume in sorted(model.environment.volumes.items()):
        if volume.access == "per-replica":
            for service in dict.fromkeys(str(path[1]) for path in model.mounts.get(name, ())):
                if model.environment.services[service].rollout.order == "start-first":
                    yield _both_at_once(model, name, service)
        if volume.access != "single-writer":
            continue
        mounts = [(str(path[1]), str(path[3])) for path in model.in_order(model.mounts.get(name, ()))]
        for service in sorted({service for service, _ in mounts}):
            noun = model.environment.services[service]
            # Of instances that wait for a lock, one writes.
            if noun.most > 1 and noun.standby is None:
                yield _replicas(model, name, service, noun)
            if model.environment.services[service].rollout.order == "start-first":
                yield _both_at_once(model, name, service)
        for service, path in mounts[1:]:
            yield _another(model, name, mounts[0], (service, path))
    yield from _two_names(model)


def _two_names(model: Model) -> Iterator[Finding]:
    """Volumes that are one folder, or one in the other, where one of them has a single writer and the other one too."""
    seen = sorted(writers(model), key=lambda one: (model.span(one[2]), one[0]))
    first: dict[tuple[str, str, str, bool], int] = {}
    for number, (name, store, path) in enumerate(seen):
        alone = model.environment.volumes[name].access == "single-writer"
        *_, own = above = store.folders
        # Beside one with a single writer any other is wrong, beside another one those with a single writer.
        near = [("is", folder) for folder in above] + [("holds", own)]
        found = [first[key] for kind, folder in near if (key := (kind, store.of, folder, not alone)) in first]
        if found:
            other, taken, where = seen[min(found)]
            yield Finding(
                SECOND_WRITER,
                f"`{other}` and `{name}` are one folder, `{store}`"
                if store == taken
                else f"`{other}` and `{name}` lie in each other: `{taken}` and `{store}`",
                model.span(path),
                help="give each a folder of its own, beside the other",
                related=(Related(model.span(where), "the first is mounted here"),),
                at=model.tree.name(path),
            )
        for single in {False, alone}:
            first.setdefault(("is", store.of, own, single), number)
            for folder in above:
                first.setdefault(("holds", store.of, folder, single), number)


def writers(model: Model) -> list[tuple[str, Store, Path]]:
    """The volumes with a store outside that some service writes, and the first of their mounts."""
    found: dict[str, tuple[str, Store, Path]] = {}
    for service, noun in model.services:
        for place, mount in sorted(noun.mounts.items()):
            volume = model.environment.volumes[mount.volume]
            store = store_of(volume)
            if store and volume.access != "read-only":
                found.setdefault(mount.volume, (mount.volume, store, ("services", service, "mounts", place)))
    return list(found.values())


def _replicas(model: Model, volume: str, service: str, noun: Service) -> Finding:
    path: Path = ("services", service, *(("replicas",) if noun.replicas > 1 else ("autoscaling", "max")))
    one = f"`replicas: 1`{' alone' if noun.autoscaling else ''}"
    return Finding(
        SECOND_WRITER,
        f"{noun.most} replicas of `{service}` would write the single-writer volume `{volume}`",
        model.span(path),
        help=f"{one}, or one that works and one that waits, by `mode: {{active-standby: …}}`; {_shared(volume)}",
        related=(Related(model.span(("volumes", volume, "access")), "one writer, says the volume"),),
        at=model.tree.name(path),
    )


def _both_at_once(model: Model, volume: str, service: str) -> Finding:
    path: Path = ("services", service, "rollout", "order")
    access = model.environment.volumes[volume].access
    said = "one writer, says the volume" if access == "single-writer" else "whoever follows an instance has what was its own"
    return Finding(
        SECOND_WRITER,
        f"an update would start a second `{service}` while the first still writes the {access} volume `{volume}`",
        model.span(path),
        help=f"`order: stop-first`; {_shared(volume)}",
        related=(Related(model.span(("volumes", volume, "access")), said),),
        at=model.tree.name(path),
    )


def _another(model: Model, volume: str, first: tuple[str, str], second: tuple[str, str]) -> Finding:
    path: Path = ("services", second[0], "mounts", second[1])
    who = f"`{first[0]}` and `{second[0]}` both write" if first[0] != second[0] else f"`{first[0]}` writes in two places"
    return Finding(
        SECOND_WRITER,
        f"{who} the single-writer volume `{volume}`",
        model.span(path),
        help=f"give each a volume of its own; {_shared(volume)}",
        related=(Related(model.span(("services", first[0], "mounts", first[1])), "the first mount"),),
        at=model.tree.name(path),
    )


def _shared(volume: str) -> str:
    return f"if the program can share its files, `volumes.{volume}.access: shared`"
