"""Ways to make a sound spec certainly wrong, one at a time: what is changed, and where."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import getitem
from typing import Any

from tests.strategies import Spec, as_text

Steps = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Wrong:
    """A spec's bytes, and the place that was made wrong: by its path, or by its line where the text was changed."""

    content: bytes
    path: Steps = ()
    line: int = 0


Kind = Callable[[Spec, random.Random], Wrong | None]


def nodes(node: Any, path: Steps = ()) -> Iterator[tuple[Steps, Any]]:
    """Every value of a spec with its path."""
    yield path, node
    if isinstance(node, dict | list):
        for step, child in node.items() if isinstance(node, dict) else enumerate(node):
            yield from nodes(child, (*path, step))


def _leaves(spec: Spec) -> list[tuple[Steps, Any]]:
    return [(path, value) for path, value in nodes(spec) if not isinstance(value, dict | list)]


def _set(spec: Spec, path: Steps, value: Any) -> Wrong:
    """The spec with another value at `path`."""
    changed: Any = json.loads(json.dumps(spec))
    node = reduce(getitem, path[:-1], changed)
    if isinstance(node, list) and path[-1] == len(node):
        node.append(value)
    else:
        node[path[-1]] = value
    return Wrong(as_text(changed).encode(), path)


def _one(dice: random.Random, found: list[Any]) -> Any:
    return dice.choice(found) if found else None


def _at(spec: Spec, dice: random.Random, fits: Callable[[Steps, Any], bool], values: tuple[Any, ...]) -> Wrong | None:
    """One of the values at one of the places that fit."""
    place = _one(dice, [path for path, value in nodes(spec) if path and fits(path, value)])
    return _set(spec, place, dice.choice(values)) if place else None


def _is_free(path: Steps) -> bool:
    """Whether any string at all may stand there."""
    return "env" in path or "accept" in path


def _is_word(path: Steps) -> bool:
    """Whether it is a word of a program, which may hold every character but NUL."""
    return not {"command", "entrypoint"}.isdisjoint(path)


def _type(spec: Spec, dice: random.Random) -> Wrong | None:
    """A value of another type."""
    path, value = dice.choice(_leaves(spec))
    others: list[Any] = [{"zz": [1.5]}, [[]]]
    if isinstance(value, str) and value != "ephemeral":
        others += [True, 7, 1.5]
    elif not isinstance(value, bool) and not isinstance(value, str):
        others += ["zz", True]
    elif isinstance(value, bool):
        others += ["yes", 1]
    return _set(spec, path, dice.choice(others))


def _unknown(spec: Spec, dice: random.Random) -> Wrong:
    """A key that no mapping knows; where users choose the keys, none that is a name there."""
    path, _ = dice.choice([(path, value) for path, value in nodes(spec) if isinstance(value, dict)])
    return _set(spec, (*path, dice.choice(("zzz_unknown", "imgae?", "x-y_z", " "))), {})


_REQUIRED = {
    "http": ("engine", "listen", "default"), "engine": ("name", "version"), "rate_limit": ("requests", "per", "burst"),
    "tls": ("listen", "certificate"), "stats": ("number", "auth"), "auth": ("secret",), "sticky": ("cookie",),
    "ready": ("http",), "nfs": ("server", "path"), "driver": ("name",), "build": ("context",),
}  # fmt: skip
_REQUIRED_OF_EACH = {
    "volumes": ("access",), "external": ("host", "ports"), "backends": ("members",), "routes": ("match",), "publish": ("port",
    "host"), "error_pages": ("status", "page"), "depends_on": ("service",),
}  # fmt: skip


def _missing(spec: Spec, dice: random.Random) -> Wrong:
    """Something that is required is left out."""
    found: list[tuple[Steps, str]] = [((), name) for name in ("twipc", "project", "environment", "targets", "services")]
    for path, value in nodes(spec):
        if isinstance(value, dict) and len(path) > 1 and "targets" not in path:
            names = _REQUIRED.get(str(path[-1]), ()) if len(path) > 2 else ()
            names += _REQUIRED_OF_EACH.get(str(path[-2]), ())
            if path[:1] == ("services",) and len(path) == 2 and "http" not in value:
                names += ("image",)
            found += [(path, name) for name in names if name in value]
    path, name = dice.choice(found)
    changed: Any = json.loads(json.dumps(spec))
    del reduce(getitem, path, changed)[name]
    return Wrong(as_text(changed).encode(), path)


