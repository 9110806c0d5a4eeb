"""`twipc up`: what runs becomes what the spec says."""

from __future__ import annotations

import shlex

import click

from twipc.diagnostics.render import visible
from twipc.model import image_of
from twipc.run import codes
from twipc.target.images import says_registry
from twipc.target.runtime import Status

from .build import built
from .running import Running, begin, environment_argument
from .secrets import in_git, line_for, value_for
from .session import Session, verb
from .telling import instance_row, published
from .working import dry_option


@click.command("up")
@environment_argument
@click.option(
    "--build", "first", is_flag=True, help="Build first, as `twipc build` does: from nothing to all of it in one command."
)
@dry_option
@verb
def command(session: Session, environment: str, wanted: str | None, first: bool, dry: bool) -> None:
    """Start an environment, or bring what runs to what the spec says; wait until all of it is ready.

    Twice in a row changes nothing. Services without state and without a port of the host are replaced without a moment in which
    none is ready. Ctrl-C starts nothing more, and leaves what runs.
    """
    running = begin(session, environment, wanted, dry=dry)
    _secrets(running)
    engine = running.reach(running.runtime.needs)
    if not dry:
        running.alone(engine)
    if first:
        built(running)
    status = running.look()
    _refuse(running, status, built=first)
    plan = running.runtime.up(running.model, running.folder, status, running.mark)
    if dry and plan:
        for one in running.images:
            if one.digest and not one.folder:
                click.echo(visible(f"# {one.service} runs {one.pinned}"))
    running.carry_out(plan)
    if not dry:
        status = running.look() if plan else status
        running.rows = [instance_row(one) for one in status.instances]
        where = ", ".join(sorted({published(one) for one in status.instances if one.ports}))
        told = f"{running.model.name} is up" + ("" if plan else ", and nothing was to change")
        running.voice.say(f"{told}: {where}" if where else told)
    elif not plan:
        running.voice.say("nothing is to change")
    running.finish()


def _secrets(running: Running) -> None:
    """Files that hold secrets and are not there, each with the line that makes it; and those that others have too."""
    root = running.spec.project.root
    files = running.runtime.secret_files(running.model)
    missing = {name: file for name, file in files.items() if not (root / file).is_file()}
    kept = in_git(root, set(files.values()))
    for name, file in sorted(files.items()):
        if file in kept:
            help = f"`git rm --cached {shlex.quote(file)}`, name it in .gitignore, and make another value: this one is known"
            running.add(codes.IN_GIT, f"`{file}` is in git: the secret `{name}`", at=("secrets", name), help=help)
    for name, file in sorted(missing.items()):
        running.add(
            codes.NO_SECRET,
            f"`{file}` is not there: the secret `{name}`",
            at=("secrets", name),
            help=f"make it: {line_for(running.model, name, file)}",
        )
    if missing:
        running.finish(1)


def _refuse(running: Running, status: Status, *, built: bool) -> None:
    refuse_strangers(running, status)
    for name, called in sorted(status.secrets.items()):
        help = f"make it: {value_for(running.model, name)} | docker secret create {called} -"
        running.add(codes.NO_SECRET, f"the swarm has no secret `{called}`", at=("secrets", name), help=help)
    if status.secrets:
        running.finish(1)
    missing = [] if built else _not_built(running, status)
    for name in missing:
        running.add(
            codes.NOT_BUILT,
            f"`{image_of(running.model.environment.services[name])}` is not on the engine",
            at=("services", name),
            help=f"run `twipc build {running.environment}`",
        )
    if missing:
        running.finish(1)


def refuse_strangers(running: Running, status: Status) -> None:
    """End the run where somebody else's containers have our names, before anything of ours changes."""
    for one in status.strangers:
        said = f"`{one.name}` is somebody else's: image {one.image}, made {one.created}, id {one.id[:12]}"
        running.add(codes.STRANGER, said, help="remove or rename it yourself, or give the project another name")
    if status.strangers:
        running.finish(1)
    ours = str((running.spec.project.root / running.folder).resolve())
    folders = sorted({one.folder for one in status.instances if one.folder and one.folder != ours})
    for folder in folders:
        running.add(codes.ELSEWHERE, f"{running.model.name} was started from {folder}", help="run it from one folder only")


def _not_built(running: Running, status: Status) -> list[str]:
    """One service for each image that is built here, is not, and comes from no registry."""
    services = running.model.environment.services
    pulled = {one.service for one in running.images if says_registry(one.pushed)}
    names = [name for name, service in services.items() if service.build and not status.images.get(name)]
    seen: dict[str, str] = {}
    for name in sorted(set(names) - pulled):
        seen.setdefault(image_of(services[name]), name)
    return list(seen.values())
