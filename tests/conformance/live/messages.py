"""Reads HTTP/1.1 messages off a connection, as both the client and the stand-in backends must."""

import asyncio

from tests.conformance.live.scenario import Pairs


async def read_head(reader: asyncio.StreamReader) -> tuple[str, Pairs]:
    """Reads the first line and the headers."""
    return await _line(reader), await _headers(reader)


async def read_body(reader: asyncio.StreamReader, headers: Pairs) -> bytes | None:
    """Reads the body that the headers announce; None if they announce none."""
    if (value(headers, "transfer-encoding") or "").lower() == "chunked":
        return await _chunks(reader)
    length = value(headers, "content-length")
    return None if length is None else await reader.readexactly(int(length))


def value(headers: Pairs, name: str) -> str | None:
    """Returns a header's value, several of them joined by ` | `, or None."""
    values = [value for key, value in headers if key.lower() == name.lower()]
    return " | ".join(values) if values else None


async def _line(reader: asyncio.StreamReader) -> str:
    return (await reader.readuntil(b"\n")).decode("latin-1").rstrip("\r\n")


async def _headers(reader: asyncio.StreamReader) -> Pairs:
    pairs = []
    while row := await _line(reader):
        name, _, text = row.partition(":")
        pairs.append((name, text.strip(" \t")))
    return tuple(pairs)


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int((await _line(reader)).partition(";")[0], 16):
        body += await reader.readexactly(size)
        await reader.readexactly(2)
    await _headers(reader)
    return body
