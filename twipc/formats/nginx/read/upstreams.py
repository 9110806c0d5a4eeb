"""The upstreams: who is a member, and how requests are shared among them."""

from __future__ import annotations

from twipc.formats.engines import OWN_PREFIX

from ..tree import Block, Directive
from .taking import Taking

_BY_NAME = ("hash", ("$remote_addr", "consistent"))
_BALANCE = {("least_conn", ()): "least-connections", ("hash", ("$remote_addr",)): "source", _BY_NAME: "source"}


class Upstreams(Taking):
    """Takes what is said of each backend."""

    def upstream(self, upstream: Directive) -> None:
        assert upstream.block is not None
        name, block = " ".join(upstream.args), upstream.block
        balances = [directive for directive in block.directives if (directive.name, directive.args) in _BALANCE]
        block.directives = [directive for directive in block.directives if directive not in balances]
        said = [_BALANCE[directive.name, directive.args] for directive in balances] or ["round-robin"]
        self.backend_fact(name, "balance", said[0] if len(said) == 1 else said)
        servers = block.take("server")
        self.backend_fact(name, "members", tuple(self._member(server.args[0]) for server in servers if server.args))
        if any((directive.name, directive.args) == _BY_NAME for directive in balances):
            self.rest(f"upstream {name}", {"balance by name": True})
        self.rest(f"upstream {name}", {"server options": tuple(sorted({server.args[1:] for server in servers}))})
        sticky = block.take_one("sticky")
        if sticky:
            cookie = (
                sticky[1]
                if sticky[0] == "cookie" and sticky[2:] == ("path=/", "httponly", "samesite=lax")
                else " ".join(sticky)
            )
            self.backend_fact(name, "sticky.cookie", cookie)
        zone = block.take_one("zone")
        # The zone bears the upstream's name, which is the user's: only its size is ours.
        self.rest(f"upstream {name}", {"zone": zone[1:] if zone and zone[0] == name else zone, **block.rest()})

    def _member(self, address: str) -> tuple[str, object]:
        host, _, number = address.rpartition(":")
        return (self.discovery.service(host), int(number) if number.isdecimal() else number)

    def websockets(self, http: Block) -> None:
        """A backend's requests for upgrades go on to a location of theirs from wherever it is asked, and reach it as such."""
        found = [one for one in http.directives if one.name == "map" and one.args == ("$proxy_host", "$upgrade")]
        rows = found[0].block.directives if len(found) == 1 and found[0].block else []
        allowed = {row.name for row in rows if row.args == ("$websocket",)}
        if found and found[0].block:
            for row in [next(row for row in rows if row.name == name) for name in sorted(allowed)]:
                rows.remove(row)
        elsewhere = {backend for backend, asked in self.upgrades.items() if asked != {None}}
        for backend in sorted({*allowed, *self.tunnels, *elsewhere}):
            asked, idle = self.upgrades.get(backend, set()), self.tunnels.get(backend)
            whole = backend in allowed and asked == {f"{OWN_PREFIX}websockets_{backend}/"}
            self.backend_fact(backend, "websockets", idle if whole else (idle, *sorted(map(str, asked))))
