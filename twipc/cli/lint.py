"""`twipc lint`: the pre-commit hook."""

from __future__ import annotations

import click

from twipc.diagnostics import Report, Span, Stopped
from twipc.driver import compile_model, judge_elsewhere, judge_fragment, load
from twipc.model import Model
from twipc.project import Project

from .session import Session, verb


@click.command("lint")
@click.argument("specs", nargs=-1, metavar="[SPEC]...")
@verb
def command(session: Session, specs: tuple[str, ...]) -> None:
    """Say everything that can be said without writing.

    In a note those are also the limits of targets that the spec does not list. Without SPEC fragments are judged too, each by
    itself.

    SPEC is an environment's name (prod is specs/prod.yaml), a file, or - for standard input; none means all.
    """
    told: set[tuple[str, Span | None]] = set()
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
        told |= {(finding.code.id, finding.span) for finding in report.findings}
        session.take(spec, report.findings, whole=True)
    for fragment in () if specs else session.fragments():
        report = Report()
        judge_fragment(fragment.project, fragment.file, fragment.content, report)
        # What an environment takes from it was told with that.
        new = [finding for finding in report.findings if (finding.code.id, finding.span) not in told]
        told |= {(finding.code.id, finding.span) for finding in new}
        session.take(fragment, new, whole=True)
    for project, those in models.items():
        session.agree(project, those)
    session.finish()
