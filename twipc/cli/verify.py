"""`twipc verify`: does what is committed mean what the specs say?"""

from __future__ import annotations

from pathlib import Path

import click

from twipc.diagnostics import Report, Stopped
from twipc.diagnostics.render import visible
from twipc.driver import compile_model, load
from twipc.output import WriteFailed
from twipc.project import Project
from twipc.verify.disk import verify_folder

from .choice import Choice, target_option
from .placing import Placed, folders, placed, unwanted
from .session import Session, verb
from .specs import Spec, completed


@click.command("verify")
@click.argument("specs", nargs=-1, metavar="[ENV]...", shell_complete=completed)
@target_option
@click.option("--out", type=click.Path(path_type=Path), help="Read here instead of out/ beside specs/.")
@verb
def command(session: Session, specs: tuple[str, ...], targets: tuple[str, ...], out: Path | None) -> None:
    """Read the committed artifacts and compare their meaning with the specs.

    ENV is an environment's name (prod is specs/prod.yaml), a file, or - for standard input; none means all.
    """
    choice = Choice(targets, named=bool(specs), elsewhere=bool(out))
    count = 0
    projects: dict[Project, None] = {}
    for spec in session.specs(specs):
        report = Report()
        whole = False
        projects[spec.project] = None
        try:
            model = load(spec.project, spec.file, spec.content, spec.stem, report)
            asked = choice.of(spec, model)
            whole = set(model.environment.targets) <= set(asked)
            for one in compile_model(model, asked, report) if asked else ():
                _verify(spec, placed(spec.project, out, one), report)
                count += 1
        except Stopped:  # the findings say why
            choice.tell_foreign(spec)
        session.take(spec, report.findings, whole=whole)
    for project in projects:
        session.agree(project, ())
    if not session.report.has_errors:
        if not count:
            choice.refuse_none()
        click.echo(f"{folders(count)} what the specs say", err=True)
    session.finish()


def _verify(spec: Spec, one: Placed, report: Report) -> None:
    compiled, name = one.compiled, one.file()
    assert compiled
    texts: dict[str, str] = {}
    instead: dict[str, str] = {}
    try:
        for artifact in compiled.bundle.artifacts:
            content = one.folder.read(artifact.path)
            if content is None:
                instead[artifact.path] = one.folder.instead(artifact.path)
            else:
                texts[artifact.path] = content.decode("utf-8", "replace")
                spec.project.sources[f"{name}/{artifact.path}"] = texts[artifact.path]
    except WriteFailed as problem:
        click.echo(visible(f"twipc: cannot read {problem}"), err=True)
        raise click.exceptions.Exit(4) from None
    report.extend(verify_folder(compiled.model, compiled.target, compiled.options, compiled.bundle, name, texts, instead))
    report.extend(unwanted(one))
