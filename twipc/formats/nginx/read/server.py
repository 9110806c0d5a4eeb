"""The server: where it listens, whom it tells what, and its pages."""

from __future__ import annotations

from collections.abc import Iterator

from twipc.formats.engines import ENGINES, OWN_PREFIX, SECRETS_FOLDER
from twipc.target import FactKey

from ..tree import Block, Directive
from .locations import Locations
from .words import duration, expanded, number

_OBSERVED = {
    "$request_time": "request-time",
    "$last_address": "upstream-address",
    "$last_seconds": "upstream-response-time",
}
_TOLD = frozenset(
    (name,)
    for name in (
        *(
            "Connection",
            "Upgrade",
            "Host",
            "X-Real-IP",
            "X-Forwarded-For",
            "X-Forwarded-Proto",
            "X-Forwarded-Host",
            "X-Forwarded-Port",
        ),
        *("Forwarded", "Proxy"),
    )
)
"""Headers of a request that are the server's own business."""
_HSTS = ("Strict-Transport-Security", "$hsts")


class Server(Locations):
    """Takes what is said of the one server."""

    def server(self, server: Block) -> None:
        self._listens(server)
        self.timer(server, "proxy_connect_timeout", "connect")
        send, receive = server.take_one("proxy_send_timeout"), server.take_one("proxy_read_timeout")
        both = {duration(args) for args in (send, receive) if args}
        self.http_fact("timeouts.response", both.pop() if send and receive and len(both) == 1 else (send, receive))
        headers = dict(_headers(server))
        if self.tls:
            self.http_fact("tls.hsts", headers.get("Strict-Transport-Security") == "$hsts")
            headers = {name: value for name, value in headers.items() if (name, value) != _HSTS}
        self.http_fact("expose_headers", {name: _OBSERVED[value] for name, value in headers.items() if value in _OBSERVED})
        set_headers = {name: expanded(value) for name, value in headers.items() if value not in _OBSERVED}
        self.http_fact("response_headers", set_headers)
        asked = [one for one in server.directives if one.name == "proxy_set_header" and one.args[:1] not in _TOLD]
        server.directives = [one for one in server.directives if one not in asked]
        self.http_fact("request_headers", _sent(asked))
        self.http_fact("error_pages", tuple(self._page(directive) for directive in server.take("error_page")))
        routes: list[object] = []
        for location in server.take("location"):
            self.location(location, routes)
        if self.choice:
            routes += self.chosen(self.choice)
        self.http_fact("routes", tuple(routes))
        for leaf in ("expose_headers", "response_headers", "request_headers", "error_pages", "routes"):
            if not self.facts[FactKey(f"http.{leaf}", (self.service,))]:
                del self.facts[FactKey(f"http.{leaf}", (self.service,))]

    def _listens(self, server: Block) -> None:
        """Where requests come in, by http and by https, and what the latter is proved with."""
        for directive in server.take("listen"):
            at, *how = directive.args or ("nothing",)
            by_https = how[:1] == ["ssl"]
            said = FactKey("http.tls.listen.number" if by_https else "http.listen.number", (self.service,))
            self.facts[said] = number(at) if said not in self.facts else (self.facts[said], at)
            self.rest("server", {"listen by https" if by_https else "listen": tuple(how)})
            self.tls = self.tls or by_https
        files = {leaf: server.take_one(leaf) for leaf in ("ssl_certificate", "ssl_certificate_key")}
        chain, key = (" ".join(file or ("nothing",)) for file in files.values())
        if any(files.values()):
            certificate = chain.removeprefix(f"{SECRETS_FOLDER}/") if chain.startswith(f"{SECRETS_FOLDER}/") else chain
            self.http_fact("tls.certificate", certificate if chain == key else (chain, key))

    def _page(self, directive: Directive) -> tuple[object, ...]:
        *statuses, uri = directive.args
        place = f"{ENGINES['nginx'].pages}/{uri.removeprefix(OWN_PREFIX)}"
        return (tuple(number(status) for status in statuses), self.files.get(place, f"no file for {uri}"))


def _headers(server: Block) -> Iterator[tuple[str, str]]:
    """Each header that is added; one that is added twice is sent twice."""
    seen: set[str] = set()
    for directive in server.take("add_header"):
        name, value, *rest = (*directive.args, "", "")
        name = f"{name} again" if name.lower() in seen else name
        seen.add(name.lower())
        yield name, value if rest[:1] == ["always"] else f"{value} not always"


def _sent(directives: list[Directive]) -> dict[str, object]:
    """What is set on requests; a name that stands twice is sent twice."""
    headers: dict[str, object] = {}
    for one in directives:
        name, value = one.args[0] if one.args else "", expanded(" ".join(one.args[1:]))
        headers[name] = (headers[name], value) if name in headers else value
    return headers
