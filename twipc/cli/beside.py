"""The folder of a configuration file, as it is now or as a revision of git has it: what lies in it, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from msgspec import Struct, field

from twipc.project import content_of

from .past import LINK, Past

_MOST_LINKS = 40
"""As Linux follows."""
_HOMES = ("/etc/nginx", "/usr/local/nginx/conf", "/usr/local/etc/nginx")
"""Where nginx.conf lies by default (nginx's beginner's guide)."""


class Left(Exception):
    """It is not read, and what it holds is left open; says why, and what to do where it does not lie elsewhere."""

    def __init__(self, why: str, help: str = "") -> None:
        super().__init__(why)
        self.help = help


def copied(path: str) -> tuple[str | None, str]:
    """A path in nginx's own folder as a name in a copy of that, and that folder; None for any other."""
    full = os.path.normpath(path)
    home = next((one for one in _HOMES if full.startswith(f"{one}/")), "")
    return (full.removeprefix(f"{home}/"), home) if home else (None, "")


class Place(Protocol):
    """The folder of a main configuration file."""

    is_copy: bool
    """Whether it may be a copy of nginx's own, into which links lead by its name."""
    home: str
    """That folder, where a link led there last."""

    def names(self, folder: str) -> list[str]:
        """What lies in a folder of it; nothing where there is no such folder."""

    def content(self, name: str) -> bytes:
        """What a file of it holds; raises FileNotFoundError where there is none, and `Left`."""


class Disk(Struct):
    """As it lies on this machine."""

    folder: Path
    is_copy: bool = False
    home: str = ""

    def names(self, folder: str) -> list[str]:
        try:
            return [one.name for one in self._real(folder).iterdir()]
        except (FileNotFoundError, NotADirectoryError):
            return []

    def content(self, name: str) -> bytes:
        try:
            return content_of(self._real(name))
        except NotADirectoryError as problem:
            raise FileNotFoundError from problem

    def _real(self, name: str) -> Path:
        for _ in range(_MOST_LINKS):
            real = Path(os.path.realpath(self.folder / name))
            if real.is_relative_to(os.path.realpath(self.folder)):
                return real
            led = self._led(name) if self.is_copy else None
            if led is None:
                break
            name = led
        raise Left(f"is a link to {real}, out of the folder of the configuration")

    def _led(self, name: str) -> str | None:
        """Where the first link on the way to a name leads in a copy of nginx's folder."""
        parts = name.split("/")
        for count in range(1, len(parts) + 1):
            at = self.folder.joinpath(*parts[:count])
            to, home = copied(str(at.readlink())) if at.is_symlink() else (None, "")
            if to is not None:
                self.home = home
                return "/".join((to, *parts[count:]))
        return None


class RevisionOf(Struct):
    """As git has it; `folder` is that of the file, in the project."""

    past: Past
    folder: str
    listed: dict[str, Mapping[str, str]] = field(default_factory=dict)
    is_copy: bool = False
    home: str = ""

    def names(self, folder: str) -> list[str]:
        return list(self._entries(self._real(folder)))

    def content(self, name: str) -> bytes:
        real = self._real(name)
        folder, _, last = real.rpartition("/")
        content = self.past.read(f"{self.folder}/{real}") if self._entries(folder).get(last, "").startswith("100") else None
        if content is None:
            raise FileNotFoundError
        return content

    def _entries(self, folder: str) -> Mapping[str, str]:
        if folder not in self.listed:
            self.listed[folder] = self.past.listing(f"{self.folder}/{folder}")
        return self.listed[folder]

    def _real(self, name: str) -> str:
        """A name without links in it."""
        done: list[str] = []
        waiting, links = name.split("/"), 0
        while waiting:
            part = waiting.pop(0)
            at = "/".join((*done, part))
            if part == ".." and not done:
                raise Left("is a link out of the folder of the configuration")
            if part == "..":
                done.pop()
            elif part not in ("", ".") and self._entries("/".join(done)).get(part) == LINK and links < _MOST_LINKS:
                links += 1
                to = (self.past.read(f"{self.folder}/{at}") or b"").decode("utf-8", "surrogateescape")
                led, home = copied(to) if self.is_copy else (None, "")
                if led is None and to.startswith("/"):
                    raise Left(f"is a link to {to}, out of the folder of the configuration")
                if led is not None:
                    self.home, done = home, []
                waiting[:0] = (led or to).split("/")
            elif part not in ("", "."):
                done.append(part)
        return "/".join(done)
