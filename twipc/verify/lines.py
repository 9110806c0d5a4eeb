"""Where two versions of an artifact differ, and which place of the spec each differing line came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from twipc.diagnostics import Path
from twipc.target import Artifact


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch that differs: its first line on disk, and the origins of the lines that should stand there."""

    line: int
    origins: tuple[Path, ...]
    found: tuple[str, ...]
    wanted: tuple[str, ...]

    def concerns(self, path: Path) -> bool:
        """Whether a line here came from `path`, from within it or from around it."""
        return any(origin[: len(path)] == path or path[: len(origin)] == origin for origin in self.origins if origin)

    def nearness(self, path: Path) -> int:
        """How many steps of `path` some line here shares."""
        return max((_shared(origin, path) for origin in self.origins), default=0)


def changes(artifact: Artifact, found: str) -> Iterator[Change]:
    """Every stretch in which `found` is not the artifact's text."""
    wanted, there = artifact.text.splitlines(), found.splitlines()
    for tag, first, last, start, end in SequenceMatcher(None, wanted, there, autojunk=False).get_opcodes():
        if tag != "equal":
            # Where lines were only added, the line before them says where in the spec this is.
            near = artifact.origins[first:last] or artifact.origins[max(0, first - 1) : first]
            yield Change(min(start + 1, max(1, len(there))), near, tuple(there[start:end]), tuple(wanted[first:last]))


def _shared(one: Path, other: Path) -> int:
    count = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        count += 1
    return count
