"""What a compose file means, read by a YAML 1.2 parser of its own and Docker's rules for `$`."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from posixpath import normpath
from typing import Any

import yaml12

from twipc.spec import Cpu, Duration, Size
from twipc.target import BASELINE, FactKey, Unreadable
from twipc.target.probe import recognise

LABEL = "io.twipc."
_DURATION = re.compile(r"([0-9]+)(ms|s)")
_SIZE = re.compile(r"([0-9]+)(b|k|m|g)?", re.IGNORECASE)
_CPU = re.compile(r"([0-9]+)(?:\.([0-9]{1,3}))?")


def load(texts: Mapping[str, str], path: str) -> dict[str, Any]:
    """The document at `path` with every value as Docker takes it."""
    if path not in texts:
        raise Unreadable(path, "the file is not there")
    try:
        document = yaml12.parse_yaml(texts[path])
    except ValueError as problem:
        raise Unreadable(path, str(problem).splitlines()[0]) from None
    if not isinstance(document, dict):
        raise Unreadable(path, "the file does not hold a mapping")
    return {str(key): _interpolated(value, path) for key, value in document.items()}


def _interpolated(value: Any, path: str) -> Any:
    if isinstance(value, dict):
        return {str(key): _interpolated(child, path) for key, child in value.items()}
    if isinstance(value, list):
        return [_interpolated(child, path) for child in value]
    if isinstance(value, str):
        if value.replace("$$", "").count("$"):
            raise Unreadable(path, f"`{value}` would be interpolated from the deployer's environment")
        return value.replace("$$", "$")
    return value


class ServiceReader:
    """Takes what it understands out of one service; what stays is baseline."""

    def __init__(self, name: str, service: dict[str, Any], facts: dict[FactKey, object]) -> None:
        self.name = name
        self.service = dict(service)
        self.facts = facts

    def fact(self, leaf: str, value: object) -> None:
        if value not in (None, (), {}):
            self.facts[FactKey(f"service.{leaf}", (self.name,))] = value

    def baseline(self, place: str, value: object) -> None:
        self.facts[FactKey(BASELINE, (self.name, place))] = value

    def common(self) -> None:
        """What every dialect says alike."""
        take = self.service.pop
        self.fact("image", take("image", None))
        self.fact("command", tuple(take("command", None) or ()))
        self.fact("env", {key: ("value", value) for key, value in (take("environment", None) or {}).items()})
        self.fact("stop_grace", duration(take("stop_grace_period", None)))
        self._health(take("healthcheck", None))

    def _health(self, check: dict[str, Any] | None) -> None:
        if check is None:
            return
        check = dict(check)
        test = check.pop("test", None) or [""]
        argv = tuple(test[1:])
        http = recognise(argv) if test[0] == "CMD" else None
        if http:
            self.fact("health.http.client", http[0].client)
            self.fact("health.http.path", http[0].path)
            self.fact("health.http.port", http[1])
        else:
            self.fact("health.command", argv if test[0] == "CMD" else tuple(test))
        for key, leaf in (("interval", "interval"), ("timeout", "timeout"), ("start_period", "start_period")):
            self.fact(f"health.{leaf}", duration(check.pop(key, None)))
        self.fact("health.failures", check.pop("retries", None))
        for key, value in check.items():
            self.baseline(f"healthcheck.{key}", value)

    def labels(self, labels: dict[str, Any], mounted: Mapping[str, str]) -> dict[str, Any]:
        """Ports by name; gives back the other labels. `mounted` are the texts of configuration files by place."""
        labels = dict(labels)
        ports = {
            key.removeprefix(f"{LABEL}port."): number(labels.pop(key))
            for key in list(labels)
            if key.startswith(f"{LABEL}port.")
        }
        self.fact("ports", ports)
        said = labels.pop(f"{LABEL}config", "")
        if said != digest(mounted):
            self.baseline("label of the mounted configuration's digest", said)
        return labels

    def publish(self, nth: dict[str, int], target: object, host: object, address: str) -> None:
        count = nth.get(str(target), 0)
        nth[str(target)] = count + 1
        self.facts[FactKey("service.publish", (self.name, str(target), str(count)))] = (number(host or 0), address)

    def rest(self, service: Mapping[str, Any] | None = None) -> None:
        """Everything that nobody took."""
        for key, value in (self.service if service is None else service).items():
            self.baseline(key, value)


def owner(labels: dict[str, Any], facts: dict[FactKey, object]) -> dict[str, Any]:
    """Takes the owner's labels out; two services that differ on their owner are a fact of their own."""
    labels = dict(labels)
    for leaf in ("project", "environment"):
        key, value = FactKey(f"environment.{leaf}"), labels.pop(f"{LABEL}{leaf}", "missing")
        facts[key] = value if facts.get(key, value) == value else f"{facts[key]} and {value}"
    return labels


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


def duration(text: object) -> object:
    if text is None:
        return None
    found = _DURATION.fullmatch(str(text))
    return Duration(int(found[1]) * (1000 if found[2] == "s" else 1)) if found else str(text)


def size(text: object) -> object:
    if text is None:
        return None
    found = _SIZE.fullmatch(str(text))
    return (
        Size(int(found[1]) * {"": 1, "b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}[(found[2] or "").lower()])
        if found
        else text
    )


def cpus(text: object) -> object:
    if text is None:
        return None
    found = _CPU.fullmatch(str(text))
    return Cpu(int(found[1]) * 1000 + int((found[2] or "0").ljust(3, "0"))) if found else str(text)


def number(value: object) -> object:
    """Docker takes a published port as a number or as a string of digits."""
    if isinstance(value, str) and value.isdecimal():
        return int(value)
    return value
