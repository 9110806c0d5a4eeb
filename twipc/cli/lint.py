"""`twipc lint`: the pre-commit hook."""

from __future__ import annotations

import click

from twipc.diagnostics import Stopped
from twipc.driver import compile_model, load

from .session import Session, verb


@click.command("lint")
@click.argument("specs", nargs=-1, metavar="[SPEC]...")
@verb
def command(session: Session, specs: tuple[str, ...]) -> None:
    """Say everything that can be said without writing.

    SPEC is an environment's name (prod is specs/prod.yaml), a file, or - for standard input; none means all.
    """
    sources: dict[str, str] = {}
    for spec in session.specs(specs):
        try:
            model = load(session.project, spec.file, spec.content, spec.stem, session.report)
            compile_model(model, sorted(model.environment.targets), session.report)
        except Stopped:
            pass  # the findings say why
        sources |= session.project.sources
    session.finish(sources)
