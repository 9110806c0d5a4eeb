"""What the verbs share that run an environment: which one on which engine, its plan carried out or only shown."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import click
from msgspec import field

from twipc.diagnostics import Report, Stopped
from twipc.diagnostics.render import visible
from twipc.driver import Compiled, compile_model, load
from twipc.model import Model
from twipc.registry import target, target_names
from twipc.run import Failed, NotReady, carry_out, codes
from twipc.target.images import Packed
from twipc.target.runtime import Instance, Plan, Runtime, Status, Unanswered, Wait

from .hiding import covered
from .placing import Placed, placed
from .session import Session
from .specs import completed
from .telling import Voice, instance_row, rows
from .working import Working, shown_part, weighty

_LAST_LINES = 20


class Running(Working, kw_only=True):
    """One environment, its target, and what runs of it on the engine."""

    compiled: Compiled
    place: Placed
    runtime: Runtime
    rows: list[dict[str, Any]] = field(default_factory=list)

    @property
    def folder(self) -> str:
        """Of the artifacts, from the project: commands are told and started there."""
        return self.place.file()

    @property
    def images(self) -> Sequence[Packed]:
        """Those that are made here, as the target names them."""
        return self.compiled.target.images(self.model, self.compiled.options)

    @property
    def mark(self) -> str:
        """The digest of all that is deployed."""
        texts = sorted(self.compiled.texts.items())
        return hashlib.sha256("\0".join(part for pair in texts for part in pair).encode()).hexdigest()

    def about(self) -> dict[str, object]:
        here: dict[str, object] = {"environment": self.environment, "target": self.compiled.target.name}
        return here if self.more else {**here, "instances": self.rows}

    def look(self) -> Status:
        """What the engine has now."""
        try:
            return self.runner.ask(self.runtime.observe(self.model, self.folder, self.mark))
        except Failed as failed:
            self.fail(failed)
        except Unanswered as problem:
            self.fail(Failed(problem.step, 1, str(problem)))

    def carry_out(self, plan: Plan) -> None:
        """Do what a plan says, or only show it; a service that fails ends the run with 1, an engine that refuses with 3."""
        if self.dry:
            for part in plan:
                click.echo(visible(shown_part(part)))
            return
        before = self.look() if any(isinstance(part, Wait) for part in plan) else Status()
        try:
            carry_out(plan, self.runner, lambda: self.runtime.observe(self.model, self.folder, self.mark), self.voice)
        except NotReady as problem:
            self.told(problem.status)
            for name in problem.services:
                self.add(
                    codes.NOT_READY,
                    _not_ready(name, problem),
                    at=("services", name),
                    help=f"`twipc logs {self.environment} {name}` shows more",
                )
            self._recover(before, frozenset(problem.services))
            self.finish(1)
        except Failed as failed:
            self._refused(failed)
        except Unanswered as problem:
            self.fail(Failed(problem.step, 1, str(problem)))
        except KeyboardInterrupt:
            self.voice.say("interrupted; nothing more is started, and what runs, runs on:")
            self.told(self.look())
            raise

    def _recover(self, before: Status, failed: frozenset[str]) -> None:
        plan = self.runtime.recover(self.model, before, self.look(), failed)
        try:
            carry_out(plan, self.runner, lambda: self.runtime.observe(self.model, self.folder, self.mark), self.voice)
        except Failed as problem:
            self._refused(problem)

    def _refused(self, failed: Failed) -> NoReturn:
        """Services that are ill are the reason, if there are any; else the engine's own words are."""
        status = self.look()
        ill = [one for one in status.instances if one.current and one.failed]
        if ill and failed.code is not None:
            self.told(status)
            for name in dict.fromkeys(one.service for one in ill):
                first = next(one for one in ill if one.service == name)
                self.add(
                    codes.NOT_READY,
                    f"`{name}` is not ready: {first.condition}",
                    at=("services", name),
                    help=f"`twipc logs {self.environment} {name}` shows more",
                )
            self.finish(1)
        self.told(status)
        self.fail(failed)

    def told(self, status: Status) -> None:
        """A table of what there is, with the last lines of who failed."""
        self.rows = [instance_row(one) for one in status.instances]
        logs = {one.name: self._log(one) for one in status.instances if one.failed}
        for row in self.rows:
            if row["name"] in logs:
                row["log"] = logs[row["name"]]
        self.voice.table(rows(status), logs)

    def _log(self, instance: Instance) -> list[str]:
        try:
            answer = self.runner.answer(self.runtime.log(instance, _LAST_LINES))
        except Failed:
            return []
        return [visible(covered(line)) for line in (answer.out + answer.err).splitlines()[-_LAST_LINES:]]


def begin(session: Session, asked: str, wanted: str | None, *, dry: bool = False, fresh: bool = True) -> Running:
    """The environment that is meant, compiled; the run ends here if it has errors, or `out/` is not what it makes."""
    (spec,) = session.specs((asked,))
    report = Report()
    try:
        model = load(spec.project, spec.file, spec.content, spec.stem, report)
        name = _runnable(model, wanted)
        (compiled,) = compile_model(model, [name], report)
    except Stopped:
        session.take(spec, weighty(session, report.findings), whole=False)
        session.finish(1)
        raise click.exceptions.Exit(1) from None
    if session.take(spec, weighty(session, report.findings), whole=False):
        session.finish(1)
    place = placed(spec.project, None, compiled)
    assert compiled.target.runtime
    runtime = compiled.target.runtime()
    voice = Voice.for_stream(sys.stderr, json=session.format == "json")
    running = Running(session, spec, model, voice, dry, compiled=compiled, place=place, runtime=runtime)
    if fresh:
        running.is_fresh(place)
    return running


def _runnable(model: Model, wanted: str | None) -> str:
    """The target that is run: the one that is asked for, else compose, else the only one."""
    known = [name for name in target_names() if target(name).runtime]
    own = [name for name in known if name in model.environment.targets]
    name = wanted or ("compose" if "compose" in own else own[0] if own else "")
    if name in own:
        return name
    said = (
        f"`{wanted}` is not among the targets of {model.environment.environment}"
        if wanted
        else f"no target of {model.environment.environment} is run by twipc"
    )
    if wanted and wanted not in known:
        said = f"`{wanted}` is not a target that twipc runs"
        if wanted in target_names() and target(wanted).deploying:
            said = f"`{wanted}` is not run but deployed, by `twipc deploy {model.environment.environment}`"
    raise click.UsageError(
        visible(f"{said}; {'it has: ' + ', '.join(own) if own else 'those that it runs are: ' + ', '.join(known)}")
    )


def _not_ready(name: str, problem: NotReady) -> str:
    if any(one.undone for one in problem.status.of(name)) and not problem.late:
        return f"`{name}` could not be updated: the new version failed; it has gone back or stands still, as `rollout` says"
    there = [one for one in problem.status.of(name) if problem.wait.counts(one)]
    states = ", ".join(dict.fromkeys(one.condition for one in there if not one.ready)) or "none of it is there"
    after = f" after {problem.wait.seconds:g} s" if problem.late else ""
    return f"`{name}` is not ready{after}: {states}"


def environment_argument(function: Callable[..., Any]) -> Callable[..., Any]:
    """ENV and `--target`, as all verbs have them that run something."""
    function = click.option("--target", "wanted", metavar="TARGET", help="Run this target's artifacts; by default compose.")(
        function
    )
    return click.argument("environment", metavar="ENV", shell_complete=completed)(function)
