"""Which frontend of a file a backend hands its requests to, by a socket within the same haproxy.

Source: the configuration manual of haproxy 3.2, 3.1 (`unix-bind`, `chroot`), 4.2 (`bind`, `server`) and 11 (address formats).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator, Sequence

from twipc.regex import late_regex

from ..sections import Line, Section
from .proxy import Proxy

_ADDRESS_AT = {"server": 2, "server-template": 3}
_PATH = late_regex(r"(?:stream[+]|dgram[+])?(?:(?:unix|uxst|uxdg)@(.*)|(/.*))", re.DOTALL)
_ABSTRACT = late_regex(r"(?:stream[+]|dgram[+])?(abnsz?@.*)", re.DOTALL)
_HANDED = ("fd@", "sockpair@", "rhttp@")
"""Addresses that say nothing of who is behind them."""
_HERE = late_regex(r"(?:127[.][0-9.]*|localhost|\[?::1\]?|0[.]0[.]0[.]0|[*]|)", re.IGNORECASE)


class Sockets:
    """Those that the frontends of a file bind."""

    def __init__(self, proxies: Sequence[Proxy], sections: Sequence[Section], conditional: Collection[int]) -> None:
        lines = [line for section in sections if section.kind == "global" for line in section.lines]
        prefixes = [line for line in lines if line.words[0] == "unix-bind" and "prefix" in line.words]
        prefix = _behind("prefix", prefixes[0].words) if prefixes else ""
        binds = [(one, line) for one in proxies for line in one.lines if line.words[0] == "bind" and len(line.words) > 1]
        first = min((line.number for _, line in binds), default=0)
        unsure = len(prefixes) > 1 or any(one.number > first or one.number in conditional for one in prefixes)
        self._plain = not unsure and not any(line.words[0] == "chroot" for line in lines)
        """Whether a path says the same of a server as of what is bound."""
        self._conditional = conditional
        self._ports = [bind for one in proxies for bind in one.binds]
        self._of: dict[str, list[tuple[Proxy, Line]]] = {}
        for one, line in binds:
            for address in line.words[1].split(","):
                if name := _name(address, prefix):
                    self._of.setdefault(name, []).append((one, line))

    def behind(self, proxy: Proxy) -> Proxy | None:
        """The frontend that all of a backend's requests come to; None where they go elsewhere, or nobody here knows."""
        servers = [line for line in _servers(proxy) if "backup" not in line.words] or list(_servers(proxy))
        names = {_name(_address(line)) for line in servers}
        found = self._of.get(names.pop(), []) if len(names) == 1 else []
        sure = all(line.number not in self._conditional for line in (*servers, *(line for _, line in found)))
        if len({one.name for one, _ in found}) != 1 or not sure or not (self._plain or _is_abstract(servers[0])):
            return None
        return found[0][0]

    def unclear(self, proxy: Proxy) -> Iterator[Line]:
        """Those servers of a backend that may be a frontend of the same file, where not all of its requests come to one."""
        if not self.behind(proxy):
            yield from (line for line in _servers(proxy) if self._may_be_here(_address(line)))

    def _may_be_here(self, address: str) -> bool:
        if address.startswith(_HANDED):
            return True
        if name := _name(address):
            last = posixpath.basename(name)
            return name in self._of or any(last == posixpath.basename(one) for one in self._of)
        host, _, port = address.rpartition("@")[2].rpartition(":")
        return port.isdecimal() and any(
            low <= int(port) <= high and (host == of or _HERE.fullmatch(host)) for of, low, high in self._ports
        )


def _servers(proxy: Proxy) -> Iterator[Line]:
    return (line for line in proxy.lines if line.words[0] in _ADDRESS_AT and len(line.words) > _ADDRESS_AT[line.words[0]])


def _address(line: Line) -> str:
    return line.words[_ADDRESS_AT[line.words[0]]]


def _is_abstract(line: Line) -> bool:
    return _ABSTRACT.fullmatch(_address(line)) is not None


def _name(address: str, prefix: str = "") -> str:
    """The name of a socket that is no port; nothing for one that is. The prefix is of paths that are bound alone."""
    if abstract := _ABSTRACT.fullmatch(address):
        return abstract[1]
    path = _PATH.fullmatch(address)
    return posixpath.normpath(f"{prefix}{path[1] or path[2] or ''}") if path else ""


def _behind(word: str, words: Sequence[str]) -> str:
    place = words.index(word) + 1
    return words[place] if place < len(words) else ""
