"""Several servers on one machine, each with an engine, that can be powered off and on again.

A server has a network, processes, a name and a mount tree of its own, so that nothing is shared but the wire between them. All
of them are in a room, which ends with the process that made it; nothing of them is left then.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.dockerd import Docker, children, ready
from tests.tools import missing, tool

NETWORK = "198.19.0"
"""Of RFC 2544's range, for tests like these; the last number is the server's, 254 whoever asks from outside."""
CARD = "02:00:c6:13:00:{:02x}"
"""A network card's own address, which stays; the last number is the same."""
ROOM = """\
folder=$1
unshare --net --mount --pid --fork --kill-child --mount-proc sh -c '
  ip link set lo up
  # Else it has the lowest address of what is plugged in: when that is powered off, answers to the room are lost for 14 s.
  ip link add between address "$3" type bridge
  ip addr add "$2.254/24" dev between
  ip link set between up
  : >"$1/room"
  cat >/dev/null  # until the tests end
' room "$@"
find /sys/fs/cgroup -depth -type d -path "*/${folder##*/}*" -exec rmdir {} +
rm -rf "$folder"
"""
SERVER = """\
folder=$1 name=$2 dockerd=$3
hostname "$name"
# Its own files alone: what lies on a path that two servers see would be shared.
for other in "$folder"/*/; do [ "$other" = "$folder/$name/" ] || mount -t tmpfs none "$other"; done
ip link set lo up
until ip -4 addr show dev eth0 2>/dev/null | grep -q inet; do sleep 0.05; done
here=$folder/$name
rm -rf "$here/exec" "$here/pid" "$here/socket"
"$dockerd" --config-file /dev/null --host "unix://$here/socket" --pidfile "$here/pid" --data-root "$here/data" \\
  --exec-root "$here/exec" --cgroup-parent "/${folder##*/}-$name" --ip6tables=false >>"$here/log" 2>&1 &
wait
"""


class Server:
    """One of them. What is on its disk stays while it is off."""

    def __init__(self, room: int, folder: Path, number: int) -> None:
        self.number = number
        self.name = f"m{number}"
        self.address = f"{NETWORK}.{number}"
        self.docker = Docker(f"unix://{folder}/{self.name}/socket")
        self._room = room
        self._folder = folder
        self._started: subprocess.Popen[bytes] | None = None
        self.firsts: list[int] = []
        (folder / self.name).mkdir()

    @property
    def is_on(self) -> bool:
        return self._started is not None

    @property
    def process(self) -> int:
        """The first of its processes."""
        assert self._started
        (unshare,) = children(self._started.pid)
        (first,) = children(unshare)
        return first

    def begin(self) -> None:
        """On; its engine is not asked yet."""
        assert not self._started
        inside = ("nsenter", f"--target={self._room}", "--net", "--mount", "--pid")
        apart = ("unshare", "--net", "--mount", "--uts", "--pid", "--fork", "--kill-child", "--mount-proc")
        command = (*inside, *apart, "sh", "-c", SERVER, "server", self._folder, self.name, tool("dockerd"))
        quiet = subprocess.DEVNULL
        self._started = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
        self._wire()

    def _wire(self) -> None:
        deadline = time.monotonic() + 10
        while True:
            try:
                first = self.process
                self.firsts.append(first)
                break
            except ValueError:
                assert time.monotonic() < deadline, "a server does not start"
                time.sleep(0.02)
        room = ("nsenter", f"--net=/proc/{self._room}/ns/net", "ip")
        subprocess.run([*room, "link", "del", self.name], check=False, capture_output=True)
        card = f"eth0 address {CARD.format(self.number)} netns {first}"
        cable = f"link add {self.name} type veth peer name {card}\nlink set {self.name} master between up\n"
        subprocess.run([*room, "-batch", "-"], input=cable, text=True, check=True, capture_output=True)
        own = f"addr add {self.address}/24 dev eth0\nlink set eth0 up\n"
        there = ("nsenter", f"--net=/proc/{first}/ns/net", "ip", "-batch", "-")
        subprocess.run(there, input=own, text=True, check=True, capture_output=True)

    def on(self) -> None:
        """On, and its engine answers."""
        self.begin()
        self.wait()

    def wait(self) -> None:
        assert self._started
        ready(self.docker, self._started, self._folder / self.name / "log")

    def off(self) -> None:
        """Without a word: all of its processes end at once."""
        first = self.process
        assert self._started
        os.kill(first, 9)
        self._started.wait(30)
        self._started = None

    def kill(self, container: str) -> None:
        """As a crash: kill -9 of a container's first process."""
        (there,) = self.docker.inspect("container", [container])
        inside = ("nsenter", f"--pid=/proc/{self.process}/ns/pid")
        subprocess.run([*inside, "kill", "-9", str(there["State"]["Pid"])], check=True, capture_output=True)


class Servers:
    """All of them, and the place from which clients ask."""

    def __init__(self, room: int, folder: Path, several: list[Server]) -> None:
        self.room = room
        self.folder = folder
        self.several = several

    @property
    def processes(self) -> list[int]:
        """All that ever were the first of a server, and of the room."""
        return [self.room, *(one for server in self.several for one in server.firsts)]

    def __getitem__(self, name: str) -> Server:
        return next(one for one in self.several if one.name == name)

    @property
    def on(self) -> list[Server]:
        return [one for one in self.several if one.is_on]

    def form_a_swarm(self) -> None:
        """All are managers: of three, one may be lost."""
        first, *others = self.several
        first.docker.docker("swarm", "init", "--advertise-addr", first.address)
        token = first.docker.docker("swarm", "join-token", "--quiet", "manager").strip()
        for one in others:
            one.docker.docker("swarm", "join", "--token", token, "--advertise-addr", one.address, f"{first.address}:2377")

    def manager(self) -> Docker:
        """The client of the first server that is on."""
        return self.on[0].docker


@contextmanager
def servers(count: int = 3) -> Iterator[Servers]:
    """So many, on, with engines that have nothing; the test ends here where there can be none."""
    if os.geteuid():
        missing("dockerd", "to start it needs root")
    folder = Path(tempfile.mkdtemp(prefix="twipc-servers-"))
    command = ("sh", "-c", ROOM, "room", str(folder), NETWORK, CARD.format(254))
    # Out of reach of Ctrl-C: what ends it is the end of stdin.
    keeper = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    several: list[Server] = []
    try:
        room = _room(keeper, folder)
        several = [Server(room, folder, number) for number in range(1, count + 1)]
        for one in several:
            one.begin()
        for one in several:
            one.wait()
        yield Servers(room, folder, several)
    finally:
        for one in several:
            if one.is_on:
                one.off()
        assert keeper.stdin
        keeper.stdin.close()
        keeper.wait(60)


def _room(keeper: subprocess.Popen[bytes], folder: Path) -> int:
    deadline = time.monotonic() + 10
    while not (folder / "room").exists():
        if keeper.poll() is not None or time.monotonic() > deadline:
            missing("dockerd", "no namespaces can be made here")
        time.sleep(0.02)
    (unshare,) = children(keeper.pid)
    (first,) = children(unshare)
    return first
