"""`twipc status`: what runs, held against the spec."""

from __future__ import annotations

from collections.abc import Iterator

import click

from twipc.run import codes
from twipc.target.runtime import Instance

from .running import begin, environment_argument
from .session import Session, verb
from .telling import columns, instance_row, rows


@click.command("status")
@environment_argument
@verb
def command(session: Session, environment: str, wanted: str | None) -> None:
    """Show what runs of an environment; exit 1 if that is not what the spec says."""
    running = begin(session, environment, wanted)
    running.reach(running.runtime.needs)
    status = running.look()
    running.rows = [instance_row(one) for one in status.instances]
    if session.format == "text" and status.instances:
        for line in columns(rows(status)):
            click.echo(line)
    for one in status.strangers:
        running.add(codes.STRANGER, f"`{one.name}` is somebody else's: image {one.image}, made {one.created}, id {one.id[:12]}")
    if not status.instances:
        running.end(codes.DRIFT, f"nothing of {running.model.name} runs", help=f"`twipc up {running.environment}` starts it")
    for name, service in running.model.services:
        for said in _drift(status.of(name), 1 if service.kind == "job" else service.replicas):
            running.add(
                codes.DRIFT, f"`{name}` {said}", at=("services", name), help=f"`twipc up {running.environment}` makes it so"
            )
    for name in sorted({one.service for one in status.instances} - set(running.model.environment.services)):
        running.add(codes.DRIFT, f"`{name}` runs and is not in the spec", help=f"`twipc up {running.environment}` ends it")
    running.finish()


def _drift(there: tuple[Instance, ...], count: int) -> Iterator[str]:
    """What is otherwise than the spec says of one service."""
    if len(there) != count:
        yield f"has {len(there)} instance{'' if len(there) == 1 else 's'}, and should have {count}"
    old = [one.name for one in there if not one.current]
    if old:
        yield f"is of another version: {', '.join(old)}"
    ill = [f"{one.name} {one.condition}" for one in there if not one.ready]
    if ill:
        yield f"is not ready: {', '.join(ill)}"
