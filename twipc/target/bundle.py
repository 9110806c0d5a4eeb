"""What a target makes of a model: files as text, each line with the place in the spec that it came from."""

from __future__ import annotations

from msgspec import Struct

from twipc.diagnostics import Path


class Artifact(Struct, frozen=True):
    """One file, named relative to the target's own output folder.

    `origins` has one spec path for each line of `text`. `comment` begins a comment line in this format ("" if it has none).
    Without `meaning` there is no reader for it, and it is compared whole.
    """

    path: str
    text: str
    origins: tuple[Path, ...]
    comment: str = "#"
    meaning: bool = True


class Bundle(Struct, frozen=True):
    """Everything that one target made of one model, by path."""

    artifacts: tuple[Artifact, ...]

    def __post_init__(self) -> None:
        paths = [artifact.path for artifact in self.artifacts]
        assert paths == sorted(set(paths)), f"artifacts are sorted by path and have one each: {paths}"

    @property
    def texts(self) -> dict[str, str]:
        return {artifact.path: artifact.text for artifact in self.artifacts}


def plain(path: str, text: str, origin: Path, *, comment: str = "") -> Artifact:
    """An artifact without a reader, all of whose lines come from one place."""
    return Artifact(path, text, (origin,) * len(text.splitlines()), comment, meaning=False)


def bundle(*artifacts: Artifact) -> Bundle:
    return Bundle(tuple(sorted(artifacts, key=lambda artifact: artifact.path)))
