"""One frontend or backend of a haproxy configuration.

Source: the configuration manual of haproxy 3.2, 4 (proxies) and 5.1 (`bind`).
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from ..sections import Line

_SENDING = frozenset({"default_backend", "use_backend", "server", "server-template", "redirect"})
Bind = tuple[str, int, int]
"""An address, and the first and last port there."""


class Proxy(Struct, frozen=True):
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

    @property
    def is_aside(self) -> bool:
        """Whether it has no requests to route: it speaks no HTTP, or shows statistics alone."""
        modes = [line.words[1] for line in self.lines if line.words[0] == "mode" and len(line.words) > 1]
        said = {line.words[0] for line in self.lines}
        return modes[-1:] == ["tcp"] or ("stats" in said and not said & _SENDING)

    def at(self, port: int) -> bool:
        return any(first <= port <= last for _, first, last in self.binds)


def _bind(address: str) -> Iterator[Bind]:
    """Nothing for a socket that is no port."""
    host, colon, ports = address.rpartition(":")
    first, _, last = ports.partition("-")
    if colon and first.isdecimal() and (last or first).isdecimal() and not host.startswith(("unix@", "abns@", "fd@", "/")):
        yield host, int(first), int(last or first)
