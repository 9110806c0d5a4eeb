"""What is long to make and always the same, kept outside the checkout from one run to the next."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterable
from pathlib import Path

FORGOTTEN_AFTER = 14 * 24 * 3600


def cached(name: str, made_of: Iterable[str | bytes], make: Callable[[Path], None]) -> Path:
    """The file or folder that `make` makes of the inputs named; made once, whoever asks at the same time."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "twipc-tests"
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f"{name}-{digest(made_of)}"
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            _forget(folder, name)
            work = folder / f"{name}.work"
            remove(work)  # of a run that was cut off
            make(work)
            work.rename(place)
        os.utime(place)
    return place


def digest(made_of: Iterable[str | bytes]) -> str:
    """Of the inputs, in their order."""
    told = hashlib.sha256()
    for one in made_of:
        content = one.encode() if isinstance(one, str) else one
        told.update(b"%d:" % len(content) + content)
    return told.hexdigest()[:16]


def contents(folder: Path) -> Iterable[str | bytes]:
    """What is in a folder, as inputs; without what git or a build leaves there."""
    for file in sorted(folder.rglob("*")):
        if file.is_file() and "target" not in file.relative_to(folder).parts:
            yield str(file.relative_to(folder))
            yield file.read_bytes()


def _forget(folder: Path, name: str) -> None:
    for old in folder.glob(f"{name}-*"):
        if old.stat().st_mtime < time.time() - FORGOTTEN_AFTER:
            remove(old)


def remove(place: Path) -> None:
    """A file or a folder, if it is there."""
    if place.is_dir():
        shutil.rmtree(place)
    place.unlink(missing_ok=True)
