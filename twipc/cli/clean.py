"""`twipc clean`: what the environment left behind goes; nobody else's."""

from __future__ import annotations

import json
import sys

import click

from twipc.diagnostics.render import visible
from twipc.run import Failed, codes
from twipc.target.cleaning import built, dangling, every_container, images_of, names_of, networks, removed, volumes
from twipc.target.runtime import Plan, Status, Step

from .running import Running, begin, environment_argument
from .session import Session, verb
from .working import dry_option


@click.command("clean")
@environment_argument
@click.option(
    "--images", "all_images", is_flag=True, help="Also the images that were built for the project and that no container uses."
)
@click.option("--volumes", "state", is_flag=True, help="Also the environment's volumes: its data. Asks for its name.")
@click.option("--yes", is_flag=True, help="Remove what is listed, without being asked.")
@click.option("--yes-delete-data", metavar="NAME", help="With --volumes: the environment's whole name, such as shop-prod.")
@dry_option
@verb
def command(
    session: Session,
    environment: str,
    wanted: str | None,
    all_images: bool,
    state: bool,
    yes: bool,
    yes_delete_data: str | None,
    dry: bool,
) -> None:
    """List what an environment left behind, then remove it: ended containers that are no jobs, the spec's networks when
    nothing runs, and images that lost their name.

    Only what carries the labels of the project is removed, each by its id, and nothing by force. Where nobody can be asked, it
    is only listed, unless --yes is said.
    """
    if yes_delete_data and not state:
        raise click.UsageError("--yes-delete-data goes with --volumes")
    running = begin(session, environment, wanted, dry=dry, fresh=False)
    engine = running.reach(running.runtime.needs)
    if not dry:
        running.alone(engine)
    status = running.look()
    if state and status.instances:
        help = f"`twipc down {running.environment}` first"
        running.end(codes.IN_USE, f"{running.model.name} is there: its volumes are not removed under it", help=help)
    plan = _plan(running, status, all_images=all_images)
    there = _ids(running, volumes(running.model))
    data = there if state else ()
    for name in data:
        click.echo(visible(f"volume {name}"), err=session.format != "text")
    for step in plan:
        assert isinstance(step, Step)
        click.echo(visible(step.why), err=session.format != "text")
    if not plan and not data:
        but = f" but its data: {', '.join(there)} (--volumes removes it)" if there else ""
        running.voice.say(f"nothing of {running.model.name} is left behind{but}")
    elif dry or _agreed(running, yes=yes, name=yes_delete_data, data=bool(data)):
        running.carry_out((*plan, *removed("volume", data, f"remove {len(data)} volumes")))
    else:
        running.voice.say("nothing was removed: say --yes" + (f" --yes-delete-data {running.model.name}" if data else ""))
    running.finish()


def _plan(running: Running, status: Status, *, all_images: bool) -> Plan:
    idle = [] if status.groups else status.instances  # a swarm takes away its own
    ended = [one for one in idle if one.state in ("exited", "dead", "created") and not one.job]
    steps = [step for one in ended for step in removed("container", (one.id,), f"remove container {one.name}, {one.condition}")]
    if not status.instances and not status.groups:
        left = _ids(running, networks(running.model))
        steps += removed("network", left, f"remove {len(left)} network{'' if len(left) == 1 else 's'}")
    used = _used(running)
    for id in _ids(running, built(running.model) if all_images else dangling(running.model)):
        if id not in used:
            names = _names(running, id)
            called = f", called {' and '.join(names)}" if names else ""
            steps += removed("image", names or (id,), f"remove image {id.removeprefix('sha256:')[:12]}{called}")
    return tuple(steps)


def _used(running: Running) -> set[str]:
    """The images of all containers of the engine, whosever they are."""
    there = _ids(running, every_container())
    return set(_ids(running, images_of(there))) if there else set()


def _names(running: Running, image: str) -> tuple[str, ...]:
    """All names of an image; none, where it is gone meanwhile, or has none."""
    try:
        found = json.loads(running.runner.answer(names_of(image)).out)
    except Failed as failed:
        running.fail(failed)
    except ValueError:
        return ()
    return tuple(sorted(one for one in found if isinstance(one, str))) if isinstance(found, list) else ()


def _ids(running: Running, step: Step) -> tuple[str, ...]:
    try:
        answer = running.runner.answer(step)
    except Failed as failed:
        running.fail(failed)
    if answer.code:
        running.fail(Failed(step, answer.code, answer.err))
    return tuple(dict.fromkeys(answer.out.split()))


def _agreed(running: Running, *, yes: bool, name: str | None, data: bool) -> bool:
    """Data goes only where the environment's name is typed, or said."""
    asks = sys.stdin.isatty() and running.session.format == "text"
    if data and name != running.model.name:
        if name or not asks:
            return False
        typed = click.prompt(f"This deletes data. Type {running.model.name} to go on", default="", show_default=False, err=True)
        return bool(typed == running.model.name)
    return yes or bool(data) or (asks and click.confirm("Remove them?", err=True))
