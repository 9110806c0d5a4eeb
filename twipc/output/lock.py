"""One writer at a time for one `out/`."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .folder import WriteFailed

PATIENCE_S = 10.0


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """Holds `out` for one writer; raises `WriteFailed` if another does so for over ten seconds.

    The folder itself is locked: nothing is left behind that somebody could commit.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(out, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as problem:
        raise WriteFailed(f"{out}: {problem.strerror}") from problem
    try:
        _take(descriptor, out)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, out: Path) -> None:
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                raise WriteFailed(f"{out}: another run of twipc has been writing there for {PATIENCE_S:.0f} s") from None
            time.sleep(0.05)
        except OSError as problem:
            raise WriteFailed(f"{out}: {problem.strerror}") from problem
        else:
            return
