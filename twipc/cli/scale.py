"""`twipc scale`: so many instances of a service, until the next `up`."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Mapping

import click
from msgspec.structs import replace

from twipc.diagnostics import Report, Stopped
from twipc.diagnostics.render import visible
from twipc.driver import compile_model
from twipc.model import Model
from twipc.run import codes
from twipc.spec import EPHEMERAL, Service
from twipc.spec.limits import REPLICAS

from .running import Running, begin, environment_argument
from .session import Session, verb
from .telling import instance_row
from .up import refuse_strangers
from .working import dry_option, weighty


@click.command("scale")
@environment_argument
@click.argument("counts", metavar="SERVICE=N...", nargs=-1, required=True)
@dry_option
@click.option("--yes", is_flag=True, help="Scale to 0 what is published, without being asked.")
@verb
def command(session: Session, environment: str, wanted: str | None, counts: tuple[str, ...], dry: bool, yes: bool) -> None:
    """Run N instances of a service; what a spec with so many could not compile is refused before the engine sees it.

    The spec stays as it is: `status` shows the difference, and the next `up` takes it back.
    """
    running = begin(session, environment, wanted, dry=dry)
    asked = _counts(running.model, counts)
    _judge(running, asked)
    _closing(running, asked, yes or dry)
    engine = running.reach(running.runtime.needs)
    if not dry:
        running.alone(engine)
    status = running.look()
    refuse_strangers(running, status)
    if not status.instances:
        help = f"`twipc up {running.environment}` starts it"
        running.end(codes.NOTHING_RUNS, f"nothing of {running.model.name} runs", help=help)
    plans = [running.runtime.scale(running.model, running.folder, status, name, count) for name, count in asked.items()]
    running.carry_out(tuple(part for plan in plans for part in plan))
    if not dry:
        status = running.look()
        running.rows = [instance_row(one) for one in status.instances]
        told = ", ".join(f"{len(status.of(name))} of {name}" for name in asked)
        running.voice.say(f"{running.model.name} has {told}; the spec stays as it is")
    running.finish()


def _counts(model: Model, words: tuple[str, ...]) -> dict[str, int]:
    services = model.environment.services
    found: dict[str, int] = {}
    for word in words:
        name, equals, number = word.partition("=")
        if not equals or not number.isascii() or not number.isdecimal() or len(number) > 6 or int(number) > REPLICAS.most:
            raise click.UsageError(visible(f"`{word}` is not SERVICE=N, N from 0 to {REPLICAS.most}"))
        if name not in services:
            near = difflib.get_close_matches(name, services, 1)
            help = f"did you mean `{near[0]}`?" if near else f"services are: {', '.join(sorted(services))}"
            raise click.UsageError(visible(f"there is no service `{name}`; {help}"))
        if services[name].kind == "job":
            raise click.UsageError(f"`{name}` is a job: it runs once")
        found[name] = int(number)
    return found


def _judge(running: Running, asked: Mapping[str, int]) -> None:
    """All that `compile` would say of a spec with these numbers, but with the room that proxies have now."""
    model = running.model
    for name, count in asked.items():
        service = model.environment.services[name]
        if service.standby and count not in (0, service.replicas):
            said = f"`{name}` has {service.replicas} instances by its mode: one works, the others wait"
            running.add(
                codes.BY_MODE, said, at=("services", name, "mode"), help="change `standbys` in the spec, then `twipc up`"
            )
    # None at all breaks nothing that more would.
    services = {
        name: service.model_copy(update={"replicas": asked[name]}) if asked.get(name) and not service.standby else service
        for name, service in model.services
    }
    report = Report()
    try:
        scaled = replace(model, environment=model.environment.model_copy(update={"services": services}))
        compile_model(scaled, [running.compiled.target.name], report)
    except Stopped:
        pass  # the findings say why
    running.session.add(running.spec.project, weighty(running.session, report.findings), running.environment)
    if running.session.fails(running.session.report.findings):
        running.finish(1)


def _is_entry(service: Service) -> bool:
    """Whether others know a port of the host at which it answers."""
    return any(publish.host != EPHEMERAL for publish in service.publish)


def _closing(running: Running, asked: Mapping[str, int], yes: bool) -> None:
    """Ends of entries are asked for once more: nobody is answered at their ports after."""
    services = running.model.environment.services
    closed = [name for name, count in asked.items() if not count and _is_entry(services[name])]
    for name in closed:
        if yes:
            continue
        if sys.stdin.isatty() and running.session.format == "text":
            click.confirm(f"`{name}` is published: nobody will be answered there. Scale it to 0?", abort=True, err=True)
        else:
            running.end(
                codes.CLOSED, f"`{name}` is published: nobody would be answered there", at=("services", name), help="say --yes"
            )
