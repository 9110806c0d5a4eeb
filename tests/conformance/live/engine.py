"""The engine under test: its command line, its start, what it said, its end."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path

NGINX_FILE = "/etc/nginx/nginx.conf"
HAPROXY_FILE = "/usr/local/etc/haproxy/haproxy.cfg"

# As the official images are run here: by number, without root.
NGINX_USER = 101
HAPROXY_USER = 99

START_SECONDS = 5.0
LISTENING = "0A"


def is_nginx(name: str) -> bool:
    """Tells nginx from haproxy by the name of the tool or binary."""
    return "nginx" in Path(name).name


def command_line(name: str) -> tuple[str, ...]:
    """Returns the arguments that the engine's official image starts it with."""
    if is_nginx(name):
        return ("-p", "/etc/nginx/", "-c", NGINX_FILE, "-g", "daemon off;")
    return ("-W", "-db", "-f", HAPROXY_FILE)


class Engine:
    """One engine process."""

    def __init__(self, binary: Path, name: str, arguments: tuple[str, ...], environment: Mapping[str, str], said: Path) -> None:
        user = NGINX_USER if is_nginx(name) else HAPROXY_USER
        self._said = (said / "stdout", said / "stderr")
        files = [os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND) for path in self._said]
        for file in files:
            # The engine may open /dev/stdout anew, which asks for the right to the file behind it.
            os.fchown(file, user, user)
        self._process = subprocess.Popen(
            (str(binary), *arguments),
            stdin=subprocess.DEVNULL,
            stdout=files[0],
            stderr=files[1],
            cwd="/",
            env={"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", **environment},
            user=user,
            group=user,
            extra_groups=(),
        )
        for file in files:
            os.close(file)

    async def started(self, ports: Collection[int]) -> bool:
        """Waits until the engine listens on one of the ports; False if it ended or did not in time."""
        for _ in range(int(START_SECONDS / 0.01)):
            if self._process.poll() is not None:
                return False
            if not listening(self._process.pid).isdisjoint(ports):
                # Its other ports follow within this moment; one that stays closed may be what the test asks.
                await asyncio.sleep(0.05)
                return True
            await asyncio.sleep(0.01)
        return False

    async def stop(self) -> tuple[int | None, str, str]:
        """Ends the engine; returns its exit code, None if it ran until now, and what it wrote."""
        code = self._process.poll()
        if code is None:
            self._process.send_signal(signal.SIGTERM)
            for _ in range(200):
                if self._process.poll() is not None:
                    break
                await asyncio.sleep(0.01)
            else:
                self._process.kill()
                self._process.wait()
        stdout, stderr = (path.read_text("latin-1") for path in self._said)
        return code, stdout, stderr


def listening(process: int) -> set[int]:
    """Returns the TCP ports that something listens on in a process's network namespace; none, if it has ended."""
    ports: set[int] = set()
    with suppress(FileNotFoundError, ProcessLookupError):
        for table in ("tcp", "tcp6"):
            for line in Path(f"/proc/{process}/net/{table}").read_text("ascii").splitlines()[1:]:
                _, local, _, state, *_ = line.split()
                if state == LISTENING:
                    ports.add(int(local.rpartition(":")[2], 16))
    return ports
