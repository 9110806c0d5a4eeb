"""Bundles and the folders that they belong into: written, checked, shown as a diff."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import click
from msgspec import Struct

from twipc.diagnostics import Finding, Span
from twipc.diagnostics.render import visible
from twipc.driver import Compiled
from twipc.output import MODE, Folder, State, Wish, Written, codes, files, is_read_by_docker, write
from twipc.project import Project
from twipc.verify.disk import verify_folder
from twipc.verify.lines import changes

from .session import Session
from .specs import shown, spec_files

_CODES = {
    State.STALE: codes.STALE,
    State.MISSING: codes.MISSING,
    State.ORPHANED: codes.ORPHANED,
    State.EDITED: codes.EDITED,
    State.FOREIGN: codes.FOREIGN,
}
_SAID = {
    State.STALE: "is not what the spec makes",
    State.MISSING: "is not there",
    State.ORPHANED: "is not made by any spec now",
    State.EDITED: "was edited by hand",
    State.FOREIGN: "was not written by twipc",
}
_REFUSED = (State.EDITED, State.FOREIGN)
_MOST_MEANINGS = 3
_MOST_READ = 1000
"""Files that are read back, all in all, to say what those of a folder mean that are not what the spec makes."""
_NOTHING = "nothing to write"
_END = "\n"
_NO_END = "\\ No newline at end of file\n"


class Placed(Struct, frozen=True):
    """A folder of artifacts and the bundle that belongs there; none belongs where a target was taken out of the spec."""

    project: Project
    folder: Folder
    compiled: Compiled | None = None

    @property
    def wanted(self) -> Mapping[str, str]:
        return self.compiled.texts if self.compiled else {}

    def file(self, name: str = "") -> str:
        """The folder, or a file in it, by its path from the project."""
        return os.path.relpath(self.folder.path / name, self.project.root)


def placed(project: Project, out: Path | None, compiled: Compiled) -> Placed:
    """Where a bundle belongs: `out/` beside `specs/`, or another folder that was named."""
    root = out or project.root / "out"
    return Placed(project, Folder(root / compiled.model.environment.environment / compiled.target.name), compiled)


def orphans(project: Project, root: Path, there: Iterable[Placed], environments: Iterable[str]) -> Iterator[Placed]:
    """Folders of these environments that twipc wrote for a target which is not theirs any more."""
    wanted = {one.folder.path for one in there}
    for environment in sorted(environments):
        for path in sorted((root / environment).glob("*")):
            if path not in wanted and path.is_dir() and not path.is_symlink() and Folder(path).recorded():
                yield Placed(project, Folder(path))


def gone(project: Project, root: Path) -> set[str]:
    """The environments that have a folder in `out/` and no spec any more."""
    specs = {path.stem for path in spec_files(project)}
    there = {path.name for path in root.glob("*") if path.is_dir() and not path.is_symlink()}
    return there - specs


def place(session: Session, everything: Iterable[Placed], *, force: bool) -> None:
    """Make folders hold their bundles; one where that would lose what somebody else wrote stays as it is, and is told."""
    placing: dict[Path, Placed] = {}
    wishes: list[Wish] = []
    for one in everything:
        wish = Wish(one.folder, one.wanted, one.folder.states(one.wanted))
        refused = [(name, state) for name, state in wish.states.items() if state in _REFUSED]
        if refused and not force:
            session.add(one.project, _findings(one, refused))
        else:
            placing[one.folder.path] = one
            wishes.append(wish)
    write(wishes, lambda folder, written: _tell(session, placing[folder.path], written))


def _tell(session: Session, one: Placed, written: Written) -> None:
    """What was done to a folder, and under which names what stood there is kept."""
    told = f"{len(written.changed)} {'written' if one.compiled else 'removed'}" if written.changed else _NOTHING
    now, again = (visible(f"{shown(one.folder.path)}: {what}") + "\n" for what in (told, _NOTHING))
    session.say(now, to_stderr=True, again=again if one.compiled else "")
    for name, kept in written.kept.items():
        session.say(visible(f"  {name}: what was there is kept as {kept}") + "\n", to_stderr=True, again="")


def check(session: Session, everything: Iterable[Placed]) -> bool:
    """Report everything on disk that is not what the specs say; True if there is any."""
    count, any_change = 0, False
    for one in everything:
        count += 1
        found = unfresh(one)
        any_change |= bool(found)
        session.add(one.project, [*found, *(strangers(one) if one.compiled else ())])
    if count and not any_change and not session.fails(session.report.findings):
        session.say(f"fresh: {folders(count)} what the specs say\n", to_stderr=True)
    return any_change


def unfresh_below(one: Placed, folder: str) -> list[Finding]:
    """What below a folder of a folder is not what the spec makes."""
    return _findings(one, [(name, state) for name, state in _otherwise(one) if name.startswith(f"{folder}/")])


def unfresh(one: Placed) -> list[Finding]:
    """What in a folder is not what the spec makes."""
    found = _findings(one, _otherwise(one))
    if not found and not one.folder.manifest_is(one.wanted):
        said = f"the manifest of {shown(one.folder.path)} is not the one that belongs there"
        found = [Finding(codes.STALE, said, help="run `twipc compile`")]
    return found


def strangers(one: Placed) -> list[Finding]:
    """Files in the folder that are neither made by the spec nor recorded as twipc's: only told, never touched."""
    ours = {*one.wanted, *one.folder.recorded()}
    return [_stranger(one, name) for name in files(one.folder) if name not in ours]


