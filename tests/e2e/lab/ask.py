"""Requests to what an engine publishes, from within its network and from an address of choice."""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection

CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Answer:
    """What a client got, and after how long. A header's name is in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        """The body, which is UTF-8."""
        return self.body.decode()


@contextmanager
def in_network_of(process: int | None) -> Iterator[None]:
    """What this thread opens meanwhile is in the network of a process; None is this one's own."""
    if process is None:
        yield
        return
    here, there = (os.open(f"/proc/{one}/ns/net", os.O_RDONLY) for one in ("thread-self", process))
    try:
        _enter(there)
        try:
            yield
        finally:
            _enter(here)
    finally:
        os.close(here)
        os.close(there)


def _enter(namespace: int) -> None:
    if _libc.setns(namespace, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


def ask(
    network: int | None,
    to: tuple[str, int],
    path: str,
    method: str = "GET",
    body: str | None = None,
    headers: Mapping[str, str] | None = None,
    source: str = "",
    timeout: float = 20.0,
) -> Answer:
    """One request on a connection of its own; an `OSError` is what a client would see."""
    began = time.monotonic()
    connection = HTTPConnection(*to, timeout=timeout, source_address=(source, 0) if source else None)
    try:
        with in_network_of(network):
            connection.connect()
        connection.request(method, path, body, dict(headers or {}))
        response = connection.getresponse()
        content = response.read()
        named = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, named, content, time.monotonic() - began)
    finally:
        connection.close()
