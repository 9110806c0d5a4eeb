"""Volumes in every dialect of the compose file: objects with a name, or part of the services that mount them."""

from __future__ import annotations

from collections.abc import Mapping

from twipc.diagnostics import Path
from twipc.formats.document import At, Value, without_nothing
from twipc.formats.labels import LABEL
from twipc.model import Model
from twipc.spec import OWN, Nfs, Volume

from .write import owner_labels

_NO_MORE: Mapping[str, Value] = {}


def is_object(volume: Volume, *, slots: bool = False) -> bool:
    """Whether it has a name of its own; with `slots` each replica's has one."""
    return volume.host is None and volume.access != "scratch" and (slots or volume.access != "per-replica")


def objects(model: Model, *, slots: bool = False) -> list[str]:
    return sorted(name for name, volume in model.environment.volumes.items() if is_object(volume, slots=slots))


def declared(model: Model, name: str) -> dict[str, Value]:
    """What is behind a volume's name, whose it is, who may write it, and whether it outlives the environment."""
    volume = model.environment.volumes[name]
    here: Path = ("volumes", name)
    driver: dict[str, Value] = {}
    if volume.nfs:
        driver = {"driver": "local", "driver_opts": At((*here, "nfs"), _nfs(volume.nfs))}
    elif volume.driver:
        options: Value = dict(sorted(volume.driver.options.items()))
        driver = {
            "driver": At((*here, "driver", "name"), volume.driver.name),
            "driver_opts": At((*here, "driver", "options"), options),
        }
    labels = {
        **owner_labels(model),
        f"{LABEL}access": At((*here, "access"), volume.access),
        f"{LABEL}retention": At((*here, "retention"), volume.retention),
    }
    return {**without_nothing(driver), "labels": labels}


def _nfs(nfs: Nfs) -> dict[str, Value]:
    """Hard, so that a program waits for its server rather than loses a write; with locks, as 4.1 always has them."""
    return {"type": "nfs", "o": f"addr={nfs.server},nfsvers=4.1,hard", "device": f":{nfs.path}"}


def mounts(model: Model, name: str, *, slots: bool = False, bind: Mapping[str, Value] = _NO_MORE) -> list[Value]:
    """The volumes of a service, by their place; `bind` is said of folders of the host besides."""
    found: list[Value] = []
    for place, mount in sorted(model.environment.services[name].mounts.items()):
        volume = model.environment.volumes[mount.volume]
        read_only = volume.access == "read-only"
        what: dict[str, Value] = {"type": "volume", "source": mount.volume, "target": place, "read_only": read_only}
        if volume.host:
            what = {**what, "type": "bind", "source": volume.host, **bind}
        elif not is_object(volume, slots=slots):
            del what["source"]
        found.append(At(("services", name, "mounts", place), what))
    return found


def labels(model: Model, name: str, *, slots: bool = False) -> dict[str, Value]:
    """What is said of the volumes of a service that are no objects: which they are, who may write them, what is kept.

    Where no instance has a number, what is its own is a volume without a name: it is there until the container is gone.
    """
    found: dict[str, Value] = {}
    mounted = model.environment.services[name].mounts
    for volume_name in sorted({mount.volume for mount in mounted.values()}):
        volume = model.environment.volumes[volume_name]
        if is_object(volume, slots=slots):
            continue
        places = sorted(place for place, mount in mounted.items() if mount.volume == volume_name)
        here, label = ("volumes", volume_name), f"{LABEL}volume.{volume_name}."
        own = volume.access in OWN
        found[f"{label}access"] = At((*here, "access"), "per-replica" if own and not slots else volume.access)
        found[f"{label}at"] = At(("services", name, "mounts", places[0]), "\n".join(places))
        if volume.access != "scratch":
            found[f"{label}retention"] = At((*here, "retention"), "delete" if own else volume.retention)
    return found
