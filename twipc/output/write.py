"""Replaces what lies in a target's folder, file by file: each is the old or the new one, whole, at any moment.

First a record of what is going to be written, then each file as a temporary one that replaces the old, then the manifest.
A run that is cut off leaves the record, so that the next run knows every file as ours and puts things right.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from .folder import MANIFEST, MODE, PENDING, Folder, State, WriteFailed, manifest


def write(folder: Folder, wanted: Mapping[str, str]) -> list[str]:
    """Make the folder hold `wanted` and nothing else of ours; gives the names that changed.

    What was edited or is somebody else's is kept as `<name>.orig`: the caller has decided that it may go.
    Raises `WriteFailed`; each file is then as it was or as wanted.
    """
    states = folder.states(wanted)
    _sweep(folder.path, states)
    changes = [name for name, state in states.items() if state is not State.FRESH]
    if not changes and folder.manifest_is(wanted):
        return []
    try:
        _replace(folder, wanted, states, changes)
    except OSError as problem:
        where = problem.filename or folder.path
        raise WriteFailed(f"{where}: {problem.strerror}") from problem
    return changes


def _replace(folder: Folder, wanted: Mapping[str, str], states: Mapping[str, State], changes: list[str]) -> None:
    if wanted:
        _put(folder.path, PENDING, manifest(wanted))
    for name in changes:
        if states[name] in (State.EDITED, State.FOREIGN):
            _set_aside(folder.path, name)
        elif states[name] is State.ORPHANED:
            (folder.path / name).unlink()
        if name in wanted:
            _put(folder.path, name, wanted[name].encode())
        _remove_empty((folder.path / name).parent, folder.path)
    if wanted:
        _put(folder.path, MANIFEST, manifest(wanted))
    else:
        (folder.path / MANIFEST).unlink(missing_ok=True)
    (folder.path / PENDING).unlink(missing_ok=True)
    if not wanted:
        _remove_empty(folder.path, folder.path.parent.parent)


def _put(root: Path, name: str, content: bytes) -> None:
    """Replaces one file; a link there is replaced itself, never followed."""
    path = root / name
    _make_folders(root, path.parent)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, MODE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, MODE)
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _make_folders(root: Path, parent: Path) -> None:
    """Every folder from `out/` down is a real one: a link would lead the write elsewhere."""
    out = root.parent.parent
    for folder in (out, *reversed([above for above in (parent, *parent.parents) if above.is_relative_to(out)])):
        if folder.is_symlink():
            raise WriteFailed(f"{folder} is a link: twipc writes only into folders of its own")
    parent.mkdir(parents=True, exist_ok=True)


def _sweep(root: Path, names: Mapping[str, State]) -> None:
    """Remove the temporary files of runs that were killed: under the lock nobody else writes."""
    for name in names:
        path = root / name
        for left in path.parent.glob(f".{path.name}.*.tmp"):
            left.unlink(missing_ok=True)


def _set_aside(root: Path, name: str) -> None:
    path = root / name
    kept = path.with_name(f"{path.name}.orig")
    count = 1
    while os.path.lexists(kept):
        count += 1
        kept = path.with_name(f"{path.name}.orig{count}")
    os.replace(path, kept)


def _remove_empty(folder: Path, top: Path) -> None:
    """Remove a folder and those above it, up to `top`, as long as they are empty."""
    while folder != top and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
