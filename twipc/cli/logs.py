"""`twipc logs`: what the instances say."""

from __future__ import annotations

import difflib

import click

from twipc.diagnostics.render import visible
from twipc.run import Failed, codes
from twipc.target.runtime import Step

from .hiding import covered
from .running import Running, begin, environment_argument
from .session import Session, verb


@click.command("logs")
@environment_argument
@click.argument("service", required=False)
@click.option(
    "--tail", "lines", type=click.IntRange(0, 1_000_000), default=50, show_default=True, help="So many lines of each."
)
@click.option("--follow", "-f", is_flag=True, help="Go on until Ctrl-C.")
@verb
def command(session: Session, environment: str, wanted: str | None, service: str | None, lines: int, follow: bool) -> None:
    """Print the last lines of each instance, or of those of one service; what looks like a secret is covered."""
    running = begin(session, environment, wanted, fresh=False)
    services = running.model.environment.services
    if service and service not in services:
        near = difflib.get_close_matches(service, services, 1)
        help = f"did you mean `{near[0]}`?" if near else f"services are: {', '.join(sorted(services))}"
        raise click.UsageError(visible(f"there is no service `{service}`; {help}"))
    running.reach(running.runtime.needs)
    plan = running.runtime.logs(running.look(), service or "", lines, follow)
    if not plan:
        what = f"`{service}`" if service else running.model.name
        running.end(codes.NOTHING_RUNS, f"nothing of {what} is there", help=f"`twipc up {running.environment}` starts it")
    steps = [part for part in plan if isinstance(part, Step)]
    width = max(len(step.why) for step in steps)
    try:
        running.runner.listen(steps, lambda step, line: _print(running, step.why.ljust(width), line), together=follow)
    except Failed as failed:
        running.fail(failed)
    running.finish()


def _print(running: Running, name: str, line: str) -> None:
    # In JSON the one document on standard output is the findings'.
    click.echo(f"{name} | {visible(covered(line))}", err=running.session.format != "text")
