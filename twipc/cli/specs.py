"""Which files are specs, whose project each belongs to, and how it is called from here."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from twipc.diagnostics import Report, Stopped
from twipc.diagnostics.render import visible
from twipc.project import Project, content_of
from twipc.syntax import salvage

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

STDIN = "-"
STDIN_FILE = "specs/<stdin>"


class Spec(Struct, frozen=True):
    """One spec that was asked for: its name in its project, its bytes, and the environment its file name promises."""

    project: Project
    file: str
    content: bytes
    stem: str


def spec_files(project: Project) -> list[Path]:
    """Every spec and fragment of a project."""
    found = spec_paths(project)
    for path in found:
        if path.suffix == ".yml" and path.with_suffix(".yaml") in found:
            raise click.UsageError(
                visible(f"{shown(path)} stands beside {path.stem}.yaml, and both would be `{path.stem}`: remove one")
            )
    return found


def spec_paths(project: Project) -> list[Path]:
    """Whatever has the name of one, also where nobody could say which of two is meant."""
    folder = project.root / "specs"
    return sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")])


def texts_of(project: Project) -> dict[str, str]:
    """Every spec and fragment as it is now, and those of other folders that were read."""
    texts = dict(project.sources)
    for path in spec_paths(project):
        with suppress(OSError):  # one that was asked for and cannot be read is told as such
            file, content = path.relative_to(project.root).as_posix(), content_of(path)
            project.found(file, content)
            texts[file] = content.decode("utf-8-sig", "replace")
    return texts


def shown(path: Path) -> str:
    """A path as one would write it from here."""
    return os.path.relpath(path, here())


def here() -> Path:
    """The folder that one stands in; that it is gone is wrong usage."""
    try:
        return Path.cwd()
    except OSError as problem:
        raise click.UsageError(f"the current folder is gone: {problem.strerror}") from None


def folder_of(path: str) -> Path:
    """Where git is asked about a file: in its folder, if there still is one."""
    return Path(path).parent if Path(path).parent.is_dir() else here()


def root_of(folder: Path) -> Path:
    """The nearest folder upward that holds `specs/`, or the folder itself."""
    return next((one for one in (folder, *folder.parents) if (one / "specs").is_dir()), folder)


def place_of(project: Project, file: str) -> str:
    """A file of a project as findings call it."""
    return "<stdin>" if file == STDIN_FILE else shown(project.root / file)


def environment_in(content: bytes) -> str:
    """The name that a spec on standard input gives itself, or "": it has no file name to agree with."""
    try:
        node = salvage(content, STDIN_FILE, Report()).node(("environment",))
    except Stopped:
        return ""
    return str(getattr(node, "value", ""))


def completed(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Environments of the project that one stands in, as far as a glance tells; else files, which shells find themselves."""
    from click.shell_completion import CompletionItem

    names: list[str] = []
    with suppress(OSError):  # a folder that is gone, a file that may not be read: nothing is told while a person types
        paths = [path for path in spec_paths(Project(root_of(Path.cwd()))) if path.stem.startswith(begun) and path.is_file()]
        names = [path.stem for path in paths if re.search(rb"\benvironment\b", path.read_bytes())]
    return [CompletionItem(name) for name in names] or [CompletionItem(begun, type="file")]
