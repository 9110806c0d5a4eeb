"""Replaces what lies in a target's folder, file by file: each is the old or the new one, whole, at any moment.

First a record of what is going to be written, then every new file beside the old ones under a temporary name: a full disk
is found out here, with everything still as it was. Then each takes its place, and the manifest comes last. A run that is
cut off leaves the record, so that the next run knows every file as ours and puts things right.
"""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from .folder import MANIFEST, MODE, PENDING, Folder, State, WriteFailed, manifest
from .strangers import TEMPORARY

_MOST_IN_TURN = 32
_AT_ONCE = 8
"""Files that wait for the disk at one time; of 4, 8 and 32 these were the fastest on ext4."""


class Written(Struct, frozen=True):
    """What a write did: the names that changed, and what was kept under which name."""

    changed: tuple[str, ...]
    kept: Mapping[str, str]


def write(folder: Folder, wanted: Mapping[str, str], states: Mapping[str, State] | None = None) -> Written:
    """Make the folder hold `wanted` and nothing else of ours; `states` are those of now, where they are known.

    What was edited or is somebody else's is kept as `<name>.orig`: the caller has decided that it may go.
    Raises `WriteFailed`; each file is then as it was or as wanted.
    """
    if states is None:
        states = folder.states(wanted)
    try:
        _sweep(folder.path)
        changed = [name for name, state in states.items() if state is not State.FRESH]
        if not changed and (folder.manifest_is(wanted) if wanted else not folder.recorded()):
            return Written((), {})
        return Written(tuple(changed), _replace(folder, wanted, states, changed))
    except OSError as problem:
        where = problem.filename or folder.path
        raise WriteFailed(f"{where}: {problem.strerror}") from problem


def write_file(path: Path, text: str) -> bool:
    """Make one file hold a text, at any moment the old one or the new one, whole; False where it does already.

    Raises `WriteFailed`; the file is then as it was.
    """
    content = text.encode()
    try:
        if path.is_file() and path.read_bytes() == content:
            return False
        staged = _temporary(path.parent)
        try:
            _stage(staged, content)
            staged.replace(path)
        finally:
            staged.unlink(missing_ok=True)
        _sync([path.parent])
    except OSError as problem:
        raise WriteFailed(f"{path}: {problem.strerror}") from problem
    return True


def _replace(folder: Folder, wanted: Mapping[str, str], states: Mapping[str, State], changed: list[str]) -> dict[str, str]:
    contents = {name: wanted[name].encode() for name in changed if name in wanted}
    parents = sorted({(folder.path / name).parent for name in contents})
    cut_off = folder.occupied(PENDING)
    staged: dict[str, Path] = {}
    kept: dict[str, str] = {}
    torn = False
    try:
        if wanted:
            _make_folder(folder.path)
            record = manifest(wanted)
            new = {MANIFEST: record, **contents, PENDING: record}
            staged = {name: _temporary(folder.path) for name in new}
            _stage_all(staged.values(), new.values())
            for parent in parents:
                _make_folder(parent)
            staged[PENDING].replace(folder.path / PENDING)
            del staged[PENDING]
            _sync([folder.path])
        torn = True
        for name in changed:
            if states[name] in (State.EDITED, State.FOREIGN):
                kept[name] = _set_aside(folder.path / name)
            elif states[name] is State.ORPHANED:
                (folder.path / name).unlink()
            if name in contents:
                staged[name].replace(folder.path / name)
                del staged[name]
        for emptied in {(folder.path / name).parent for name in changed if name not in contents}:
            _remove_empty(emptied, folder.path)
        if wanted:
            _sync({*parents, folder.path})
            staged[MANIFEST].replace(folder.path / MANIFEST)
        else:
            (folder.path / MANIFEST).unlink(missing_ok=True)
        (folder.path / PENDING).unlink(missing_ok=True)
    finally:
        _tidy(folder, staged.values(), parents, forget=not torn and not cut_off)
    if not wanted:
        _remove_empty(folder.path, folder.out)
    return kept


def _temporary(root: Path) -> Path:
    return root / f".twipc-{secrets.token_hex(6)}.tmp"


def _stage_all(temporaries: Iterable[Path], contents: Collection[bytes]) -> None:
    """Each content under its temporary name; many at once, for the disk takes what is to be on it at one time in one go."""
    if len(contents) <= _MOST_IN_TURN:
        for temporary, content in zip(temporaries, contents, strict=True):
            _stage(temporary, content)
        return
    from concurrent.futures import ThreadPoolExecutor

    files = list(zip(temporaries, contents, strict=True))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for _ in pool.map(_stage_some, (files[first::_AT_ONCE] for first in range(_AT_ONCE))):
            pass


def _stage_some(files: Iterable[tuple[Path, bytes]]) -> None:
    for temporary, content in files:
        _stage(temporary, content)


def _stage(temporary: Path, content: bytes) -> None:
    """The content, whole and on the disk."""
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, MODE)
    try:
        os.fchmod(descriptor, MODE)
        while content:
            content = content[os.write(descriptor, content) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as problem:
        raise WriteFailed(f"{problem.filename} is not a folder: something else has the name of one") from problem


def _sync(folders: Iterable[Path]) -> None:
    """The names in these folders outlive a loss of power: the manifest must never be newer than what it lists."""
    for folder in folders:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        except OSError as problem:
            if problem.errno != errno.EINVAL:  # some network file systems have no such thing for a folder
                raise
        finally:
            os.close(descriptor)


def _tidy(folder: Folder, staged: Iterable[Path], parents: Iterable[Path], *, forget: bool) -> None:
    """Leave nothing of a write that failed: no temporary file, no empty folder, and no record if all is still as it was."""
    for temporary in staged:
        with suppress(OSError):  # the next run sweeps it
            temporary.unlink(missing_ok=True)
    with suppress(OSError):
        if forget:
            (folder.path / PENDING).unlink(missing_ok=True)
        for parent in (*parents, folder.path):
            _remove_empty(parent, folder.out)


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
