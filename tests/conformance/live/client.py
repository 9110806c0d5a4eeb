"""An HTTP client that sends exactly the bytes it is given and reads one answer."""

import asyncio
import contextlib
import ssl
import time
from dataclasses import replace

from tests.conformance.live.messages import read_body, read_head
from tests.conformance.live.network import Network
from tests.conformance.live.report import Answer, Talked
from tests.conformance.live.scenario import Pairs, Request, Talk

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]

UPGRADED = 101
WITHOUT_BODY = frozenset({204, 304})
MAX_LINE = 262144


class Client:
    """Asks the engine, over a connection for each request or over kept ones."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._kept: dict[str, Stream] = {}

    async def ask(self, request: Request) -> Answer:
        """Sends one request and returns what came back within its time."""
        began = time.monotonic()
        stream: Stream | None = None
        answered: tuple[int, Pairs, str] = (0, (), "")
        error = ""
        try:
            async with asyncio.timeout(request.seconds):
                stream = self._kept.pop(request.connection, None) or await self._connect(request)
                stream[1].write(head(request))
                answered = await _read(stream[0], _method(request))
        except TimeoutError:
            error = "timeout"
        except ConnectionRefusedError:
            error = "refused"
        except ssl.SSLError as failed:
            error = f"tls: {failed.reason or failed}"
        except (asyncio.IncompleteReadError, ConnectionError):
            error = "closed"
        agreed = _agreed(stream[1]) if stream is not None else ""
        if stream is not None:
            if request.connection and not error:
                self._kept[request.connection] = stream
            else:
                stream[1].transport.abort()
        return Answer(*answered, time.monotonic() - began, error, agreed)

    async def talk(self, talk: Talk) -> Talked:
        """Asks for an upgrade and, where it is given, says its words and waits for the end."""
        began = time.monotonic()
        heard: list[str] = []
        answer = Answer(error="timeout")
        with contextlib.suppress(TimeoutError, asyncio.IncompleteReadError, ConnectionError):
            async with asyncio.timeout(talk.request.seconds):
                reader, writer = await self._connect(talk.request)
                writer.write(head(talk.request))
                line, headers = await read_head(reader)
                answer = Answer(int(line.split()[1]), headers, "", time.monotonic() - began)
                if answer.status != UPGRADED:
                    body = await read_body(reader, headers)
                    return Talked(replace(answer, body=(body or b"").decode("latin-1")))
                for word in talk.words:
                    await asyncio.sleep(talk.gap)
                    writer.write(word.encode("latin-1"))
                    heard.append((await reader.readexactly(len(word))).decode("latin-1"))
                silent = time.monotonic()
                rest = await reader.read()
                return Talked(answer, (*heard, *([rest.decode("latin-1")] if rest else [])), time.monotonic() - silent)
        return Talked(answer, tuple(heard), -1.0)

    async def _connect(self, request: Request) -> Stream:
        opened, engine = self._network.client(request.source)
        try:
            await asyncio.get_running_loop().sock_connect(opened, (engine, request.port))
        except BaseException:
            opened.close()
            raise
        if not request.tls:
            return await asyncio.open_connection(sock=opened, limit=MAX_LINE)
        return await asyncio.open_connection(
            sock=opened, limit=MAX_LINE, ssl=_context(request), server_hostname=request.host.partition(":")[0]
        )


def _context(request: Request) -> ssl.SSLContext:
    """Old versions are this side's to offer, and the engine's to refuse."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=request.authority)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.set_alpn_protocols(["h2", "http/1.1"])
    context.minimum_version = context.maximum_version = ssl.TLSVersion[request.tls.replace(".", "_")]
    return context


def _agreed(writer: asyncio.StreamWriter) -> str:
    found = writer.get_extra_info("ssl_object")
    return f"{found.version()} {found.cipher()[0]} {found.selected_alpn_protocol()}" if found else ""


def head(request: Request) -> bytes:
    """Returns the bytes of a request."""
    if request.raw is not None:
        return request.raw.encode("latin-1")
    lines = [f"{request.method} {request.path} HTTP/1.1", f"Host: {request.host}"]
    lines += [f"{name}: {value}" for name, value in request.headers]
    if not request.connection:
        lines.append("Connection: close")
    if request.body:
        lines.append(f"Content-Length: {len(request.body)}")
    return "\r\n".join((*lines, "", request.body)).encode("latin-1")


def _method(request: Request) -> str:
    return request.method if request.raw is None else request.raw.partition(" ")[0]


async def _read(reader: asyncio.StreamReader, method: str) -> tuple[int, Pairs, str]:
    status = 100
    headers: Pairs = ()
    while 100 <= status < 200:
        line, headers = await read_head(reader)
        status = int(line.split()[1])
    if method == "HEAD" or status in WITHOUT_BODY:
        body: bytes | None = b""
    else:
        body = await read_body(reader, headers)
    if body is None:
        body = await reader.read()
    return status, headers, body.decode("latin-1")
