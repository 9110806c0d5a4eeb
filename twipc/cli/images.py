"""`twipc images`: what the environment runs, and whether the engine has it."""

from __future__ import annotations

import json
from typing import Any

import click

from twipc.model import image_of
from twipc.run import Failed
from twipc.target.runtime import Step

from .running import begin, environment_argument
from .session import Session, verb
from .telling import Row, columns


@click.command("images")
@environment_argument
@verb
def command(session: Session, environment: str, wanted: str | None) -> None:
    """List the images of an environment, as the engine has them: size, age and id, and whose are built here."""
    running = begin(session, environment, wanted, fresh=False)
    running.reach(running.runtime.needs)
    services = dict(running.model.services)
    found = []
    called = {name: image_of(service) for name, service in services.items()}
    called |= {one.service: one.pinned for one in running.images if not one.folder}
    for image in sorted(set(called.values())):
        names = sorted(name for name, its in called.items() if its == image)
        argv = ("docker", "image", "inspect", "--format", "{{json .}}", "--", image)
        try:
            answer = running.runner.answer(Step(argv, f"look at {image}", reads=True))
        except Failed as failed:
            running.fail(failed)
        built = any(services[name].build for name in names)
        found.append(_row(image, names, built, answer.out if not answer.code else ""))
    running.more = {"images": found}
    if session.format == "text":
        table: list[Row] = [("IMAGE", "SERVICES", "SIZE", "MADE", "ID")]
        table += [
            (one["image"], ", ".join(one["services"]), _size(one), one["created"] or _absent(one), (one["id"] or "")[7:19])
            for one in found
        ]
        for line in columns(table):
            click.echo(line)
    running.finish()


def _row(image: str, names: list[str], built: bool, said: str) -> dict[str, Any]:
    try:
        there = json.loads(said) if said else {}
    except ValueError:
        there = {}
    created = str(there.get("Created", ""))[:16].replace("T", " ")
    size, id = there.get("Size"), there.get("Id")
    return {"image": image, "services": names, "built": built, "size": size, "created": created or None, "id": id}


def _size(row: dict[str, Any]) -> str:
    return f"{row['size'] / 1e6:.1f} MB" if isinstance(row["size"], int) else "-"


def _absent(row: dict[str, Any]) -> str:
    return "not built yet" if row["built"] else "not here yet"
