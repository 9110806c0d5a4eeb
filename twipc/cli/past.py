"""A project as a revision of git has it."""

from __future__ import annotations

from pathlib import Path

from twipc.project import Project
from twipc.run import Failed, Runner
from twipc.target.runtime import Answer, Step


class NoRevision(Exception):
    """Git does not know the revision, is not there, or the project is not in git; says why in one line."""


class Past(Project, eq=False, kw_only=True):
    """Reads the project's files out of a commit."""

    commit: str

    @classmethod
    def at(cls, root: Path, revision: str) -> Past:
        """Raises `NoRevision` where there is none."""
        if revision.startswith("-"):
            raise NoRevision(f"`{revision}` is no revision")
        found = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        if found.code:
            last = found.err.strip().splitlines()[-1:] or ["no such commit"]
            raise NoRevision(f"git knows no revision `{revision}` here: {last[0]}")
        return cls(root, commit=found.out.strip())

    def read(self, path: str) -> bytes | None:
        """A file of the project as it was; None where there was none."""
        found = _git(self.root, "show", "--end-of-options", f"{self.commit}:./{path}")
        if found.code:
            return None
        self.sources[path] = found.out
        return found.out.encode("utf-8", "surrogateescape")


def _git(root: Path, *words: str) -> Answer:
    try:
        return Runner(root).answer(Step(("git", *words), "ask git", reads=True))
    except Failed as failed:
        raise NoRevision(failed.said) from None
