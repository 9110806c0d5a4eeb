"""The backends without members: what a request gets that goes to no service."""

from __future__ import annotations

from twipc.regex import late_regex

from ..sections import Section
from .taking import Taking
from .words import logged, number

_SCHEME = late_regex(r"https://%\[var\(txn\.host\)\](?::([0-9]+))?%\[pathq\]")
_OTHER_HOST = late_regex(r"//([a-z0-9.-]+)%\[pathq\]")
_HOST = r"^([a-z0-9][a-z0-9._-]*|\[[0-9a-f:.]+\])$"
_NO_HOST = ("deny_status", "400", "unless", "{", "var(txn.host)", "-m", "reg", "--", _HOST, "}")


class Redirects(Taking):
    """Takes where clients are sent on."""

    def without_members(self, section: Section) -> None:
        if section.name == "twipc_default":
            found = section.take("http-request", "return", "status")
            said = [number(words[0]) if words[1:] == ("default-errorfiles",) else " ".join(words) for words in found]
            if said:
                # Only the first is ever reached: a second is somebody's edit.
                self.statuses[section.name] = said[0] if len(said) == 1 else tuple(said)
        else:
            self._redirect(section)

    def _redirect(self, section: Section) -> None:
        """Where a route without members sends its clients, and that a host that is told again was looked at."""
        location, word, status, *more = (*(section.take_one("http-request", "redirect", "location") or ()), *["nothing"] * 3)
        what, value = _target(location)
        if what == "scheme" and section.take_one("http-request", "deny") != _NO_HOST:
            what = "scheme, whatever the host is"
        plain = word == "code" and more == ["nothing"] * 3
        self.redirects[section.name] = (number(status), what, value) if plain else (location, word, status, *more)

    def action(self, backend: str) -> tuple[str, object]:
        """What a route does, for whom: just the requests of a redirect to https are not all, where some come by https."""
        of_http = self.of_http.get(backend, False)
        match self.redirects.get(backend):
            case None:
                return ("backend, from http only" if of_http else "backend", backend)
            case (status, "scheme", port):
                what = "scheme" if of_http == self.tls else "scheme, whatever it came by" if self.tls else "scheme, from http"
                return ("redirect", (status, what, port))
            case other:
                return ("redirect, from http only" if of_http else "redirect", other)


def _target(location: str) -> tuple[str, object]:
    """What of the client's request is kept where it is sent on, and what takes the place of the rest."""
    if found := _SCHEME.fullmatch(location):
        return ("scheme", int(found[1] or "443"))
    if found := _OTHER_HOST.fullmatch(location):
        return ("host", found[1])
    return ("to", logged((location,)))
