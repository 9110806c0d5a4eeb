"""Two private networks joined by a cable: the engine's own (inside) and the one around it (outside).

They are apart because an engine that listens on every address of a port leaves none for its backends.
"""

import ctypes
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ENGINE = "192.0.2.1"
CABLE = 30
INNER = "192.0.2.5"
RESOLVERS = ("127.0.0.11", "169.254.169.253")

CLONE_NEWNET = 0x40000000

INSIDE_LINKS = f"""
link set lo up
addr add {RESOLVERS[1]}/32 dev lo
link add inside type veth peer name outside netns outside
addr add {ENGINE}/{CABLE} dev inside
link set inside up
route add default via 192.0.2.2
"""

INNER_LINKS = f"""
link set lo up
addr add {RESOLVERS[1]}/32 dev lo
link add second type veth peer name beyond netns outside
addr add {INNER}/{CABLE} dev second
link set second up
route add default via 192.0.2.6
"""

# Every address of 10.0.0.0/8 is the outside's own: a backend or client needs none added.
OUTSIDE_LINKS = f"""
link set lo up
addr add 192.0.2.2/{CABLE} dev outside
link set outside up
route add local 10.0.0.0/8 dev lo
"""

BEYOND_LINKS = f"""
addr add 192.0.2.6/{CABLE} dev beyond
link set beyond up
"""


class Network:
    """Opens sockets inside, where the harness itself runs, and outside."""

    def __init__(self) -> None:
        _ip("netns", "add", "outside")
        _ip("-batch", "-", text=INSIDE_LINKS)
        _ip("-n", "outside", "-batch", "-", text=OUTSIDE_LINKS)
        # Docker does the same for its containers: an engine without root may listen on 80.
        Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").write_text("0", "ascii")
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._inside = os.open("/proc/self/ns/net", os.O_RDONLY)
        self._outside = os.open("/run/netns/outside", os.O_RDONLY)

    def second(self) -> int:
        """Makes the network of a second engine, which hangs on the outside as the first does; gives its namespace."""
        _ip("netns", "add", "second")
        _ip("-n", "second", "-batch", "-", text=INNER_LINKS)
        _ip("-n", "outside", "-batch", "-", text=BEYOND_LINKS)
        with self.entered(self._outside):
            Path("/proc/sys/net/ipv4/ip_forward").write_text("1", "ascii")
        return os.open("/run/netns/second", os.O_RDONLY)

    def listener(self, address: str, port: int) -> socket.socket:
        """Opens a TCP listener outside."""
        with self.entered(self._outside):
            opened = socket.socket()
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((address, port))
        opened.listen(128)
        opened.setblocking(False)
        return opened

    def client(self, source: str) -> tuple[socket.socket, str]:
        """Opens a TCP socket that asks from `source`; returns it with the address of the engine there."""
        if source.startswith("127."):
            opened, engine = socket.socket(), "127.0.0.1"
        else:
            with self.entered(self._outside):
                opened, engine = socket.socket(), ENGINE
        opened.setblocking(False)
        opened.bind((source, 0))
        return opened, engine

    def datagram(self, address: str, port: int) -> socket.socket:
        """Opens a UDP socket inside."""
        opened = socket.socket(type=socket.SOCK_DGRAM)
        opened.setblocking(False)
        opened.bind((address, port))
        return opened

    def vanish(self, address: str, gone: bool) -> None:
        """Takes an outside address away, so that it swallows every packet, or brings it back."""
        _ip("-n", "outside", "route", "add" if gone else "del", "blackhole", f"{address}/32", "table", "local")

    @contextmanager
    def entered(self, namespace: int) -> Iterator[None]:
        """Whatever is opened or started meanwhile is there."""
        self._enter(namespace)
        try:
            yield
        finally:
            self._enter(self._inside)

    def _enter(self, namespace: int) -> None:
        if self._libc.setns(namespace, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")


def _ip(*arguments: str, text: str = "") -> None:
    subprocess.run(("ip", *arguments), input=text, text=True, check=True)
