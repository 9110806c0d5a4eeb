"""What is taken out of the sections of one haproxy, and what nobody takes."""

from __future__ import annotations

from collections.abc import Mapping

from twipc.target import BASELINE, Discovery, FactKey

from ..sections import Section

_LOG = ("stdout", "len", "65535", "format", "raw", "local0", "info")
_LOGS = {
    '{"time":"%[date,utime(%Y-%m-%dT%H:%M:%S+00:00)]","peer":"%ci","forwarded_for":%{+Q}[var(txn.forwarded_for),json(utf8s)],'
    '"request":%{+Q}[var(txn.request),json(utf8s)],"status":%ST,"bytes":%B,"seconds":%Ta%[str(e-3)],'
    '"upstream":%{+Q}[var(txn.upstream)],"upstream_seconds":%{+Q}[var(txn.upstream_seconds)]}': "json",
    "%ci - - [%trg] %{+Q}r %ST %B": "common",
}


class Taking:
    """Takes what it understands out of each section; the rest are baseline facts."""

    def __init__(self, service: str, discovery: Discovery, files: Mapping[str, str]) -> None:
        self.service = service
        self.discovery = discovery
        self.files = files
        self.facts: dict[FactKey, object] = {}
        self.statuses: dict[str, object] = {}
        self.limits: dict[str, object] = {}
        self.default: str | None = None
        self.tls = False
        self.of_http: dict[str, bool] = {}
        self.held: set[str] = set()
        """The backends before which requests wait."""
        self.asked: dict[str, set[bool]] = {}
        """Of each backend that is asked, whether by way of where requests wait, or at once."""
        self.redirects: dict[str, tuple[object, ...]] = {}
        self.routes: list[tuple[tuple[str, str], str, tuple[object, ...]]] = []
        self.http_fact("engine.name", "haproxy")

    def http_fact(self, leaf: str, value: object) -> None:
        if value not in (None, (), {}):
            self.facts[FactKey(f"http.{leaf}", (self.service,))] = value

    def rest_of(self, place: str, value: object) -> None:
        self.facts[FactKey(BASELINE, (self.service, "haproxy", place))] = value

    def logs(self, section: Section) -> object:
        """How a section logs its requests: first it forgets what others said of its log."""
        forgets, log, lines = section.take_one("no", "log"), section.take_one("log"), section.take_one("log-format")
        failed = section.take_one("error-log-format")
        if failed is not None:
            self.rest_of(f"failed handshakes of {section.name}", "logged alike" if failed == lines else failed)
        if (forgets, log, lines) == ((), None, None):
            return "none"
        known = _LOGS.get(self._known_peer(section, lines[0])) if lines and len(lines) == 1 else None
        return known if known and (forgets, log) == ((), _LOG) else (forgets, log, lines)

    def _known_peer(self, section: Section, line: str) -> str:
        """A line of the log by its usual words, and whether its peer is whoever asks where that is not `%ci`."""
        usual = line.replace('"peer":"%[fc_src]"', '"peer":"%ci"')
        if usual != line:
            self.rest_of(f"peer of {section.name}", "who asks, not whom it asks for")
        return usual
