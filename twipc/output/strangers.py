"""Files in a target's folder that are not twipc's: which there are, and which of them Docker takes up by itself."""

from __future__ import annotations

import os
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from twipc.regex import late_regex

from .folder import MANIFEST, PENDING, Folder

TEMPORARY = late_regex(r"\.twipc-[0-9a-f]{12}\.tmp")
_KEPT = late_regex(r".*\.orig[0-9]*")
_READ = (".env*", "*override*", "compose*.y*ml", "docker-compose*.y*ml")
"""Names that Docker looks for beside the file that it was given, or in its place."""


def files(folder: Folder) -> Iterator[str]:
    """Everything in the folder that is no folder, by its path in it, but twipc's records and what was kept as `.orig`."""
    return _files(folder.path, "")


def _files(folder: Path, prefix: str) -> Iterator[str]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError:
        yield prefix.rstrip("/")  # nobody can say what is in it
        return
    for entry in entries:
        if _KEPT.fullmatch(entry.name) or (not prefix and _is_record(entry.name)):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _files(folder / entry.name, f"{prefix}{entry.name}/")
        else:
            yield f"{prefix}{entry.name}"


def _is_record(name: str) -> bool:
    return name in (MANIFEST, PENDING) or bool(TEMPORARY.fullmatch(name))


def is_read_by_docker(name: str) -> bool:
    """Whether Docker takes the file up without being told to: by its name, or as a part of an image's folder."""
    *above, last = name.lower().split("/")
    return "images" in above or (not above and any(fnmatchcase(last, pattern) for pattern in _READ))
