"""Places of files: in a container, on a host, in the project."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

from ..limits import PATH, PATH_PART
from .refusal import Kind, refuse
from .texts import without_controls

_ABSOLUTE = "absolute, without `//`, `.`, `..` or a slash at the end"
_HOST_FOLDER = (
    "the whole path on the machine that the container runs on, such as /srv/news; a file of the project is brought by "
    "`configs` of the service"
)
_PLAIN = "letters, digits and / . _ -"
_WITHIN = "relative to the folder that holds `specs/`, without `..`"


def _parted(value: str) -> str:
    if any(len(part.encode()) not in PATH_PART for part in value.split("/")):
        raise refuse("a part of the path is too long", f"between two slashes Linux takes {PATH_PART.most} bytes")
    return value


def _container_path(value: str) -> str:
    without_controls(value)
    if not value.startswith("/") or any(part in ("", ".", "..") for part in value[1:].split("/")):
        raise refuse(f"`{value}` is not a path in a container", _ABSOLUTE)
    if len(value) not in PATH:
        raise refuse("the path is too long", f"a path in a container has up to {PATH.most} characters")
    return _parted(value)


def _scratch_path(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._/-]+", value):
        long = "; with a size it is {path: /tmp, size: 64MiB}" if ":" in value else ""
        raise refuse(f"`{value}` is not a place for scratch files", f"{_PLAIN}: Docker reads others as options{long}")
    if value == "/dev/shm":
        raise refuse("`/dev/shm` is what processes share", "write `shm_size: 64MiB`")
    return _container_path(value)


def _file_path(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._/-]+", value):
        raise refuse(f"`{value}` is not a place for a file", f"{_PLAIN}: Docker reads others as its own")
    return _container_path(value)


def _elsewhere(value: str, what: str, help: str) -> str:
    """A folder of another machine; its root is one, even where a rule refuses that with its reason."""
    without_controls(value)
    if not value.startswith("/") or (value != "/" and any(part in ("", ".", "..") for part in value[1:].split("/"))):
        raise refuse(f"`{value}` is not {what}", help)
    return value if value == "/" else _container_path(value)


def _host_folder(value: str) -> str:
    plain = value.rstrip("/") if value.startswith("/") else ""
    help = f"write `{plain}`" if plain and "/." not in plain and "//" not in plain else _HOST_FOLDER
    return _elsewhere(value, "a folder of the host", help)


def _export(value: str) -> str:
    """A folder that a server exports; the root of NFS 4 is one."""
    return _elsewhere(value, "a folder that a server exports", "its whole path on the server, such as /srv/news")


def _project_path(value: str) -> str:
    without_controls(value)
    if not value or value.startswith("/") or "\\" in value or any(part in ("", "..") for part in value.split("/")):
        plain = re.sub("/+", "/", value.replace("\\", "/")).rstrip("/")
        meant = plain and not plain.startswith("/") and ".." not in plain.split("/") and "://" not in value
        raise refuse(f"`{value}` is not a path in the project", f"{_WITHIN}; did you mean `{plain}`?" if meant else _WITHIN)
    return _parted(value)


_IN_CONTAINER = "a path in the container"
ContainerPath = Annotated[str, Kind(_IN_CONTAINER, _ABSOLUTE), AfterValidator(_container_path)]
ScratchPath = Annotated[str, Kind(_IN_CONTAINER, f"absolute; {_PLAIN}"), AfterValidator(_scratch_path)]
FilePath = Annotated[str, Kind(_IN_CONTAINER, f"absolute; {_PLAIN}"), AfterValidator(_file_path)]
HostFolder = Annotated[str, Kind("a folder of the host", _ABSOLUTE), AfterValidator(_host_folder)]
ExportPath = Annotated[str, Kind("a folder that a server exports", _ABSOLUTE), AfterValidator(_export)]
ProjectPath = Annotated[str, Kind("a path in the project", _WITHIN), AfterValidator(_project_path)]
