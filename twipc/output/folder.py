"""A target's folder in `out/` and its manifest: which files are ours, and in which state each is."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from pathlib import Path
from posixpath import dirname, normpath

from msgspec import Struct

MANIFEST = ".twipc-manifest.json"
PENDING = ".twipc-manifest.next.json"
FORMAT = 1
"""Changes when the manifest's form does, never with twipc's version: the same spec gives the same bytes."""
MODE = 0o644
_MOST_READ = 16 << 20
"""Far more than any file of ours has: of what is longer the rest need not be read to know that it is not ours."""


class WriteFailed(Exception):
    """The file system refused, or what lies there must not be written to; says what and why in one line."""


class State(Enum):
    """What a file on disk is, seen from the bundle that should be there."""

    FRESH = "fresh"
    MISSING = "missing"
    STALE = "stale"
    EDITED = "edited"
    FOREIGN = "foreign"
    ORPHANED = "orphaned"


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class Folder(Struct, frozen=True):
    """`out/<environment>/<target>/` as it is on disk."""

    path: Path

    @property
    def out(self) -> Path:
        return self.path.parent.parent

    def read(self, name: str) -> bytes | None:
        """The content of a regular file; None for what is not there, a link or no file."""
        path = self.path / name
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as problem:
            if path.is_symlink() or path.is_dir():
                return None
            raise WriteFailed(f"{path}: {problem.strerror}") from problem
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            return None
        with os.fdopen(descriptor, "rb") as file:
            return file.read(_MOST_READ)

    def occupied(self, name: str) -> bool:
        """Whether anything at all stands at `name`, a dangling link included."""
        return os.path.lexists(self.path / name)

    def instead(self, name: str) -> str:
        """What stands at `name` that is no regular file, in words; empty where one stands or nothing does."""
        try:
            mode = (self.path / name).lstat().st_mode
        except OSError:
            return ""
        kinds = ((stat.S_ISREG, ""), (stat.S_ISLNK, "a link"), (stat.S_ISDIR, "a folder"))
        return next((kind for fits, kind in kinds if fits(mode)), "a device, pipe or socket")

    def mode(self, name: str) -> int:
        """The permissions of the regular file at `name`."""
        return stat.S_IMODE((self.path / name).lstat().st_mode)

    def _keeps_modes(self) -> bool:
        """Whether the file system knows modes at all.

        Nobody makes a manifest executable: where it is, a new file tells, if the system can make one without a name.
        """
        try:
            if not self.mode(MANIFEST) & 0o111:
                return True
            descriptor = os.open(self.path, os.O_WRONLY | os.O_TMPFILE, MODE)
        except FileNotFoundError:
            return True
        except (OSError, AttributeError):
            return False
        try:
            os.fchmod(descriptor, MODE)
            return stat.S_IMODE(os.fstat(descriptor).st_mode) == MODE
        except OSError:
            return False
        finally:
            os.close(descriptor)

    def recorded(self) -> dict[str, set[str]]:
        """The digests that twipc wrote for each file: those of the manifest, and of a run that did not finish."""
        known: dict[str, set[str]] = {}
        for record in (MANIFEST, PENDING):
            for name, entry in _files(self.read(record)).items():
                known.setdefault(name, set()).add(entry)
        return known

    def states(self, wanted: Mapping[str, str]) -> dict[str, State]:
        """The state of each wanted and each recorded file, by name; raises `WriteFailed` where a link stands for a folder."""
        for folder in (self.out, self.path.parent, self.path):
            refuse_link(folder)
        known = self.recorded()
        for folder in self._folders(wanted):
            refuse_link(folder)
        modes = self._keeps_modes()
        states = {name: self._state(name, text.encode(), known.get(name), modes) for name, text in wanted.items()}
        for name in known.keys() - wanted.keys():
            if any(folder.is_symlink() for folder in self._folders([name])):
                continue  # whatever lies behind a link is not ours
            content = self.read(name)
            if content is None and not self.occupied(name):
                continue
            ours = content is not None and digest(content) in known[name]
            states[name] = State.ORPHANED if ours else State.EDITED
        return dict(sorted(states.items()))

    def _folders(self, names: Iterable[str]) -> Iterator[Path]:
        """The folders within this one that lead to these files."""
        nearest = sorted({dirname(name) for name in names} - {""})
        return (self.path / above for one in map(Path, nearest) for above in (one, *one.parents) if above != Path())

    def _state(self, name: str, wanted: bytes, known: set[str] | None, modes: bool) -> State:
        content = self.read(name)
        if content is None:
            if not self.occupied(name):
                return State.MISSING
            return State.EDITED if known else State.FOREIGN
        if content == wanted:
            return State.FRESH if not modes or fits(self.mode(name)) else State.STALE
        if known is None:
            return State.FOREIGN
        return State.STALE if digest(content) in known else State.EDITED

    def manifest_is(self, wanted: Mapping[str, str]) -> bool:
        """Whether the manifest says just what it should and no run was cut off."""
        return self.read(MANIFEST) == manifest(wanted) and self.read(PENDING) is None


def fits(mode: int) -> bool:
    """Whether a file's mode is the one that twipc gives; a checkout may let the group write, as its umask has it."""
    return mode & ~stat.S_IWGRP == MODE


def refuse_link(folder: Path) -> None:
    """Every folder from `out/` down is a real one: a link would lead a write elsewhere."""
    if folder.is_symlink():
        raise WriteFailed(f"{folder} is a link: twipc writes only into folders of its own")


def manifest(wanted: Mapping[str, str]) -> bytes:
    """What was written: path, sha256 and mode, and nothing that differs between machines."""
    files = {name: {"mode": f"{MODE:04o}", "sha256": digest(text.encode())} for name, text in sorted(wanted.items())}
    return (json.dumps({"format": FORMAT, "files": files}, indent=2) + "\n").encode()


def _files(content: bytes | None) -> dict[str, str]:
    """Name and digest of each file in a manifest; a damaged one names none, so that nothing is taken for ours."""
    if content is None:
        return {}
    try:
        files = json.loads(content)["files"]
        return {str(name): str(entry["sha256"]) for name, entry in files.items() if _is_inside(str(name))}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _is_inside(name: str) -> bool:
    """Whether a manifest may name it: a plain path below the folder, in the one form that twipc writes it."""
    return (
        name.isprintable()
        and normpath(name) == name
        and not name.startswith("/")
        and all(0 < len(part.encode()) < 256 and part not in (".", "..") for part in name.split("/"))
        and name not in (MANIFEST, PENDING)
    )
