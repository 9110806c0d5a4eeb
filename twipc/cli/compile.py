"""`twipc compile`: specs into `out/`."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

import click

from twipc.diagnostics import Report, Stopped
from twipc.diagnostics.render import visible
from twipc.driver import compile_model, load
from twipc.output import MANIFEST, WriteFailed, locked, manifest
from twipc.project import Project
from twipc.registry import is_shipped
from twipc.stamp import Stamp
from twipc.target.codes import LIMITS_ELSEWHERE

from .choice import Choice, target_option
from .placing import Placed, check, diff, gone, orphans, place, placed
from .session import Session, verb
from .specs import Spec, completed


@click.command("compile")
@click.argument("specs", nargs=-1, metavar="[SPEC]...", shell_complete=completed)
@target_option
@click.option("--out", type=click.Path(path_type=Path), help="Write here instead of out/ beside specs/.")
@click.option(
    "-o", "stdout", type=click.Choice(["-"]), help="Print the files to standard output; findings go to standard error."
)
@click.option("--check", "checking", is_flag=True, help="Write nothing; exit 1 if what is on disk is not what the specs say.")
@click.option(
    "--diff",
    "diffing",
    is_flag=True,
    help="Write nothing; print what would change, exit 1 if anything would. Findings go to standard error.",
)
@click.option("--force", is_flag=True, help="Replace what was edited by hand; it is kept as <name>.orig.")
@verb
def command(
    session: Session,
    specs: tuple[str, ...],
    targets: tuple[str, ...],
    out: Path | None,
    stdout: str | None,
    checking: bool,
    diffing: bool,
    force: bool,
) -> None:
    """Compile specs into out/<environment>/<target>/.

    SPEC is an environment's name (prod is specs/prod.yaml), a file, or - for standard input; none means all.
    """
    modes = [name for name, asked in (("-o", stdout), ("--check", checking), ("--diff", diffing), ("--force", force)) if asked]
    if len(modes) > 1:
        raise click.UsageError(f"{modes[0]} and {modes[1]} do not go together")
    session.unsaid = frozenset({LIMITS_ELSEWHERE.id})
    choice = Choice(targets, named=bool(specs), elsewhere=bool(out or stdout))
    compiled: list[Placed] = []
    whole: dict[Project, set[str]] = {}
    read: set[str] = set()
    for spec in session.specs(specs):
        read.add(spec.file)
        found = _compile(session, spec, choice, out)
        compiled += found
        whole.setdefault(spec.project, set()).update(
            one.compiled.model.environment.environment for one in found if one.compiled
        )
    if not compiled and not session.report.has_errors:
        choice.refuse_none()
    if not specs and not out and session.home in whole:
        whole[session.home] |= gone(session.home, session.home.root / "out")
    for project in list(whole):
        if not _agree(session, project, [one for one in compiled if one.project is project]):
            del whole[project]
            compiled = [one for one in compiled if one.project is not project]
    code = 0
    try:
        if stdout:
            _print(compiled)
        elif diffing or checking:
            everything = _with_orphans(compiled, out, {} if targets else whole)
            code = int(diff(everything) if diffing else check(session, everything))
        else:
            _write(session, compiled, out, {} if targets else whole, force=force)
    except WriteFailed as problem:
        told = "cannot be compared" if checking or diffing else "not written"
        click.echo(visible(f"twipc: {told}: {problem}"), err=True)
        code = 4
    session.finish(code, to_stderr=bool(stdout or diffing))
    stamp: Stamp | None = click.get_current_context().find_object(Stamp)
    # Of a spec elsewhere, what its project is hangs on names that no stamp holds.
    if stamp and all(file.startswith("specs/") for file in read):
        _keep(session, stamp, compiled, wrote=not checking)


def _keep(session: Session, stamp: Stamp, compiled: list[Placed], *, wrote: bool) -> None:
    """Leave a stamp of a run without errors, if nothing but this project and twipc itself had a part in it."""
    home = session.home
    if str(home.root) != stamp.root or not home.steady:
        return
    if any(one.project is not home or (one.compiled and not is_shipped(one.compiled.target.name)) for one in compiled):
        return
    files = dict(home.contents)
    for one in compiled:
        wanted, folder = one.wanted, one.file()
        files |= {f"{folder}/{name}": text.encode() for name, text in wanted.items()}
        files[f"{folder}/{MANIFEST}"] = manifest(wanted)
    stamp.keep(files, home.closed, session.said, wrote=wrote)


def _compile(session: Session, spec: Spec, choice: Choice, out: Path | None) -> list[Placed]:
    """The bundles of one spec; none if it has errors."""
    report = Report()
    found: list[Placed] = []
    whole = False
    try:
        model = load(spec.project, spec.file, spec.content, spec.stem, report)
        asked = choice.of(spec, model)
        whole = set(model.environment.targets) <= set(asked)
        found = [placed(spec.project, out, one) for one in compile_model(model, asked, report)] if asked else []
    except Stopped:  # the findings say why
        choice.tell_foreign(spec)
    failed = session.take(spec, report.findings, whole=whole)
    return [] if failed else found


def _agree(session: Session, project: Project, compiled: list[Placed]) -> bool:
    """Whether the environments of a project may be written: else none of them is."""
    models = {id(one.compiled.model): one.compiled.model for one in compiled if one.compiled}
    return session.agree(project, models.values())


def _with_orphans(compiled: Iterable[Placed], out: Path | None, whole: dict[Project, set[str]]) -> list[Placed]:
    everything = list(compiled)
    for project, environments in whole.items():
        everything += orphans(project, out or project.root / "out", everything, environments)
    return everything


def _print(compiled: Iterable[Placed]) -> None:
    """The files as they would be written, byte by byte."""
    for one in compiled:
        assert one.compiled
        for path, text in one.compiled.texts.items():
            name = f"{one.compiled.model.environment.environment}/{one.compiled.target.name}/{path}"
            click.echo(f"--- {name}\n{text}".encode(), nl=False)
    sys.stdout.flush()


def _write(session: Session, compiled: list[Placed], out: Path | None, whole: dict[Project, set[str]], *, force: bool) -> None:
    everything = _with_orphans(compiled, out, whole)
    for root, group in groupby(everything, key=lambda one: one.folder.out):
        with locked(root):
            place(session, group, force=force)
