"""`twipc compile`: specs into `out/`."""

from __future__ import annotations

from pathlib import Path

import click

from twipc.diagnostics import Report, Stopped
from twipc.driver import Compiled, compile_model, load
from twipc.output import WriteFailed, locked
from twipc.registry import target_names

from .placing import check, diff, orphans, place, write_folder
from .session import Session, Spec, verb


@click.command("compile")
@click.argument("specs", nargs=-1, metavar="[SPEC]...")
@click.option("--target", "targets", multiple=True, metavar="TARGET", help="Only this target; may stand several times.")
@click.option("--out", type=click.Path(path_type=Path), help="Write here instead of out/ beside specs/.")
@click.option(
    "-o", "stdout", type=click.Choice(["-"]), help="Print the files to standard output; findings go to standard error."
)
@click.option("--check", "checking", is_flag=True, help="Write nothing; exit 1 if what is on disk is not what the specs say.")
@click.option("--diff", "diffing", is_flag=True, help="Write nothing; print what would change, exit 1 if anything would.")
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
    unknown = [name for name in targets if name not in target_names()]
    if unknown:
        raise click.UsageError(f"there is no target `{unknown[0]}`; targets are: {', '.join(target_names())}")
    sources: dict[str, str] = {}
    compiled: list[Compiled] = []
    environments: list[str] = []
    for spec in session.specs(specs):
        compiled += _compile(session, spec, targets, elsewhere=bool(out or stdout), environments=environments)
        sources |= session.project.sources
    root = out or session.project.root / "out"
    whole = [] if targets else environments
    if stdout:
        for one in compiled:
            for artifact in one.bundle.artifacts:
                click.echo(
                    f"--- {one.model.environment.environment}/{one.target.name}/{artifact.path}\n{artifact.text}", nl=False
                )
    elif checking or diffing:
        changed = (check if checking else diff)(session, root, compiled, whole)
        session.finish(sources)
        if changed:
            raise click.exceptions.Exit(1)
        return
    else:
        _write(session, root, compiled, whole, force=force)
    session.finish(sources, to_stderr=bool(stdout))


def _compile(
    session: Session, spec: Spec, targets: tuple[str, ...], *, elsewhere: bool, environments: list[str]
) -> list[Compiled]:
    report = Report()
    try:
        model = load(session.project, spec.file, spec.content, spec.stem, report)
        own = sorted(model.environment.targets)
        foreign = [name for name in targets if name not in own]
        if foreign and not elsewhere:
            raise click.UsageError(
                f"`{foreign[0]}` is not among the targets of {spec.file} ({', '.join(own)}); add it there, or use --out"
            )
        found = compile_model(model, sorted(set(targets)) or own, report)
    except Stopped:
        return []
    finally:
        session.report.extend(report.findings)
    environments.append(model.environment.environment)
    return found


def _write(session: Session, root: Path, compiled: list[Compiled], whole: list[str], *, force: bool) -> None:
    try:
        if compiled:
            with locked(root):
                place(session, root, compiled, force=force)
                for folder in orphans(root, compiled, whole):
                    write_folder(session, folder, {}, force=force)
    except WriteFailed as problem:
        click.echo(f"twipc: not written: {problem}", err=True)
        raise click.exceptions.Exit(4) from None
