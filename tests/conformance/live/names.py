"""A stand-in for Docker's and Amazon's name servers: A records that change at run time."""

import asyncio
import socket
import struct
from collections.abc import Mapping

TYPE_A = 1
CLASS_IN = 1
ANSWER_FLAGS = 0x8580  # a response, authoritative, recursion desired and available
NAME_ERROR = 3
TTL_SECONDS = 1
MAX_QUERY = 4096
NAME_AT_12 = 0xC00C  # a pointer to the name in the question


class Names:
    """Answers A with the addresses of a name, any other type with no data, an unknown name with NXDOMAIN."""

    def __init__(self, names: Mapping[str, tuple[str, ...]]) -> None:
        self._addresses: dict[str, tuple[str, ...]] = {}
        self.change(names)

    def change(self, names: Mapping[str, tuple[str, ...]]) -> None:
        """Gives names new addresses; a name without any is unknown from now on."""
        for name, addresses in names.items():
            self._addresses[name.lower().rstrip(".")] = addresses

    def listen(self, opened: socket.socket) -> None:
        """Answers on one more socket."""
        asyncio.get_running_loop().add_reader(opened, self._receive, opened)

    def answer(self, query: bytes) -> bytes:
        """Returns the response to one query."""
        end = _end_of_name(query, 12)
        name = b".".join(_labels(query, 12)).decode("latin-1").lower()
        question = query[12 : end + 4]
        kind, _ = struct.unpack_from("!HH", query, end)
        addresses = self._addresses.get(name, ())
        records = b"".join(_record(address) for address in addresses) if kind == TYPE_A else b""
        count = len(addresses) if kind == TYPE_A else 0
        flags = ANSWER_FLAGS | (0 if addresses else NAME_ERROR)
        return query[:2] + struct.pack("!HHHHH", flags, 1, count, 0, 0) + question + records

    def _receive(self, opened: socket.socket) -> None:
        query, sender = opened.recvfrom(MAX_QUERY)
        opened.sendto(self.answer(query), sender)


def _labels(message: bytes, at: int) -> list[bytes]:
    labels = []
    while length := message[at]:
        labels.append(message[at + 1 : at + 1 + length])
        at += 1 + length
    return labels


def _end_of_name(message: bytes, at: int) -> int:
    return at + 1 + sum(1 + len(label) for label in _labels(message, at))


def _record(address: str) -> bytes:
    packed = socket.inet_aton(address)
    return struct.pack("!HHHIH", NAME_AT_12, TYPE_A, CLASS_IN, TTL_SECONDS, len(packed)) + packed
