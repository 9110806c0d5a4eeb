"""Replaces what lies in targets' folders, file by file: each is the old or the new one, whole, at any moment.

First a record of what is going to be written, then every new file beside the old ones under a temporary name: a full disk
is found out here, with everything still as it was. Then each takes its place, and the manifest comes last. A run that is
cut off leaves the record, so that the next run knows every file as ours and puts things right.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path

from msgspec import Struct

from .disk import at_once, stage, sync, told
from .folder import MANIFEST, PENDING, Folder, State, WriteFailed, manifest
from .strangers import TEMPORARY


class Written(Struct, frozen=True):
    """What a write did to a folder: the names that changed, and what was kept under which name."""

    changed: tuple[str, ...]
    kept: Mapping[str, str]


class Wish(Struct, frozen=True):
    """What a folder should hold, and nothing else of ours; `states` are those of now."""

    folder: Folder
    wanted: Mapping[str, str]
    states: Mapping[str, State]


def _tell_nobody(folder: Folder, written: Written) -> None:
    """For those who ask for no word of what was done."""


def write(wishes: Iterable[Wish], tell: Callable[[Folder, Written], None] = _tell_nobody) -> None:
    """Make each folder hold what is wanted there; nothing takes its place before all that is new is on the disk.

    What was edited or is somebody else's is kept as `<name>.orig`: the caller has decided that it may go, and is told of each
    folder as soon as it is whole, whatever becomes of the next.
    Raises `WriteFailed`; each file is then as it was or as wanted.
    """
    everything = [_Write(wish) for wish in wishes]
    changing = [one for one in everything if one.is_needed()]
    try:
        at_once([job for one in changing for job in one.stage()])
        for one in changing:
            one.announce()
        at_once([partial(sync, one.folder.path) for one in changing if one.wanted])
        for one in everything:
            if one in changing:
                one.replace()
            tell(one.folder, Written(tuple(one.changed), one.kept))
    finally:
        for one in changing:
            one.tidy()


def write_file(path: Path, text: str) -> bool:
    """Make one file hold a text, at any moment the old one or the new one, whole; False where it does already.

    Raises `WriteFailed`; the file is then as it was.
    """
    content = text.encode()
    with told(path):
        if path.is_file() and path.read_bytes() == content:
            return False
        staged = _temporary(path.parent)
        try:
            stage(staged, content)
            staged.replace(path)
        finally:
            staged.unlink(missing_ok=True)
        sync(path.parent)
    return True


class _Write:
    """One folder on its way from what it holds to what it should."""

    def __init__(self, wish: Wish) -> None:
        self.folder, self.wanted, self._states = wish.folder, wish.wanted, wish.states
        self.changed = [name for name, state in wish.states.items() if state is not State.FRESH]
        self.kept: dict[str, str] = {}
        self._new = [name for name in self.changed if name in self.wanted]
        self._parents = sorted({(self.folder.path / name).parent for name in self._new})
        self._staged: dict[str, Path] = {}
        self._record = b""
        self._was_cut_off = self.folder.occupied(PENDING)
        self._torn = False

    def is_needed(self) -> bool:
        """Whether anything is to be written; what runs that were killed left is removed in any case."""
        with told(self.folder.path):
            _sweep(self.folder.path)
        if self.wanted:
            return bool(self.changed) or not self.folder.manifest_is(self.wanted)
        return bool(self.changed or self.folder.recorded())

    def stage(self) -> list[Callable[[], None]]:
        """Jobs that put every new file beside the old ones, under a temporary name."""
        if not self.wanted:
            return []
        with told(self.folder.path):
            _make_folder(self.folder.path)
        self._record = manifest(self.wanted)
        self._staged = {name: _temporary(self.folder.path) for name in (MANIFEST, *self._new, PENDING)}
        return [partial(self._stage, name, temporary) for name, temporary in self._staged.items()]

    def _stage(self, name: str, temporary: Path) -> None:
        stage(temporary, self.wanted[name].encode() if name in self.wanted else self._record)

    def announce(self) -> None:
        """Leave a record of what is going to be written, for a next run if this one is cut off.

        The record of a run that was cut off stays as long as what it wrote: only `replace` puts this one into its place.
        """
        if not self.wanted:
            return
        with told(self.folder.path):
            for parent in self._parents:
                _make_folder(parent)
            if not self._was_cut_off:
                self._put(PENDING)

    def replace(self) -> None:
        """Put each file into its place, and then the manifest."""
        with told(self.folder.path):
            if PENDING in self._staged:
                self._put(PENDING)
                sync(self.folder.path)
            self._torn = True
            for name in self.changed:
                if self._states[name] in (State.EDITED, State.FOREIGN):
                    self.kept[name] = _set_aside(self.folder.path / name)
                elif self._states[name] is State.ORPHANED:
                    (self.folder.path / name).unlink()
                if name in self._staged:
                    self._put(name)
            for emptied in {(self.folder.path / name).parent for name in self.changed if name not in self.wanted}:
                _remove_empty(emptied, self.folder.path)
            if self.wanted:
                at_once([partial(sync, path) for path in {*self._parents, self.folder.path}])
                self._put(MANIFEST)
            else:
                (self.folder.path / MANIFEST).unlink(missing_ok=True)
            (self.folder.path / PENDING).unlink(missing_ok=True)
            if not self.wanted:
                _remove_empty(self.folder.path, self.folder.out)

    def _put(self, name: str) -> None:
        self._staged[name].replace(self.folder.path / name)
        del self._staged[name]

    def tidy(self) -> None:
        """Leave nothing of a write that failed: no temporary file, no empty folder, and no record if all is as it was."""
        for temporary in self._staged.values():
            with suppress(OSError):  # the next run sweeps it
                temporary.unlink(missing_ok=True)
        with suppress(OSError):
            if not self._torn and not self._was_cut_off:
                (self.folder.path / PENDING).unlink(missing_ok=True)
            for parent in (*self._parents, self.folder.path):
                _remove_empty(parent, self.folder.out)


def _temporary(root: Path) -> Path:
    return root / f".twipc-{secrets.token_hex(6)}.tmp"


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as problem:
        raise WriteFailed(f"{problem.filename} is not a folder: something else has the name of one") from problem


def _sweep(root: Path) -> None:
    """Remove the temporary files of runs that were killed: under the lock nobody else writes."""
    if root.is_dir():
        for path in list(root.iterdir()):
            if TEMPORARY.fullmatch(path.name) and (path.is_symlink() or path.is_file()):
                path.unlink(missing_ok=True)


def _set_aside(path: Path) -> str:
    """Keep what stands at `path` under the first free name; gives that name."""
    kept = path.with_name(f"{path.name}.orig")
    count = 1
    while os.path.lexists(kept):
        count += 1
        kept = path.with_name(f"{path.name}.orig{count}")
    path.replace(kept)
    return kept.name


def _remove_empty(folder: Path, top: Path) -> None:
    """Remove a folder and those above it, up to `top`, as long as they are empty."""
    while folder != top and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
