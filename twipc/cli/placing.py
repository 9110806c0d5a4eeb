"""Bundles and the folders that they belong into: written, checked, shown as a diff."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from difflib import unified_diff
from pathlib import Path

import click

from twipc.diagnostics import Finding, Span
from twipc.driver import Compiled
from twipc.output import Folder, State, codes, write
from twipc.verify.disk import verify_folder
from twipc.verify.lines import changes

from .session import Session

_CODES = {
    State.STALE: codes.STALE,
    State.MISSING: codes.MISSING,
    State.ORPHANED: codes.ORPHANED,
    State.EDITED: codes.EDITED,
    State.FOREIGN: codes.FOREIGN,
}
_REFUSED = (State.EDITED, State.FOREIGN)


def folder_of(root: Path, compiled: Compiled) -> Folder:
    return Folder(root / compiled.model.environment.environment / compiled.target.name)


def place(session: Session, root: Path, compiled: Sequence[Compiled], *, force: bool) -> None:
    """Write every bundle; what was edited by hand stops its own folder only."""
    for one in compiled:
        write_folder(session, folder_of(root, one), one.bundle.texts, force=force, compiled=one)


def write_folder(
    session: Session, folder: Folder, wanted: dict[str, str], *, force: bool, compiled: Compiled | None = None
) -> None:
    """Make a folder hold `wanted`, unless that would lose what somebody else wrote."""
    refused = [(name, state) for name, state in folder.states(wanted).items() if state in _REFUSED]
    if refused and not force:
        for name, state in refused:
            session.report.extend([_finding(session, folder, name, state, compiled)])
        return
    changed = write(folder, wanted)
    told = f"{len(changed)} written" if changed else "nothing to write"
    click.echo(f"{_shown(folder.path)}: {told}", err=True)
    for name, _ in refused:
        click.echo(f"  {name}: what was there is kept as {name}.orig", err=True)


def orphans(root: Path, compiled: Sequence[Compiled], environments: Sequence[str]) -> Iterator[Folder]:
    """Folders of whole environments that twipc wrote for a target which is not theirs any more."""
    there = {folder_of(root, one).path for one in compiled}
    for environment in environments:
        for path in sorted((root / environment).glob("*")):
            if path.is_dir() and path not in there and not path.is_symlink() and Folder(path).recorded():
                yield Folder(path)


def check(session: Session, root: Path, compiled: Sequence[Compiled], whole: list[str]) -> bool:
    """Report everything on disk that is not what the specs say; True if there is any."""
    found: list[Finding] = []
    for one in compiled:
        folder = folder_of(root, one)
        states = folder.states(one.bundle.texts)
        wrong = [(name, state) for name, state in states.items() if state is not State.FRESH]
        found += [_finding(session, folder, name, state, one) for name, state in wrong]
        if not wrong and not folder.manifest_is(one.bundle.texts):
            shown = _shown(folder.path)
            found.append(
                Finding(codes.STALE, f"the manifest of {shown} is not the one that belongs there", help="run `twipc compile`")
            )
    for folder in orphans(root, compiled, whole):
        found += [_finding(session, folder, name, state, None) for name, state in folder.states({}).items()]
    session.report.extend(found)
    if compiled and not found:
        click.echo(f"{_shown(root)} is fresh: {len(compiled)} folders are what the specs say", err=True)
    return bool(found)


def _finding(session: Session, folder: Folder, name: str, state: State, compiled: Compiled | None) -> Finding:
    place = _project_name(session, folder.path / name)
    span, meaning = Span(place, 1, 1, 1, 2), ""
    content = folder.read(name)
    artifact = next((one for one in compiled.bundle.artifacts if one.path == name), None) if compiled else None
    if content is not None:
        session.project.sources[place] = content.decode("utf-8", "replace")
    if content is not None and artifact and compiled:
        text = content.decode("utf-8", "replace")
        first = next(changes(artifact, text), None)
        span = (
            Span(place, first.line, 1, first.line, 2 + len(first.found[0]) if first and first.found else 2) if first else span
        )
        texts = {**compiled.bundle.texts, name: text}
        told = list(
            verify_folder(
                compiled.model, compiled.target, compiled.options, compiled.bundle, _project_name(session, folder.path), texts
            )
        )
        meaning = "; now " + "; ".join(one.message for one in told[:3]) if told else "; it means the same"
    said = {
        State.STALE: "is not what the spec makes",
        State.MISSING: "is not there",
        State.ORPHANED: "is not made by the spec any more",
        State.EDITED: "was edited by hand",
        State.FOREIGN: "was not written by twipc",
    }[state]
    help = (
        "put the change into the spec, or replace it with --force (it is kept as .orig)"
        if state in _REFUSED
        else "run `twipc compile`"
    )
    return Finding(_CODES[state], f"{_shown(folder.path / name)} {said}{meaning}", None if content is None else span, help=help)


def diff(session: Session, root: Path, compiled: Sequence[Compiled], whole: list[str]) -> bool:
    """Print what compiling would change; True if it would change anything."""
    any_change = False
    wanted = [(folder_of(root, one), one.bundle.texts) for one in compiled]
    for folder, texts in [*wanted, *((folder, {}) for folder in orphans(root, compiled, whole))]:
        for name, state in folder.states(texts).items():
            if state is State.FRESH:
                continue
            any_change = True
            before = (folder.read(name) or b"").decode("utf-8", "replace").splitlines(keepends=True)
            after = texts.get(name, "").splitlines(keepends=True)
            shown = _shown(folder.path / name)
            click.echo("".join(unified_diff(before, after, shown, shown)), nl=False)
    return any_change


def _shown(path: Path) -> str:
    return os.path.relpath(path)


def _project_name(session: Session, path: Path) -> str:
    return os.path.relpath(path, session.project.root)
