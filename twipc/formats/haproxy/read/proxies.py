"""The frontends and backends of a haproxy configuration, each with what its `defaults` say, and which parts are conditional.

Source: the configuration manual of haproxy 3.2, 2.4 (conditional blocks) and 4 (proxies, `defaults` and `from`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from twipc.regex import late_regex

from ..sections import Line, NotHaproxy, Section
from . import errors
from .proxy import Proxy
from .sockets import Sockets

_INHERITED = (
    *("mode", "tcp-request", "http-request", "acl", "stats", "redirect"),
    *("http-response", "http-after-response", "tcp-response"),
    *("monitor-uri", "monitor", "use_backend", "default_backend"),
    *errors.WORDS,
)
_METHOD = late_regex("[A-Z][A-Z-]+")


class Proxies:
    """All of a file."""

    def __init__(self, sections: Sequence[Section]) -> None:
        self.all = list(_with_defaults(sections))
        for line in (line for one in self.all for line in one.lines):
            if line.words == ("http-request",):
                raise NotHaproxy(f"line {line.number}: `http-request` without an action")
        self.entries = [one for one in self.all if one.kind in ("frontend", "listen") and one.binds]
        self.asked_first = sorted(self.entries, key=lambda one: one.is_aside)
        """The entries in the order in which one is asked where no port is said."""
        self.backends: Mapping[str, Proxy] = {one.name: one for one in self.all if one.kind in ("backend", "listen")}
        self.conditional = frozenset(_conditional(sections))
        """The numbers of lines that stand there only where an `.if` holds."""
        self.sockets = Sockets(self.all, sections, self.conditional)
        self.methods = frozenset(_methods(sections))
        """Every method that a test may name."""


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
