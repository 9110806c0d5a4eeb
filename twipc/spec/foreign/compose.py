"""How a spec says what stands in a service of a compose file: with the very values, where all that is written is understood."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from twipc.regex import late_regex

_MOST = 8
"""Ports or volumes that are told in one line."""
_LONGEST = 300
_PORT = late_regex(r"(?:([0-9]{1,3}(?:[.][0-9]{1,3}){3}):)?(?:([0-9]{1,5}):)?([0-9]{1,5})(?:/(tcp|udp))?")
_VOLUME = late_regex(r"([A-Za-z][A-Za-z0-9_-]+):(/[A-Za-z0-9/._-]+)(?::[zZ]|:rw)?")
_FILE = late_regex(r"(?:[.]/)?([A-Za-z0-9_-][A-Za-z0-9/._-]*[.][A-Za-z0-9]+):(/[A-Za-z0-9/._-]+)(?::[a-zA-Z,]+)?")
_TIME = late_regex("[0-9]+(?:ms|s|m|h)")
_TIMES = {"interval": "interval", "timeout": "timeout", "retries": "failures", "start_period": "start_period"}
_CALLED = {22: "ssh", 25: "smtp", 443: "https", 3306: "sql", 5432: "sql", 6379: "redis", 8443: "https"}
_CONDITIONS = {"service_healthy": "healthy", "service_started": "started", "service_completed_successfully": "completed"}


def rewritten(word: str, value: Any) -> str | None:
    """What a spec says in place of a field of a compose file; None where some of its value may mean more than is said here."""
    say = _SAYING.get(word)
    return say(value) if say else None


def _ports(value: Any) -> str | None:
    found = [_PORT.fullmatch(_said(one)) for one in value] if isinstance(value, tuple) and len(value) <= _MOST else []
    names: dict[str, str] = {}
    publish: list[str] = []
    for one in found:
        if one is None:
            return None
        address, host, number, protocol = one.groups()
        listens = f"{{number: {number}, protocol: udp}}" if protocol == "udp" else number
        name = names.setdefault(listens, _port_name(number, protocol, names.values()))
        where = f", address: {address}" if address and int(address.replace(".", "")) else ""
        publish.append(f"{{port: {name}, host: {host or 'ephemeral'}{where}}}")
    if not publish or len(set(names.values())) < len(names):
        return None
    ports, outside = ", ".join(f"{name}: {listens}" for listens, name in names.items()), ", ".join(publish)
    within = f"`ports: {{{ports}}}` for what it listens on, by name"
    return f"write {within}, and `publish: [{outside}]` for what is reached from outside"


def _port_name(number: str, protocol: str | None, taken: Collection[str]) -> str:
    name = "http" if protocol != "udp" and "http" not in taken else f"p{number}"
    known = _CALLED.get(int(number), name)
    return known if known not in taken else f"p{number}"


def _depends_on(value: Any) -> str | None:
    if not isinstance(value, Mapping) or not value or len(value) > _MOST:
        return None
    found: list[str] = []
    for name, how in value.items():
        if not isinstance(how, Mapping) or set(how) - {"condition", "required", "restart"} or not _is_name(name):
            return None
        condition = _CONDITIONS.get(how.get("condition", "service_started"))
        if condition is None or how.get("required") is False:
            return None
        found.append(name if condition == "healthy" else f"{{service: {name}, condition: {condition}}}")
    return f"write a list: `depends_on: [{', '.join(found)}]`"


def _healthcheck(value: Any) -> str | None:
    if not isinstance(value, Mapping) or set(value) - {"test", *_TIMES}:
        return None
    test = value.get("test")
    words = ["sh", "-c", test] if isinstance(test, str) else list(test) if isinstance(test, tuple) else []
    if words[:1] == ["CMD-SHELL"] and len(words) == 2:
        words = ["sh", "-c", words[1]]
    elif words[:1] == ["CMD"]:
        words = words[1:]
    elif not isinstance(test, str):
        return None
    # Compose puts something in for a single `$`, and takes two for one.
    if not words or not all(isinstance(word, str) and "$" not in word.replace("$$", "") for word in words):
        return None
    said = [f"command: {json.dumps([word.replace('$$', '$') for word in words], ensure_ascii=False)}"]
    for theirs, ours in _TIMES.items():
        part = value.get(theirs)
        if part is None:
            continue
        counts = isinstance(part, int) and 0 < part < 1000 and part is not True
        if not (counts if theirs == "retries" else isinstance(part, str) and _TIME.fullmatch(part)):
            return None
        said.append(f"{ours}: {part}")
    text = f"health: {{{', '.join(said)}}}"
    return f"write `{text}`" if len(text) <= _LONGEST and "`" not in text else None


def _volumes(value: Any) -> str | None:
    if not isinstance(value, tuple) or not value or len(value) > _MOST:
        return None
    mounts: dict[str, str] = {}
    configs: dict[str, str] = {}
    for one in value:
        volume, file = _VOLUME.fullmatch(_said(one)), _FILE.fullmatch(_said(one))
        if volume and _is_name(name := volume[1].replace("_", "-").lower()):
            mounts[volume[2]] = name
        elif file and ".." not in file[1]:
            configs[file[2]] = file[1]
        else:
            return None
    if any(place.endswith("/") or "//" in place for place in (*mounts, *configs)):
        return None
    told = [f"`{field}: {{{_pairs(pairs)}}}`" for field, pairs in (("mounts", mounts), ("configs", configs)) if pairs]
    names = ", ".join(f"{name}: {{access: single-writer}}" for name in dict.fromkeys(mounts.values()))
    beside = f", and beside `services` `volumes: {{{names}}}`, where one writes at a time" if names else ""
    return f"write {' and '.join(told)}{beside}"


def _said(value: Any) -> str:
    """A word, or the number of a port; nothing, where something else stands."""
    return value if isinstance(value, str) else str(value) if isinstance(value, int) and 0 < value <= 65535 else ""


def _pairs(pairs: Mapping[str, str]) -> str:
    return ", ".join(f"{key}: {value}" for key, value in pairs.items())


def _is_name(word: str) -> bool:
    return bool(re.fullmatch("[a-z](?:-?[a-z0-9]){1,30}", word))


_SAYING: Mapping[str, Callable[[Any], str | None]] = {
    "ports": _ports,
    "depends_on": _depends_on,
    "healthcheck": _healthcheck,
    "volumes": _volumes,
}
