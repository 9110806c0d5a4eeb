"""The whole configuration of one haproxy, section by section."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from twipc.formats.engines import SECRETS_FOLDER, secret_of
from twipc.regex import late_regex
from twipc.target import BASELINE, FactKey

from ..sections import Section
from .backends import HELD, HOLD, Backends, limit
from .frontend import Frontend
from .redirects import Redirects
from .words import duration, number

_VERSION = late_regex(r"!version_atleast\(([0-9.]+)\)")
_ENV = late_regex(r"env\(([A-Z0-9_]+)\)")
_TIMERS = {"http-request": "request", "http-keep-alive": "idle", "connect": "connect", "server": "response"}


class Document(Frontend, Backends, Redirects):
    """Takes each section for what it is, and what only all of them together say."""

    def section(self, section: Section) -> None:
        take = {
            ("head", ""): self._head,
            ("global", ""): self._global,
            ("defaults", ""): self._defaults,
            ("frontend", "in_http"): self.frontend,
            ("listen", "in_stats"): self._stats,
        }.get((section.kind, section.name))
        if take:
            take(section)
        elif section.name.startswith(HELD):
            self.held_frontend(section)
        elif section.kind == "backend" and section.name.startswith(HOLD):
            self.limits[section.name.removeprefix(HOLD)] = limit(section)
        elif section.kind == "backend":
            (self.without_members if section.name.startswith("twipc_") else self.backend)(section)
        key = FactKey(BASELINE, (self.service, "haproxy", f"{section.kind} {section.name}".strip()))
        # A section that stands twice is told apart from one that stands once.
        self.facts[key] = (self.facts[key], section.rest()) if key in self.facts else section.rest()

    def _head(self, head: Section) -> None:
        for line in list(head.lines):
            found = _VERSION.fullmatch(" ".join(line.words[1:]))
            if line.words[0] == ".if" and found and FactKey("http.engine.version", (self.service,)) not in self.facts:
                self.http_fact("engine.version", found[1])
                head.lines.remove(line)

    def _global(self, section: Section) -> None:
        self.rest_of("drain", section.take_one("hard-stop-after"))
        for words in section.take("lua-load-per-thread"):
            text = self.files.get(" ".join(words))
            told = hashlib.sha256(text.encode()).hexdigest() if text is not None else "it is not there"
            self.rest_of(f"program {' '.join(words)}", (told,))

    def _defaults(self, section: Section) -> None:
        for timer, leaf in _TIMERS.items():
            words = section.take_one("timeout", timer)
            self.http_fact(f"timeouts.{leaf}", duration(words) if words else None)
        pages: dict[str, list[object]] = {}
        for words in section.take("http-error", "status"):
            status, rest = words[0], words[1:]
            known = rest[:3] == ("content-type", "text/html", "file") and len(rest) == 4
            pages.setdefault(rest[3] if known else " ".join(rest), []).append(number(status))
        self.http_fact(
            "error_pages", tuple((tuple(statuses), self.files.get(file, f"no file {file}")) for file, statuses in pages.items())
        )

    def _stats(self, section: Section) -> None:
        bind = section.take_one("bind")
        self.rest_of("log of in_stats", self.logs(section))
        self.http_fact("stats.number", number(" ".join(bind or ()).removeprefix(":")))
        file = section.take_one("acl", "is_password", "http_auth_pass", "-m", "str", "-f")
        if file:
            self.http_fact("stats.auth.secret", " ".join(file).removeprefix(f"{SECRETS_FOLDER}/"))
            return
        variable = section.take_one("http-request", "set-var(txn.password)")
        found = _ENV.fullmatch(" ".join(variable or ()))
        self.http_fact("stats.auth.secret", secret_of(found[1]) if found else variable)

    def finish(self) -> None:
        limits = set(self.limits.values())
        if limits - {None}:
            same = limits.pop() if len(limits) == 1 else None
            said = same if isinstance(same, tuple) else (str(self.limits), None, None)
            for leaf, value in zip(("requests", "per", "burst"), said, strict=True):
                self.http_fact(f"rate_limit.{leaf}", value)
        self.http_fact("routes", tuple((*match, self.action(backend), *asked) for match, backend, asked in self.routes))
        at_once = {name for name, ways in self.asked.items() if ways - {name in self.held}}
        self.rest_of("backends that are asked past those who wait", tuple(sorted(at_once)))
        read = {backend for _, backend, _ in self.routes}
        self.rest_of("redirects that no rule reads", tuple(sorted(set(self.redirects) - read)))
        if self.default in self.statuses:
            self.http_fact("default.status", self.statuses[self.default])
        else:
            self.http_fact("default.backend", self.default)

    def comments(self, comments: Mapping[int, str]) -> None:
        for line, comment in comments.items():
            self.rest_of(f"comment at the end of line {line}", comment)
