"""`twipc compile`: specs into `out/`."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

import click

from twipc.diagnostics import Report, Stopped
from twipc.diagnostics.render import visible
from twipc.driver import Project, compile_model, load
from twipc.output import WriteFailed, locked
from twipc.registry import target_names

from .placing import Placed, check, diff, gone, orphans, place, placed
from .session import Session, Spec, shown, verb


@click.command("compile")
@click.argument("specs", nargs=-1, metavar="[SPEC]...")
@click.option("--target", "targets", multiple=True, metavar="TARGET", help="Only this target; may stand several times.")
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
    for name in targets:
        _known(name)
    compiled: list[Placed] = []
    whole: dict[Project, set[str]] = {}
    without: list[str] = []
    elsewhere = bool(out or stdout)
    for spec in session.specs(specs):
        found = _compile(session, spec, targets, out, without, elsewhere=elsewhere, named=bool(specs))
        compiled += found
        whole.setdefault(spec.project, set()).update(
            one.compiled.model.environment.environment for one in found if one.compiled
        )
    if targets and without and not compiled and not session.report.has_errors:
        raise click.UsageError(f"no spec has `{targets[0]}` among its targets; add it to one, or use --out")
    if not specs and not out and session.home in whole:
        whole[session.home] |= gone(session.home, session.home.root / "out")
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
        told = "can not be compared" if checking or diffing else "not written"
        click.echo(visible(f"twipc: {told}: {problem}"), err=True)
        code = 4
    session.finish(code, to_stderr=bool(stdout or diffing))


def _known(name: str) -> None:
    known = target_names()
    if name not in known:
        near = difflib.get_close_matches(name, known, 1)
        help = f"did you mean `{near[0]}`?" if near else f"targets are: {', '.join(known)}"
        raise click.UsageError(visible(f"there is no target `{name}`; {help}"))


def _compile(
    session: Session, spec: Spec, targets: Sequence[str], out: Path | None, without: list[str], *, elsewhere: bool, named: bool
) -> list[Placed]:
    """The bundles of one spec; none if it has errors. Where all specs are meant, one without the target is passed over."""
    report = Report()
    try:
        model = load(spec.project, spec.file, spec.content, spec.stem, report)
        own = sorted(model.environment.targets)
        foreign = [name for name in targets if name not in own]
        if foreign and named and not elsewhere:
            raise click.UsageError(
                visible(
                    f"`{foreign[0]}` is not among the targets of {shown(spec.project.root / spec.file)} ({', '.join(own)}); "
                    "add it there, or use --out"
                )
            )
        asked = sorted(set(targets)) or own
        if foreign and not elsewhere:
            asked = [name for name in asked if name in own]
            without += foreign
        found = [placed(spec.project, out, one) for one in compile_model(model, asked, report)] if asked else []
    except Stopped:
        return []
    finally:
        session.add(spec.project, report.findings)
    return [] if session.fails(report.findings) else found


def _with_orphans(compiled: Iterable[Placed], out: Path | None, whole: dict[Project, set[str]]) -> list[Placed]:
    everything = list(compiled)
    for project, environments in whole.items():
        everything += orphans(project, out or project.root / "out", everything, environments)
    return everything


def _print(compiled: Iterable[Placed]) -> None:
    """The files as they would be written, byte by byte."""
    for one in compiled:
        assert one.compiled
        for artifact in one.compiled.bundle.artifacts:
            name = f"{one.compiled.model.environment.environment}/{one.compiled.target.name}/{artifact.path}"
            click.echo(f"--- {name}\n{artifact.text}".encode(), nl=False)
    sys.stdout.flush()


def _write(session: Session, compiled: list[Placed], out: Path | None, whole: dict[Project, set[str]], *, force: bool) -> None:
    everything = _with_orphans(compiled, out, whole)
    for root, group in groupby(everything, key=lambda one: one.folder.out):
        with locked(root):
            for one in group:
                place(session, one, force=force)
