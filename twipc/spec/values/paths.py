"""Places of files: in a container, on a host, in the project."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

from .refusal import refuse
from .texts import without_controls


def _container_path(value: str) -> str:
    without_controls(value)
    if not value.startswith("/") or len(value) > 1024 or any(part in ("", ".", "..") for part in value[1:].split("/")):
        raise refuse(f"`{value}` is not a path in a container", "absolute, without `//`, `.`, `..` or a slash at the end")
    return value


_LONGEST_PART = 255
"""Of a file's name on every file system that containers lie on (Linux, NAME_MAX)."""


def _scratch_path(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._/-]+", value):
        raise refuse(
            f"`{value}` is not a place for scratch files", "letters, digits and / . _ -: Docker reads others as options"
        )
    return _container_path(value)


def _file_path(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._/-]+", value):
        raise refuse(f"`{value}` is not a place for a file", "letters, digits and / . _ -: Docker reads others as its own")
    if any(len(part) > _LONGEST_PART for part in value.split("/")):
        raise refuse("a part of the path is too long", f"between two slashes Linux takes {_LONGEST_PART} letters")
    return _container_path(value)


def _host_folder(value: str) -> str:
    if value != "/":  # which a rule refuses, with its reason
        _container_path(value)
    return value


def _export(value: str) -> str:
    """A folder that a server exports; the root of NFS 4 is one."""
    return value if value == "/" else _container_path(value)


def _project_path(value: str) -> str:
    without_controls(value)
    if not value or value.startswith("/") or "\\" in value or any(part in ("", "..") for part in value.split("/")):
        raise refuse(f"`{value}` is not a path in the project", "relative to the folder that holds `specs/`, without `..`")
    if any(len(part.encode()) > _LONGEST_PART for part in value.split("/")):
        raise refuse("a part of the path is too long", f"between two slashes Linux takes {_LONGEST_PART} bytes")
    return value


ContainerPath = Annotated[str, AfterValidator(_container_path)]
ScratchPath = Annotated[str, AfterValidator(_scratch_path)]
FilePath = Annotated[str, AfterValidator(_file_path)]
HostFolder = Annotated[str, AfterValidator(_host_folder)]
ExportPath = Annotated[str, AfterValidator(_export)]
ProjectPath = Annotated[str, AfterValidator(_project_path)]
