"""Stand-in HTTP servers that say who they are and show the request they got."""

import asyncio
import json
from base64 import b64encode
from hashlib import sha1

from tests.conformance.live.messages import read_body, read_head, value
from tests.conformance.live.network import Network
from tests.conformance.live.scenario import Backend, Behaviour, Pairs

GONE = frozenset({"refuse", "vanish"})
MAX_HEAD = 65536
WEBSOCKET = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""What RFC 6455 adds to a client's key."""
FINE, UPGRADED = 200, 101
HANG_SECONDS = 3600


class Backends:
    """All members of all services, and what they received."""

    def __init__(self, network: Network, backends: tuple[Backend, ...]) -> None:
        self.received: list[str] = []
        self._members = [
            Member(network, backend, address, self.received) for backend in backends for address in backend.addresses
        ]

    async def start(self) -> None:
        """Brings every member into its first behaviour."""
        for member in self._members:
            await member.behave(member.backend.behaviour)

    async def behave(self, service: str, address: str | None, behaviour: Behaviour) -> None:
        """Changes one member, or all members of a service."""
        chosen = [one for one in self._members if one.backend.service == service and address in (None, one.address)]
        if not chosen:
            raise ValueError(f"no stand-in backend {service} at {address}")
        for member in chosen:
            await member.behave(behaviour)


class Member:
    """One server on one address."""

    def __init__(self, network: Network, backend: Backend, address: str, received: list[str]) -> None:
        self.backend = backend
        self.address = address
        self._network = network
        self._received = received
        self._behaviour = Behaviour()
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    async def behave(self, behaviour: Behaviour) -> None:
        """Takes up a behaviour, opening or closing the port as it asks."""
        if (self._behaviour.kind == "vanish") != (behaviour.kind == "vanish"):
            self._network.vanish(self.address, behaviour.kind == "vanish")
        self._behaviour = behaviour
        if behaviour.kind in GONE:
            self._close()
        elif self._server is None:
            listener = self._network.listener(self.address, self.backend.port)
            self._server = await asyncio.start_server(self._serve, sock=listener, limit=MAX_HEAD)

    def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in self._open:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            while await self._exchange(reader, writer):
                pass
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        line, headers = await read_head(reader)
        await read_body(reader, headers)
        method, _, rest = line.partition(" ")
        status = await self._status(rest.rpartition(" ")[0], f"{self._name} {line}")
        asked = [word.strip().lower() for word in (value(headers, "connection") or "").split(",")]
        if status == FINE and value(headers, "upgrade") and "upgrade" in asked:
            status = UPGRADED
        if status == UPGRADED:
            return await self._echo(headers, reader, writer)
        body = json.dumps({"line": line, "headers": headers}).encode("ascii")
        lines = (
            f"HTTP/1.1 {status} Stand-in",
            f"X-Answered-By: {self._name}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            "",
            "",
        )
        writer.write("\r\n".join(lines).encode("latin-1") + (b"" if method == "HEAD" else body))
        await writer.drain()
        return (value(headers, "connection") or "").lower() != "close" and line.endswith("/1.1")

    async def _echo(self, headers: Pairs, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Upgrades to whatever is asked for, and says again what it hears."""
        upgrade = value(headers, "upgrade")
        key = f"{value(headers, 'sec-websocket-key')}{WEBSOCKET}".encode("latin-1")
        accept = b64encode(sha1(key, usedforsecurity=False).digest()).decode("ascii")
        lines = (
            "HTTP/1.1 101 Stand-in",
            f"X-Answered-By: {self._name}",
            f"Upgrade: {upgrade}",
            "Connection: Upgrade",
            f"Sec-WebSocket-Accept: {accept}",
            "",
            "",
        )
        writer.write("\r\n".join(lines).encode("latin-1"))
        while said := await reader.read(MAX_HEAD):
            writer.write(said)
        return False

    async def _status(self, target: str, arrival: str) -> int:
        ready = target in self.backend.ready
        if not ready:
            self._received.append(arrival)
        behaviour = self._behaviour
        if behaviour.paths not in ("all", "ready" if ready else "other"):
            return 200
        if behaviour.kind == "hang":
            await asyncio.sleep(HANG_SECONDS)
        if behaviour.kind == "slow":
            await asyncio.sleep(behaviour.seconds)
        return behaviour.status if behaviour.kind == "status" else 200

    @property
    def _name(self) -> str:
        return f"{self.backend.service}@{self.address}"
