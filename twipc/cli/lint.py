"""`twipc lint`: the pre-commit hook."""

from __future__ import annotations

import click

from twipc.diagnostics import Report, Stopped
from twipc.driver import Project, compile_model, judge_elsewhere, load
from twipc.model import Model

from .session import Session, verb


@click.command("lint")
@click.argument("specs", nargs=-1, metavar="[SPEC]...")
@verb
def command(session: Session, specs: tuple[str, ...]) -> None:
    """Say everything that can be said without writing.

    In a note those are also the limits of targets that the spec does not list.

    SPEC is an environment's name (prod is specs/prod.yaml), a file, or - for standard input; none means all.
    """
    models: dict[Project, list[Model]] = {}
    for spec in session.specs(specs):
        report = Report()
        ours = models.setdefault(spec.project, [])
        try:
            model = load(spec.project, spec.file, spec.content, spec.stem, report)
            ours.append(model)
            compile_model(model, sorted(model.environment.targets), report)
            judge_elsewhere(model, report)
        except Stopped:
            pass  # the findings say why
        session.take(spec, report.findings, whole=True)
    for project, those in models.items():
        session.agree(project, those)
    session.finish()
