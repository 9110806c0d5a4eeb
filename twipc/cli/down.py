"""`twipc down`: the environment ends; its volumes stay."""

from __future__ import annotations

import click

from .running import begin, environment_argument
from .session import Session, verb
from .up import refuse_strangers
from .working import dry_option


@click.command("down")
@environment_argument
@dry_option
@verb
def command(session: Session, environment: str, wanted: str | None, dry: bool) -> None:
    """End an environment: entries first, then the rest, then its networks. Volumes, images and secrets stay.

    Only what carries this environment's labels is touched. Twice in a row is fine.
    """
    running = begin(session, environment, wanted, dry=dry, fresh=False)
    engine = running.reach(running.runtime.needs)
    if not dry:
        running.alone(engine)
    status = running.look()
    refuse_strangers(running, status)
    plan = running.runtime.down(running.model, status)
    running.carry_out(plan)
    if not plan:
        running.voice.say(f"nothing of {running.model.name} is there")
    elif not dry:
        running.voice.say(f"{running.model.name} is down; volumes stay")
    running.finish()
