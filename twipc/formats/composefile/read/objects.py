"""The networks and volumes that a compose file declares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twipc.regex import late_regex
from twipc.target import FactKey

from .document import left, table
from .owners import LABEL, Owners

_NFS = late_regex(r"addr=([^,]+),nfsvers=4\.1,hard")


def networks(document: dict[str, Any], path: str, facts: dict[FactKey, object], owners: Owners) -> None:
    """Takes the declared networks out of a document."""
    for name, declared in table(document.pop("networks", None), path, "networks").items():
        place = f"network {name}"
        network = table(declared, path, f"networks.{name}")
        labels = owners.take(table(network.pop("labels", None), path, f"networks.{name}.labels"), place, "labels")
        options = table(network.pop("driver_opts", None), path, f"networks.{name}.driver_opts")
        internal = network.pop("internal", False)
        facts[FactKey("network.internal", (name,))] = None if internal is False else internal
        if "encrypted" in options:
            # An overlay is encrypted by the option, whatever its value is.
            facts[FactKey("network.encrypted", (name,))] = True
            value = options.pop("encrypted")
            left(place, {} if value == "true" else {"driver_opts.encrypted": value}, facts)
        left(place, {**network, **labels, **{f"driver_opts.{key}": value for key, value in options.items()}}, facts)


def volumes(
    document: dict[str, Any],
    path: str,
    facts: dict[FactKey, object],
    owners: Owners,
    text: Callable[[object], object] = lambda value: value,
) -> None:
    """Takes the declared volumes out of a document; `text` is what the engine makes of an option's value."""
    for name, declared in table(document.pop("volumes", None), path, "volumes").items():
        volume = table(declared, path, f"volumes.{name}")
        labels = owners.take(table(volume.pop("labels", None), path, f"volumes.{name}.labels"), f"volume {name}", "labels")
        for leaf in ("access", "retention"):
            facts[FactKey(f"volume.{leaf}", (name,))] = labels.pop(f"{LABEL}{leaf}", "missing")
        options = table(volume.pop("driver_opts", None), path, f"volumes.{name}.driver_opts")
        _driver(name, volume.pop("driver", None), {key: text(value) for key, value in options.items()}, facts)
        left(f"volume {name}", {**volume, **labels}, facts)


def _driver(name: str, driver: object, options: dict[str, Any], facts: dict[FactKey, object]) -> None:
    """What makes a volume: the local driver mounts NFS, and locks there."""
    match driver, options:
        case "local", {"type": "nfs", "o": str(given), "device": str(device), **rest} if not rest and (
            (server := _NFS.fullmatch(given)) and device.startswith(":")
        ):
            facts[FactKey("volume.nfs.server", (name,))] = server[1]
            facts[FactKey("volume.nfs.path", (name,))] = device[1:]
        case _:
            facts[FactKey("volume.driver.name", (name,))] = driver
            facts[FactKey("volume.driver.options", (name,))] = options
