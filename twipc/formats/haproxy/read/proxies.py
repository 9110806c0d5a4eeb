"""The frontends and backends of a haproxy configuration, each with what its `defaults` say, and which parts are conditional.

Source: the configuration manual of haproxy 3.2, 2.4 (conditional blocks), 4 (proxies, `defaults` and `from`) and 5.1 (`bind`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..sections import Line, NotHaproxy, Section

_INHERITED = (
    *("mode", "tcp-request", "http-request", "acl", "stats", "redirect"),
    *("monitor-uri", "monitor", "use_backend", "default_backend"),
)
_METHOD = re.compile("[A-Z][A-Z-]+")
Bind = tuple[str, int, int]
"""An address, and the first and last port there."""


@dataclass(frozen=True)
class Proxy:
    """A frontend, a backend, or both in one."""

    kind: str
    name: str
    lines: tuple[Line, ...]

    @property
    def listens(self) -> bool:
        return self.kind == "listen"

    @property
    def binds(self) -> list[Bind]:
        words = [line.words[1] for line in self.lines if line.words[0] == "bind" and len(line.words) > 1]
        return [bind for word in words for address in word.split(",") for bind in _bind(address)]

    @property
    def default(self) -> tuple[tuple[int, ...], str]:
        """The backend of what no rule takes, with its line; nothing, where there is none."""
        lines = [line for line in self.lines if line.words[0] == "default_backend" and len(line.words) > 1]
        return ((lines[-1].number,), lines[-1].words[1]) if lines else ((), self.name if self.listens else "")

    def at(self, port: int) -> bool:
        return any(first <= port <= last for _, first, last in self.binds)


class Proxies:
    """All of a file."""

    def __init__(self, sections: Sequence[Section]) -> None:
        self.all = list(_with_defaults(sections))
        for line in (line for one in self.all for line in one.lines):
            if line.words == ("http-request",):
                raise NotHaproxy(f"line {line.number}: `http-request` without an action")
        self.entries = [one for one in self.all if one.kind in ("frontend", "listen") and one.binds]
        self.backends: Mapping[str, Proxy] = {one.name: one for one in self.all if one.kind in ("backend", "listen")}
        self.conditional = frozenset(_conditional(sections))
        """The numbers of lines that stand there only where an `.if` holds."""
        self._sockets = {
            _socket(line.words[1]): one for one in self.all for line in one.lines if line.words[0] == "bind" and line.words[1:]
        }
        self.methods = frozenset(_methods(sections))
        """Every method that a test may name."""

    def behind(self, proxy: Proxy) -> Proxy | None:
        """The frontend that a backend hands all of its requests to, by a socket within the same haproxy."""
        kinds = ("server", "server-template")
        servers = [line.words[2] for line in proxy.lines if line.words[0] in kinds and len(line.words) > 2]
        socket = _socket(servers[0]) if len(servers) == 1 else ""
        return self._sockets.get(socket) if socket else None


def _socket(address: str) -> str:
    """The name of a socket that is no port; nothing for one that is."""
    path = address.removeprefix("unix@")
    return path if path.startswith(("/", "abns@", "abnsz@")) else ""


def _with_defaults(sections: Sequence[Section]) -> Iterator[Proxy]:
    named: dict[str, list[Line]] = {}
    latest: list[Line] = []
    for section in sections:
        before, of, base = f" {section.name}".partition(" from ")
        name = before.strip().partition(" ")[0]
        if section.kind == "defaults":
            # One begins with nothing of those before it, unless it says from which.
            latest = named[name] = [*(named.get(base, []) if of else []), *section.lines]
        elif section.kind in ("frontend", "backend", "listen"):
            lines = [line for line in (named.get(base, []) if of else latest) if line.words[0] in _INHERITED]
            yield Proxy(section.kind, name, (*lines, *section.lines))


def _conditional(sections: Sequence[Section]) -> Iterator[int]:
    depth = 0
    for section in sections:
        for line in section.lines:
            depth += {".if": 1, ".endif": -1}.get(line.words[0], 0)
            if depth:
                yield line.number


def _methods(sections: Sequence[Section]) -> Iterator[str]:
    """Words in capitals behind `method`: some that are none make no difference."""
    for section in sections:
        for line in section.lines:
            if "method" in line.words:
                behind = line.words[line.words.index("method") :]
                yield from (word for word in behind if _METHOD.fullmatch(word) and not word.startswith("METH"))


def _bind(address: str) -> Iterator[Bind]:
    """Nothing for a socket that is no port."""
    host, colon, ports = address.rpartition(":")
    first, _, last = ports.partition("-")
    if colon and first.isdecimal() and (last or first).isdecimal() and not host.startswith(("unix@", "abns@", "fd@", "/")):
        yield host, int(first), int(last or first)
