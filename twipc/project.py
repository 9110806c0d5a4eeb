"""The folder of a project: its files are read here, and nothing else is."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path

from msgspec import Struct, field

from twipc.syntax import MOST_BYTES

_ABSENT = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG)
"""Errors that say that there is no file."""


def content_of(path: Path) -> bytes:
    """The bytes of a regular file, of one that is too large only the first; raises OSError for anything else.

    It never waits and always ends: a pipe may have no writer, and a device no end.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise FileNotFoundError(errno.ENOENT, "Not a file", str(path))
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        return file.read(MOST_BYTES + 1)


class Project(Struct, eq=False):
    """The folder that holds `specs/`, and what was read from it."""

    root: Path
    sources: dict[str, str] = field(default_factory=dict)
    contents: dict[str, bytes | None] = field(default_factory=dict)
    """Every file that was asked for, as it was found first; None for one that was not there."""
    steady: bool = True
    """Whether `contents` is all that was found: no file was closed, outside, or another at a second look."""
    closed: set[str] = field(default_factory=set)
    """The files that are never opened, by their paths in the project."""
    _closed: set[Path] = field(default_factory=set)

    def close(self, path: str) -> None:
        """Never open this file again, by whatever name: it holds a secret."""
        self.closed.add(path)
        with suppress(OSError, ValueError, RuntimeError):
            self._closed.add(self._native(path).resolve())

    def read(self, path: str) -> bytes | None:
        """A file of the project by its path in it; None where there is none for us: outside, or closed.

        Raises OSError for one that is there and cannot be read: that is not the spec's fault.
        """
        try:
            found = self._native(path).resolve(strict=True)
            if not found.is_relative_to(self.root.resolve()) or found in self._closed:
                self.steady = False
                return None
            content = content_of(found)
        except (ValueError, RuntimeError):  # a path with NUL is a ValueError, a loop of links a RuntimeError
            return None
        except OSError as problem:
            if problem.errno in _ABSENT:
                self.found(path, None)
                return None
            raise
        self.found(path, content)
        self.sources[path] = content.decode("utf-8-sig", "replace")
        return content

    def found(self, path: str, content: bytes | None) -> None:
        """Record what a file of the project, by its path in it, was found to hold."""
        self.steady &= self.contents.setdefault(path, content) == content

    def _native(self, path: str) -> Path:
        """A path of a spec on this machine: its bytes are UTF-8 whatever the locale is, and the output the same."""
        return self.root / os.fsdecode(path.encode())
