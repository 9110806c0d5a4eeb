"""`twipc build`: the images that the spec says how to make."""

from __future__ import annotations

import difflib

import click

from twipc.diagnostics.render import visible
from twipc.target.building import build

from .running import Running, begin, environment_argument
from .session import Session, verb
from .working import dry_option


@click.command("build")
@environment_argument
@click.argument("services", metavar="[SERVICE]...", nargs=-1)
@dry_option
@verb
def command(session: Session, environment: str, wanted: str | None, services: tuple[str, ...], dry: bool) -> None:
    """Build the images of services that have a `build`: all, or those named. No artifact says how; the spec does."""
    running = begin(session, environment, wanted, dry=dry, fresh=False)
    known = {name: service for name, service in running.model.services if service.build}
    for name in services:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            help = f"did you mean `{near[0]}`?" if near else f"those with a `build` are: {', '.join(known) or 'none'}"
            raise click.UsageError(visible(f"`{name}` is no service with a `build`; {help}"))
    if not dry:
        running.reach(running.runtime.needs)
    if not built(running, services):
        running.voice.say(f"{running.environment} has nothing to build")
    running.finish()


def built(running: Running, services: tuple[str, ...] = ()) -> bool:
    """Build these, or all; whether there was something to build."""
    named = {one.built: one.pushed for one in running.images}
    plan = build(running.model, services, named)
    running.carry_out(plan)
    if plan and running.model.locked and not running.dry:
        running.voice.say(f"its lock names images that were pushed before: `twipc pack {running.environment}` pushes these")
    return bool(plan)
