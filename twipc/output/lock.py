"""One writer at a time for one `out/`, and only where twipc may write."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .folder import MANIFEST, PENDING, WriteFailed, refuse_link

PATIENCE_S = 10.0


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """Holds `out` for one writer; raises `WriteFailed` if another does so for over ten seconds.

    The folder itself is locked: nothing is left behind that somebody could commit.
    """
    refuse_link(out)
    try:
        out.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(out, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except (FileExistsError, NotADirectoryError) as problem:
        raise WriteFailed(f"{problem.filename or out} is not a folder") from problem
    except OSError as problem:
        raise WriteFailed(f"{problem.filename or out}: {problem.strerror}") from problem
    try:
        _take(descriptor, out)
        _refuse_foreign(out)
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


def _home() -> Path | None:
    """The user's, who has none where neither HOME nor the system knows of one."""
    try:
        return Path.home().resolve()
    except RuntimeError:
        return None


def _refuse_foreign(out: Path) -> None:
    """Somebody else's folder, named by a slip of `--out`: the root, a home, a repository, files and nothing of ours."""
    real = out.resolve()
    if real in (Path(real.anchor), _home()) or (real / ".git").exists():
        raise WriteFailed(f"{out} is no place for artifacts: name a folder of their own")
    try:
        holds_files = any(path.is_symlink() or not path.is_dir() for path in real.iterdir() if path.name[0] != ".")
        if holds_files and not any(next(real.glob(f"*/*/{record}"), None) for record in (MANIFEST, PENDING)):
            raise WriteFailed(f"{out} holds files that twipc did not write: name a folder of its own")
    except OSError as problem:
        raise WriteFailed(f"{out}: {problem.strerror}") from problem
