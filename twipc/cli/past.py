"""A project as a revision of git has it."""

from __future__ import annotations

from pathlib import Path

from twipc.project import Project
from twipc.run import Failed, Runner
from twipc.target.runtime import Answer, Step

LINK = "120000"
"""The mode of a symbolic link in git."""


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

    def listing(self, folder: str) -> dict[str, str]:
        """The modes of what lay in a folder, by their names; nothing where there was none."""
        found = _git(self.root, "ls-tree", "-z", self.commit, "--", f"./{folder}/")
        lines = (line.partition("\t") for line in found.out.split("\0") if line and not found.code)
        return {name.rpartition("/")[2]: about.partition(" ")[0] for about, _, name in lines}


def _git(root: Path, *words: str) -> Answer:
    try:
        return Runner(root).answer(Step(("git", *words), "ask git", reads=True))
    except Failed as failed:
        raise NoRevision(failed.said) from None
