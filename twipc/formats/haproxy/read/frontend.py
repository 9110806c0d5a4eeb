"""The frontend: where it listens, whom it tells what, and which backend it asks for a request."""

from __future__ import annotations

from twipc.formats.engines import SECRETS_FOLDER
from twipc.spec import Size
from twipc.target import FactKey

from ..sections import Section
from .backends import HOLD
from .conditions import conditions, matches, test
from .taking import Taking
from .words import logged, number

_OBSERVED = {
    "%[var(txn.request_ms),div(1000)].%[var(txn.request_ms),mod(1000),add(1000),regsub(^1,)] "
    "if { var(txn.request_ms) -m found }": "request-time",
    "%[bc_dst]:%[bc_dst_port] if { bc_dst -m found }": "upstream-address",
    "%[var(txn.upstream_ms),div(1000)].%[var(txn.upstream_ms),mod(1000),add(1000),regsub(^1,)] "
    "if { var(txn.upstream_ms) -m found }": "upstream-response-time",
}
_TOLD = ("X-Real-IP", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port")
"""Headers of a request that are the server's own business."""
_TOO_LARGE = ("http-request", "deny", "deny_status", "413", "if", "{", "req.body_size", "gt")
_HSTS = ("Strict-Transport-Security", ("max-age=63072000", "if", "{", "ssl_fc", "}"))


class Frontend(Taking):
    """Takes what is said of the one frontend for requests."""

    def frontend(self, section: Section) -> None:
        tls = self._binds(section)
        self.http_fact("access_log", self.logs(section))
        largest = section.take_one(*_TOO_LARGE)
        if largest is not None:
            self.http_fact(
                "max_body", Size(largest[0]) if largest[0].isdecimal() and largest[1:] == ("}",) else " ".join(largest)
            )
        headers = {words[0]: words[1:] for words in section.take("http-after-response", "set-header")}
        hsts = headers.pop("Strict-Transport-Security", ()) if tls and _HSTS in headers.items() else ()
        if tls:
            self.http_fact("tls.hsts", bool(hsts))
        exposed = {name: _OBSERVED[" ".join(words)] for name, words in headers.items() if " ".join(words) in _OBSERVED}
        self.http_fact("expose_headers", exposed)
        set_headers = {name: logged(words) for name, words in headers.items() if name not in exposed}
        self.http_fact("response_headers", set_headers)
        sent = [line for line in section.lines if line.words[:2] == ("http-request", "set-header")]
        set_on = [line for line in sent if len(line.words) > 3 and line.words[2] not in _TOLD]
        section.lines = [line for line in section.lines if line not in set_on]
        self.http_fact("request_headers", {line.words[2]: logged(line.words[3:]) for line in set_on})
        tests: dict[str, list[tuple[str, str, str]]] = {}
        for words in section.take("acl"):
            tests.setdefault(words[0], []).append(test(words[1:]))
        for backend, *condition in section.take("use_backend"):
            of_http = condition[-3:] == ["!{", "ssl_fc", "}"]
            condition = condition[:-3] if of_http else condition
            first, *others = condition[1:] if condition[:1] == ["if"] and len(condition) > 1 else [" ".join(condition)]
            asked = conditions([tests.pop(name, [("unknown", "", name)]) for name in others])
            found = matches(tests.pop(first, [("unknown", "", first)]))
            backend = self.wanted(backend)
            self.routes += [(match, backend, asked) for match in found]
            if backend in self.of_http and self.of_http[backend] != of_http:
                self.rest_of(f"who {backend} is for", "differs")
            self.of_http[backend] = of_http
        self.rest_of("acls that no rule reads", tuple(sorted(tests)))
        self.default = self.wanted(" ".join(section.take_one("default_backend") or ("nothing",)))

    def wanted(self, backend: str) -> str:
        """The backend that a request is for in the end."""
        name = backend.removeprefix(HOLD)
        self.asked.setdefault(name, set()).add(name != backend)
        return name

    def _binds(self, section: Section) -> bool:
        """Where requests come in, by http and by https, and what the latter is proved with; whether there is the latter."""
        for address, *how in section.take("bind"):
            by_https = how[:2] == ["ssl", "crt"] and len(how) > 2
            said = FactKey("http.tls.listen.number" if by_https else "http.listen.number", (self.service,))
            at = number(address.removeprefix(":")) if by_https or not how else " ".join((address, *how))
            self.facts[said] = at if said not in self.facts else (self.facts[said], at)
            if by_https:
                self.tls = True
                self.http_fact("tls.certificate", how[2].removeprefix(f"{SECRETS_FOLDER}/"))
                self.rest_of("bind by https", tuple(how[3:]))
        return self.tls
