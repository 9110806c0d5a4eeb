"""What waits for the disk, several at a time: ext4 writes what is asked for at one time in one go."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from .folder import MODE, WriteFailed

_AT_ONCE = 8
"""Of 4, 8 and 32 these were the fastest on ext4."""


@contextmanager
def told(where: Path) -> Iterator[None]:
    """Tells of a refusal of the file system by the path that it names, of two the one that was to be; or else by this one."""
    try:
        yield
    except OSError as problem:
        raise WriteFailed(f"{problem.filename2 or problem.filename or where}: {problem.strerror}") from problem


def at_once(jobs: Sequence[Callable[[], None]]) -> None:
    """Do jobs that wait for the disk; raises what the first that fails does.

    Whoever interrupts, and a disk that is full, waits for those that are being done and for no more. Threads of
    `concurrent.futures` would do, but that takes as long to be imported as this saves.
    """
    failures: list[BaseException] = []

    def do(some: Iterable[Callable[[], None]]) -> None:
        try:
            for job in some:
                if failures:
                    return
                job()
        except BaseException as failure:  # is raised where it is waited for
            failures.append(failure)

    threads = [Thread(target=do, args=(jobs[first::_AT_ONCE],)) for first in range(min(_AT_ONCE, len(jobs)))]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    except BaseException as interrupt:
        failures.append(interrupt)
        raise
    finally:
        for thread in threads:
            if thread.ident:  # it was started
                thread.join()
    if failures:
        raise failures[0]


def stage(temporary: Path, content: bytes) -> None:
    """The content under a new name, whole and on the disk; raises `WriteFailed`."""
    with told(temporary.parent):
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, MODE)
        try:
            os.fchmod(descriptor, MODE)
            while content:
                content = content[os.write(descriptor, content) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def sync(folder: Path) -> None:
    """The names in this folder outlive a loss of power: the manifest must never be newer than what it lists.

    Raises `WriteFailed`.
    """
    with told(folder):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        except OSError as problem:
            if problem.errno != errno.EINVAL:  # some network file systems have no such thing for a folder
                raise
        finally:
            os.close(descriptor)