def _range(spec: Spec, dice: random.Random) -> Wrong | None:
    def fits(_path: Steps, value: Any) -> bool:
        return isinstance(value, int | float) and not isinstance(value, bool)

    return _at(spec, dice, fits, (-(10**9), 10**25, -0.5))


_TIMES = ("interval", "timeout", "per", "stop_grace", "delay", "monitor", "connect", "idle", "websockets", "start_period")
_SIZES = ("memory", "size", "max_body")


def _unit(spec: Spec, dice: random.Random) -> Wrong | None:
    """A number without its unit, or with another."""
    times = ("5", "5 s", "-1s", "5d", "1.5s", "0s", "9999h", "s", "", "1s1m", "٣s", "5S", "1e3s")
    sizes = ("5", "5MB", "5mib", "-1MiB", "0B", "1.5GiB", "99999TiB", "", "MiB", "512\u2003MiB", "512M", "0x1MiB")
    names, values = dice.choice(((_TIMES, times), (_SIZES, sizes)))
    return _at(spec, dice, lambda path, value: path[-1] in names and isinstance(value, str) and "options" not in path, values)


_REFERENCES = ("backend", "certificate", "secret", "service", "network", "volume")


def _dangling(spec: Spec, dice: random.Random) -> Wrong | None:
    """A name that nothing bears."""

    def fits(path: Steps, value: Any) -> bool:
        if not isinstance(value, str) or path[0] != "services":
            return False
        listed = len(path) == 4 and path[2] in ("depends_on", "networks", "secrets")
        return listed or path[-1] in _REFERENCES or path[-2] in ("mounts", "members") or path[-1] == "address"

    return _at(spec, dice, fits, ("zz-nowhere", "zz-nowhere.http"))


def _names(spec: Spec) -> list[Steps]:
    return [
        path
        for path, _ in nodes(spec)
        if (len(path) == 2 and path[0] in ("services", "volumes", "networks", "secrets", "external"))
        or (len(path) == 5 and path[3] == "backends")
        or (len(path) == 4 and path[2] == "ports")
    ]


def _name(spec: Spec, dice: random.Random) -> Wrong | None:
    """A name that is none, or that some target takes for something else."""
    path = _one(dice, _names(spec))
    if path is None:
        return None
    bad = dice.choice(("A", "a", "-a", "a-", "a--b", "a_b", "9a", "a" * 32, "a b", "", "é", "a.b", "ab\n", "a/b", "a$b", "*"))
    changed: Any = json.loads(json.dumps(spec))
    node = reduce(getitem, path[:-1], changed)
    kept = {bad if key == path[-1] else key: value for key, value in node.items()}
    node.clear()
    node.update(kept)
    return Wrong(as_text(changed).encode(), (*path[:-1], bad))


def _circle(spec: Spec, dice: random.Random) -> Wrong:
    """A service that waits for itself."""
    name = dice.choice(sorted(spec["services"]))
    waits = [*spec["services"][name].get("depends_on", ()), {"service": name, "condition": "started"}]
    return _set(spec, ("services", name, "depends_on"), waits)


def _clash(spec: Spec, dice: random.Random) -> Wrong | None:
    """A port of the host, or of the container, that is somebody's already."""
    services = spec["services"]
    named = [(name, port) for name, one in services.items() for port, at in one.get("ports", {}).items() if isinstance(at, int)]
    fixed = {name: [one for one in each.get("publish", ()) if one["host"] != "ephemeral"] for name, each in services.items()}
    published = [(name, one) for name, each in fixed.items() for one in each]
    if published and (dice.random() < 0.5 or not named):
        name, one = dice.choice(published)
        return _set(spec, ("services", name, "publish"), [*services[name]["publish"], one])
    if not named:
        return None
    name, port = dice.choice(named)
    return _set(spec, ("services", name, "ports", "zz-again"), services[name]["ports"][port])


_SECONDS = {
    "match": {"prefix": ["/zz"], "exact": ["/zz"]}, "default": {"status": 404, "backend": "app"},
    "health": {"http": "/zz", "command": ["zz"]},
}  # fmt: skip


