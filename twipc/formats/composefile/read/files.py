"""What lies in a service's files that is not of its image: volumes, configuration and secrets."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from posixpath import normpath
from typing import Any

from twipc.regex import late_regex
from twipc.target import STATS_USE, TLS_USE, FactKey

from .owners import LABEL
from .taking import Taking

_VOLUME = late_regex(r"io\.twipc\.volume\.([^.]+)\.(?:access|retention|at)")


class Files(Taking):
    """Takes mounts, and the labels that say what they are."""

    def labels(self, mounted: Mapping[str, str]) -> None:
        """Owner and ports by name. `mounted` are the texts of mounted files by place, of which a label has the digest."""
        labels = self.owners.take(self.take_table("labels"), self.name, "labels")
        ports = {
            key.removeprefix(f"{LABEL}port."): str(labels.pop(key)) for key in list(labels) if key.startswith(f"{LABEL}port.")
        }
        self.fact("ports", ports)
        said = labels.pop(f"{LABEL}config", "")
        if said != digest(mounted):
            self.baseline("configuration digest", said or "no digest")
        own = {key: value for key, value in labels.items() if isinstance(value, str) and not key.startswith(LABEL)}
        self.fact("labels", own)
        self.rest({f"labels.{key}": value for key, value in labels.items() if key not in own})

    def mounts(self, mounts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Takes the volumes; gives back all other mounts."""
        volumes: dict[str, str] = {}
        others: list[dict[str, Any]] = []
        labelled = self._labelled()
        for mount in mounts:
            match mount:
                case {"type": "volume", "target": str(target), "read_only": bool(read_only), **rest} if (
                    not rest and target in labelled
                ):
                    volumes[target] = labelled.pop(target)
                    self.baseline(f"mount of {volumes[target]} at {target}", read_only)
                case {
                    "type": "bind",
                    "source": str(source),
                    "target": str(target),
                    "read_only": bool(read_only),
                    **how,
                } if source.startswith("/") and target in labelled:
                    volumes[target] = labelled.pop(target)
                    self._agreed("volume.host", volumes[target], source)
                    self.baseline(f"mount of {volumes[target]} at {target}", read_only)
                    self.baseline(f"mount of {volumes[target]} at {target}", how)
                case {
                    "type": "volume",
                    "source": str(source),
                    "target": str(target),
                    "read_only": bool(read_only),
                    **rest,
                } if not rest and target not in volumes:
                    volumes[target] = source
                    self.baseline(f"mount of {source} at {target}", read_only)
                case _:
                    others.append(mount)
        self.fact("mounts", volumes)
        for place, name in labelled.items():
            self.baseline(f"labels.{LABEL}volume.{name}.at", place)
        return others

    def _labelled(self) -> dict[str, str]:
        """The volumes that only labels name, by their place."""
        labels = self.table(self.service.get("labels"), "labels")
        found = {match[1]: "" for key in labels if (match := _VOLUME.fullmatch(key))}
        places: dict[str, str] = {}
        for name in found:
            access, retention, at = (labels.pop(f"{LABEL}volume.{name}.{leaf}", None) for leaf in ("access", "retention", "at"))
            places |= dict.fromkeys(str(at).split("\n"), name)
            self._agreed("volume.access", name, access or "missing")
            self._agreed("volume.retention", name, retention)
            if self.owners.volumes.setdefault(name, (access, retention)) != (access, retention):
                self.baseline(f"labels.{LABEL}volume.{name}", "other services say otherwise")
        self.service["labels"] = labels
        return places

    def _agreed(self, field: str, name: str, value: object) -> None:
        """What two services say of one volume must be the same; if not, that is a fact of its own."""
        key = FactKey(field, (name,))
        self.facts[key] = value if self.facts.get(key, value) == value else (self.facts[key], value)

    def files(self, mounts: list[dict[str, Any]], texts: Mapping[str, str]) -> dict[str, str]:
        """Takes the mounted files, as texts by their place; all that is said of a mount besides is told by its place."""
        mounted: dict[str, str] = {}
        for mount in mounts:
            match mount:
                case {"type": "bind", "source": str(source), "target": str(target), **how} if target not in mounted:
                    mounted[target] = texts.get(local(source), f"no file {source}")
                    self.baseline(f"file at {target}", {"type": "bind", **how})
                case _:
                    self.baseline(f"volume {mount.get('target')}", mount)
        return mounted

    def configs(self, mounted: Mapping[str, str]) -> None:
        """The files of a program; those of an engine are read as what they configure."""
        if FactKey("http.engine.name", (self.name,)) not in self.facts:
            self.fact("configs", mounted)

    def secrets(self, leaf: str, files: list[tuple[str, object, object]]) -> None:
        """Files that hold secrets: the place of each, where the target finds it, and how it lies there.

        An engine's configuration, read before, says what it reads its own for.
        """
        stats = self.facts.get(FactKey("http.stats.auth.secret", (self.name,)))
        certificate = self.facts.get(FactKey("http.tls.certificate", (self.name,)))
        own = {f"/run/secrets/{stats}": STATS_USE, f"/run/secrets/{certificate}": TLS_USE}
        for place, found, how in files:
            use = own.get(place, place)
            self.facts[FactKey(f"secret.{leaf}", (self.name, use))] = found
            self.baseline(f"secret at {place}", how)
        if FactKey("http.engine.name", (self.name,)) not in self.facts:
            self.fact("secrets", tuple(sorted(place for place, _, _ in files)))


def digest(mounted: Mapping[str, str]) -> str:
    """The digest over configuration files in the order of their places, as the label has it."""
    if not mounted:
        return ""
    joined = "\0".join(part for place in sorted(mounted) for part in (place, mounted[place]))
    return "sha256:" + hashlib.sha256(joined.encode()).hexdigest()


def local(path: str) -> str:
    """`./proxy/haproxy.cfg` as the name of a file in the target's folder."""
    return normpath(path)


def project_file(path: str) -> str:
    """`../../../.secrets/x`, seen from `out/<environment>/<target>/`, as a path of the project."""
    return path.removeprefix("../../../") if path.startswith("../../../") else f"outside the project: {path}"
