"""The whole configuration of one nginx."""

from __future__ import annotations

from twipc.regex import late_regex
from twipc.spec import Duration
from twipc.target import BASELINE, FactKey

from ..tree import Block, Comment
from .server import Server
from .upstreams import Upstreams
from .words import size

_VERSION = late_regex(r"nginx ([0-9]+\.[0-9]+) or later: .*")
_TIMERS = {"client_header_timeout": "request", "keepalive_timeout": "idle"}
_CHOOSING = {"$host $request_method $uri": False, "$scheme $host $request_method $uri": True}
"""What the map of routes reads, and whether the scheme is among it."""
_LOGS = {
    (
        "escape=json",
        '{"time":"$time_iso8601","peer":"$remote_addr","forwarded_for":"$logged_forwarded_for","request":"$logged_request",'
        '"status":$logged_status,"bytes":$bytes_sent,"seconds":$request_time,"upstream":"$last_address",'
        '"upstream_seconds":"$last_seconds"}',
    ): "json",
    ('$remote_addr - - [$time_local] "$request" $status $bytes_sent',): "common",
}
_RATE = late_regex(r"rate=([0-9]+)r/([sm])")


class Document(Server, Upstreams):
    """Takes what stands outside of servers and upstreams, and asks both for the rest."""

    def whole(self, root: Block, comments: list[Comment]) -> None:
        self.http_fact("engine.name", "nginx")
        versions = [found[1] for comment in comments if (found := _VERSION.fullmatch(comment.text))]
        if len(versions) == 1:
            self.http_fact("engine.version", versions[0])
        for directive in root.directives:
            if directive.name == "http" and directive.block:
                self._http(directive.block)
        beside = {f"comment at the end of line {comment.line}": comment.text for comment in comments if comment.beside}
        for place, value in {**root.rest(), **beside}.items():
            self.facts[FactKey(BASELINE, (self.service, "nginx", place))] = value

    def _http(self, http: Block) -> None:
        for name, leaf in _TIMERS.items():
            self.timer(http, name, leaf)
        lines, log = http.take_one("log_format"), http.take_one("access_log")
        if (lines, log) == (None, ("off",)):
            self.http_fact("access_log", "none")
        elif lines and lines[0] == "access" and log == ("/dev/stdout", "access", "buffer=4k", "flush=100ms"):
            self.http_fact("access_log", self._log(lines[1:]))
        else:
            self.http_fact("access_log", (lines, log))
        self._rate(http.take_one("limit_req_zone"))
        largest = http.take_one("client_max_body_size")
        if largest is not None:
            self.http_fact("max_body", size(" ".join(largest)))
        for upstream in http.take("upstream"):
            self.upstream(upstream)
        choices = [one for one in http.directives if one.name == "map" and one.args[1:] == ("$route",)]
        if len(choices) == 1 and choices[0].block and choices[0].args[0] in _CHOOSING:
            self.by_scheme = _CHOOSING[choices[0].args[0]]
            self.choice = choices[0].block
            http.directives.remove(choices[0])
        for server in http.directives:
            if (
                server.name == "server"
                and server.block
                and any("default_server" in one.args for one in server.block.directives)
            ):
                self.server(server.block)
        for backend, tries in self.tries.items():
            self.backend_fact(backend, "retries", next(iter(tries)) if len(tries) == 1 else sorted(map(str, tries)))
        self.websockets(http)
        if self.bursts - {None}:
            one = len(self.bursts) == 1
            self.http_fact("rate_limit.burst", self.bursts.pop() if one else sorted(map(str, self.bursts)))
        for backend, ends in self.ends.items():
            if ends != {None}:
                self.rest(f"upstream {backend}", {"time of all tries": tuple(sorted(ends, key=str))})

    def _log(self, lines: tuple[str, ...]) -> object:
        """What is logged, and whether its peer is whoever asks where that is not `$remote_addr`."""
        peer = tuple(line.replace('"peer":"$realip_remote_addr"', '"peer":"$remote_addr"') for line in lines)
        if peer != lines:
            self.rest("http", {"peer": "who asks, not whom it asks for"})
        return _LOGS.get(peer, " ".join(lines))

    def _rate(self, zone: tuple[str, ...] | None) -> None:
        """How many requests a client may send over time, and that it is clients that are counted."""
        if zone is None:
            return
        rate = _RATE.fullmatch(zone[-1])
        known = rate and zone[:-1] == ("$binary_remote_addr", "zone=rate_limit:10m")
        self.http_fact("rate_limit.requests", int(rate[1]) if rate and known else " ".join(zone))
        self.http_fact("rate_limit.per", Duration({"s": 1000, "m": 60_000}[rate[2]] if rate else 0))
