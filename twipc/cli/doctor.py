"""`twipc doctor`: can environments be run from here?"""

from __future__ import annotations

from pathlib import Path

import click

from twipc.diagnostics import Finding
from twipc.registry import target, target_names
from twipc.run import Failed, Runner, Unreachable, codes, engine

from .session import Session, verb
from .telling import Row, columns


@click.command("doctor")
@verb
def command(session: Session) -> None:
    """Ask for Docker's client, the engine that it is set to, and what each target is run by; exit 3 if something is missing.

    Nothing is changed, and no other engine is tried. A swarm that is not there is told, and is no error.
    """
    runner = Runner(Path.cwd())
    table: list[Row] = []
    missing: list[Finding] = []
    try:
        found = engine(runner)
    except Unreachable as problem:
        missing.append(Finding(problem.code, str(problem), help=problem.help))
    else:
        table.append(("engine", f"Docker {found.version} at {found.host}, context {found.context}"))
        for name in target_names():
            row, wanting = _target(runner, name)
            table += row
            missing += wanting
    if session.format == "text" and table:
        for line in columns(table):
            click.echo(line)
    session.report.extend(missing)
    session.finish(3 if missing else 0)


def _target(runner: Runner, name: str) -> tuple[list[Row], list[Finding]]:
    """Whether a target's artifacts can be run here; what needs a swarm is optional."""
    runtime = target(name).runtime
    if not runtime:
        return [], []
    for need in runtime().needs:
        try:
            answer = runner.answer(need.step)
            said = "" if not answer.code else answer.err.strip().splitlines()[-1:]
        except Failed as failed:
            said = [failed.said]
        if said:
            told = f"{need.missing}; {need.help}"
            wanting = [] if need.optional else [Finding(codes.NO_COMPOSE, need.missing, help=need.help)]
            return [(name, f"not here: {told}")], wanting
    return [(name, "can be run")], []