def _both(spec: Spec, dice: random.Random) -> Wrong | None:
    """Two of what only one may stand."""
    path = _one(dice, [path for path, value in nodes(spec) if path and path[-1] in _SECONDS and isinstance(value, dict)])
    return _set(spec, path, _SECONDS[path[-1]]) if path else None


def _place(spec: Spec, dice: random.Random) -> Wrong | None:
    """A path that leads out, or that no request and no container has."""
    kinds: tuple[tuple[Callable[[Steps], bool], tuple[str, ...]], ...] = (
        (lambda path: path[-1] in ("page", "context", "dockerfile") or path[-2] == "configs",
         ("../x", "/etc/passwd", "a//b", "", "a/../../b", "a\\b", "a/", "x" * 300)),
        (lambda path: path[-2] in ("prefix", "exact"), ("a", "/a?b", "/%41", "//", "/a/../b", "", "/a#b", "/" + "x" * 600)),
        (lambda path: path[-1] in ("working_dir", "files"), ("relative", "/a/../b", "/a//b", "", "/a/", "/" + "x" * 2000)),
    )  # fmt: skip
    fits, values = dice.choice(kinds)
    return _at(spec, dice, lambda path, value: len(path) > 1 and isinstance(value, str) and fits(path), values)


def _null(spec: Spec, dice: random.Random) -> Wrong:
    return _set(spec, dice.choice([path for path, _ in nodes(spec) if path]), None)


def _control(spec: Spec, dice: random.Random) -> Wrong | None:
    """A character that a terminal or an engine obeys, in a string that is no variable's value."""
    leaves = [(path, value) for path, value in _leaves(spec) if isinstance(value, str) and not _is_free(path)]
    path, value = dice.choice(leaves)
    at = dice.randint(0, len(value))
    sign = "\x00" if _is_word(path) else dice.choice("\x00\x07\n\r\x1b\x7f\x85\u2028\ufeff")
    return _set(spec, path, value[:at] + sign + value[at:])


_LINES = ("&a ", "*a", "!!str ", "!x ", "<<: {}", "]", '"', "@", "--- \n", "\x00", "\x1b", "\ufffe", "\ufeff", "? [a]")


def _syntax(spec: Spec, dice: random.Random) -> Wrong:
    """Something at the beginning of a line that is not of the language, or not of YAML."""
    lines = as_text(spec).split("\n")
    at = dice.randrange(1, len(lines) - 1)
    sign = dice.choice(_LINES)
    if sign == "]" or sign == "? [a]":
        sign += "\n"
    lines[at] = sign + lines[at]
    return Wrong("\n".join(lines).encode(), line=at + 1)


def _twice(spec: Spec, dice: random.Random) -> Wrong | None:
    """A key that stands twice."""
    lines = as_text(spec).split("\n")
    found = [at for at, line in enumerate(lines) if line.endswith(",") and '": ' in line and line.strip().startswith('"')]
    at = _one(dice, [at for at in found if not lines[at].rstrip(",").endswith(("[", "{"))])
    if at is None:
        return None
    return Wrong("\n".join([*lines[: at + 1], lines[at], *lines[at + 1 :]]).encode(), line=at + 2)


def _bytes(spec: Spec, dice: random.Random) -> Wrong:
    """Bytes that are no UTF-8."""
    content = as_text(spec).encode()
    at = dice.randrange(len(content))
    if dice.random() < 0.1:
        return Wrong(as_text(spec).encode(dice.choice(("utf-16", "utf-32", "utf-16-le", "utf-16-be"))), line=1)
    sign = dice.choice((b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf5", b"\x80\x80\x80\x80", b"\0"))
    return Wrong(content[:at] + sign + content[at:], line=content[:at].count(b"\n") + 1)


KINDS: dict[str, Kind] = {
    "another type": _type, "unknown key": _unknown, "missing": _missing, "out of range": _range, "no such unit": _unit,
    "leads nowhere": _dangling, "no name": _name, "waits for itself": _circle, "taken already": _clash, "two of one": _both,
    "no such place": _place, "nothing": _null, "control character": _control, "not YAML": _syntax, "key twice": _twice,
    "not UTF-8": _bytes,
}  # fmt: skip
