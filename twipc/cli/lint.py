"""`twipc lint`: the pre-commit hook."""

from __future__ import annotations

import click

from twipc.diagnostics import Report, Span, Stopped
from twipc.driver import compile_model, judge_elsewhere, judge_fragment, load
from twipc.model import Model
from twipc.project import Project
from twipc.spec import extended_by
from twipc.spec.codes import UNTAKEN

from .session import Session, verb
from .specs import Spec, completed


@click.command("lint")
@click.argument("specs", nargs=-1, metavar="[SPEC]...", shell_complete=completed)
@verb
def command(session: Session, specs: tuple[str, ...]) -> None:
    """Say everything that can be said without writing.

    In a note those are also the limits of targets that the spec does not list. Without SPEC fragments are judged too, each by
    itself.

    SPEC is an environment's name (prod is specs/prod.yaml), a file, or - for standard input; none means all.
    """
    told: set[tuple[str, Span | None]] = set()
    models: dict[Project, list[Model]] = {}
    read: list[Spec] = []
    for spec in session.specs(specs):
        read.append(spec)
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
    fragments = [] if specs else session.fragments()
    taken = {extended_by(one.file, one.content) for one in (*read, *fragments)} if fragments else set()
    for fragment in fragments:
        report = Report()
        if not taken & {fragment.file, None}:
            _tell_untaken(fragment, report)
        judge_fragment(fragment.project, fragment.file, fragment.content, report)
        # What an environment takes from it was told with that.
        new = [finding for finding in report.findings if (finding.code.id, finding.span) not in told]
        told |= {(finding.code.id, finding.span) for finding in new}
        session.take(fragment, new, whole=True)
    for project, those in models.items():
        session.agree(project, those)
    session.finish()


def _tell_untaken(fragment: Spec, report: Report) -> None:
    """Of a file that may have been meant as an environment, and is none."""
    report.add(
        UNTAKEN,
        f"`{fragment.file}` names no `environment`, and nothing extends it: nothing is made of it",
        Span(fragment.file, 1, 1, 1, 2),
        help=f"if it is one, write `environment: {fragment.stem}`",
    )
