"""Gaps: the places of a spec of which not all could be read, so that what is not found there may well be written."""

from __future__ import annotations

from collections.abc import Iterable

from twipc.diagnostics import Path


class Gaps:
    """Places at which something was wrong, and told: nothing that may only follow from it is told as well."""

    def __init__(self, paths: Iterable[Path] = (), *, flawed: bool = False) -> None:
        self.paths = frozenset(paths)
        self.flawed = flawed
        """Whether something else is wrong, which hides nothing."""
        self._around = frozenset(path[:length] for path in self.paths for length in range(len(path) + 1))

    def __bool__(self) -> bool:
        return bool(self.paths) or self.flawed

    def hide(self, path: Path) -> bool:
        """Whether what is not found at `path` may be there all the same.

        What an item of a list lacks stands in no other file: lists are replaced whole.
        """
        for length in range(len(path), -1, -1):
            if path[:length] in self.paths:
                return True
            if length < len(path) and isinstance(path[length - 1], int):
                return False
        return False

    def are_around(self, path: Path) -> bool:
        """Whether more may be said in what stands at `path`."""
        return self.hide((*path, ""))

    def lie_in(self, path: Path) -> bool:
        """Whether what stands at `path` is not all that was written there."""
        return path in self._around

    def touch(self, *paths: Path) -> bool:
        """Whether something at one of the paths, or in it, is not known."""
        return any(self.lie_in(path) or self.hide(path) for path in paths)


NO_GAPS = Gaps()