def _stranger(one: Placed, name: str) -> Finding:
    what = one.folder.instead(name) or "a file"
    code, why = codes.STRANGER, "the spec does not make it"
    if is_read_by_docker(name):
        baked = "images" in name.lower().split("/")[:-1]
        code, why = codes.TAKEN_UP, "it would be baked into an image" if baked else "Docker reads it by itself"
    span = Span(one.file(name), 1, 1, 1, 2) if what == "a file" else None
    return Finding(
        code, f"{shown(one.folder.path / name)} is {what} that is not twipc's: {why}", span, help="move it out of the folder"
    )


def unwanted(one: Placed) -> list[Finding]:
    """Everything in the folder that the spec does not make."""
    recorded = one.folder.recorded()
    orphaned = [(name, State.ORPHANED) for name in files(one.folder) if name in recorded and name not in one.wanted]
    return [*_findings(one, orphaned), *strangers(one)]


def diff(everything: Iterable[Placed]) -> bool:
    """Print what compiling would change; True if it would change anything."""
    any_change = False
    for one in everything:
        for name, state in one.folder.states(one.wanted).items():
            if state is not State.FRESH:
                any_change = True
                if mode := _wrong_mode(one, name, state):
                    click.echo(visible(f"{shown(one.folder.path / name)}: old mode {mode}, new mode {MODE:04o}"))
                before = (one.folder.read(name) or b"").decode("utf-8", "replace")
                click.echo(_unified(before, one.wanted.get(name, ""), shown(one.folder.path / name)), nl=False)
    return any_change


def _wrong_mode(one: Placed, name: str, state: State) -> str:
    """The mode of a file that is stale by it alone; empty for any other."""
    same = state is State.STALE and one.folder.read(name) == one.wanted[name].encode()
    return f"{one.folder.mode(name):04o}" if same else ""


def _unified(before: str, after: str, name: str) -> str:
    from difflib import unified_diff

    lines = unified_diff(_lines(before), _lines(after), name, name)
    return "".join(f"{visible(line.removesuffix(_END))}\n{'' if line.endswith(_END) else _NO_END}" for line in lines)


def _lines(text: str) -> list[str]:
    return [line for line in re.split(r"(?<=\n)", text) if line]


def folders(count: int) -> str:
    """A number of folders and its verb."""
    return f"{count} folder is" if count == 1 else f"{count} folders are"


def _otherwise(one: Placed) -> list[tuple[str, State]]:
    return [(name, state) for name, state in one.folder.states(one.wanted).items() if state is not State.FRESH]


def _findings(one: Placed, states: Iterable[tuple[str, State]]) -> list[Finding]:
    """A finding for each file; the first of them also say what is meant there now, for which the whole folder is read."""
    most = max(1, _MOST_READ // max(1, len(one.wanted)))
    return [_finding(one, name, state, is_read=count < most) for count, (name, state) in enumerate(states)]


def _finding(one: Placed, name: str, state: State, *, is_read: bool) -> Finding:
    file = one.file(name)
    content = one.folder.read(name)
    said, span = _SAID[state], None
    if mode := _wrong_mode(one, name, state):
        said = f"has mode {mode}, not {MODE:04o}"
    elif content is not None:
        text = content.decode("utf-8", "replace")
        one.project.sources[file] = text
        span, meaning = _judged(one, name, text, Span(file, 1, 1, 1, 2), is_read=is_read)
        said += meaning
    elif one.folder.occupied(name):
        said = f"is no file of twipc's: {one.folder.instead(name)} stands there"
    help = "run `twipc compile`"
    if state in _REFUSED:
        help = "put the change into the spec, or replace it by `twipc compile --force` (it is kept as .orig)"
        if state is State.FOREIGN and not one.folder.recorded():
            help = "move it away, or replace it by `twipc compile --force` (kept as .orig); no manifest says that it is twipc's"
    return Finding(_CODES[state], f"{shown(one.folder.path / name)} {said}", span, help=help)


def _judged(one: Placed, name: str, text: str, start: Span, *, is_read: bool) -> tuple[Span, str]:
    """Where a text differs from the one that belongs there, and what it now means, if it is to be read."""
    compiled = one.compiled
    artifact = next((each for each in compiled.bundle.artifacts if each.path == name), None) if compiled else None
    if not compiled or not artifact:
        return start, ""
    first = next(changes(artifact, text), None)
    if not first:
        return start, ""
    span = Span(start.file, first.line, 1, first.line, first.columns[1])
    if not is_read:
        return span, ""
    texts = {**compiled.texts, name: text}
    told = [
        each.message
        for each in verify_folder(compiled.model, compiled.target, compiled.options, compiled.bundle, one.file(), texts)
    ]
    if not told:
        return span, "; it means the same"
    more = f"; and {len(told) - _MOST_MEANINGS} more" if len(told) > _MOST_MEANINGS else ""
    return span, "; now " + "; ".join(told[:_MOST_MEANINGS]) + more
