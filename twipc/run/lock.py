"""One run at a time for one environment on one engine, whichever checkout it starts from."""

from __future__ import annotations

import fcntl
import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .engine import Engine


class Busy(Exception):
    """Another run is at work."""


@contextmanager
def alone(engine: Engine, name: str) -> Iterator[None]:
    """Nobody else of this machine's user changes the environment meanwhile; raises `Busy`, and waits for nobody."""
    folder = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()) / f"twipc-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    there = folder.lstat()
    if not stat.S_ISDIR(there.st_mode) or there.st_uid != os.getuid():
        raise Busy(f"{folder} is not a folder of yours")
    key = hashlib.sha256(f"{engine.host}\0{name}".encode()).hexdigest()[:16]
    descriptor = os.open(folder / f"{key}.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            who = os.read(descriptor, 64).decode(errors="replace").strip()
            raise Busy(
                f"another run of twipc is at work on {name}" + (f" (process {who})" if who.isdecimal() else "")
            ) from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(descriptor)
