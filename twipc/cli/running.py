"""What the verbs share that run an environment: which one on which engine, its plan carried out or only shown."""

from __future__ import annotations

import hashlib
import shlex
import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, NoReturn

import click

from twipc.diagnostics import Code, Finding, Report, Severity, Stopped
from twipc.diagnostics.render import visible
from twipc.driver import Compiled, compile_model, load
from twipc.model import Model
from twipc.output import WriteFailed
from twipc.registry import target, target_names
from twipc.run import Busy, Engine, Failed, NotReady, Runner, Unreachable, alone, carry_out, codes, engine
from twipc.run.engine import without_password
from twipc.target.runtime import Gone, Instance, Look, Part, Pause, Plan, Runtime, Status, Step, Unanswered, Wait

from .hiding import covered
from .placing import Placed, placed, unfresh
from .session import Session, Spec
from .telling import Voice, instance_row, rows

_LAST_LINES = 20


@dataclass
class Running:
    """One environment, its target, and the engine that it runs on."""

    session: Session
    spec: Spec
    compiled: Compiled
    place: Placed
    runtime: Runtime
    voice: Voice
    dry: bool = False
    rows: list[dict[str, Any]] = field(default_factory=list)
    more: dict[str, object] = field(default_factory=dict)
    """What a verb has to say in JSON besides."""
    _open: ExitStack = field(default_factory=ExitStack)

    @property
    def model(self) -> Model:
        return self.compiled.model

    @property
    def folder(self) -> str:
        """Of the artifacts, from the project: commands are told and started there."""
        return self.place.file()

    @property
    def mark(self) -> str:
        """The digest of all that is deployed."""
        texts = sorted(self.compiled.bundle.texts.items())
        return hashlib.sha256("\0".join(part for pair in texts for part in pair).encode()).hexdigest()

    @property
    def runner(self) -> Runner:
        return Runner(self.spec.project.root, self.voice.hear)

    def reach(self) -> Engine:
        """The engine that is meant, which answers and has what the target needs; else the run ends here, with 3."""
        runner = self.runner
        try:
            found = engine(runner)
            for need in self.runtime.needs:
                answer = runner.answer(need.step)
                if answer.code:
                    raise Unreachable(codes.NO_COMPOSE, f"{need.missing}: {_last(answer.err)}", need.help)
        except Unreachable as problem:
            self.end(problem.code, str(problem), help=problem.help, exits=3)
        except Failed as failed:
            self.fail(failed)
        self.voice.say(f"{self.model.name} on {found}")
        return found

    def alone(self, engine: Engine) -> None:
        """Keep others of this machine out until the run ends."""
        try:
            self._open.enter_context(alone(engine, self.model.name))
        except Busy as busy:
            self.end(codes.BUSY, str(busy), help="wait for it, or end it")

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

    @property
    def environment(self) -> str:
        return self.model.environment.environment

    def add(self, code: Code, message: str, *, at: tuple[str | int, ...] = (), help: str | None = None) -> None:
        """One finding, at its place in the spec if it has one."""
        written = at and self.model.tree.node(at) is not None
        span = self.model.span(at, key=True) if written else None
        name = self.model.tree.name(at) if written else ""
        self.session.add(self.spec.project, [Finding(code, message, span, help=help, at=name)], self.environment)

    def end(
        self, code: Code, message: str, *, at: tuple[str | int, ...] = (), help: str | None = None, exits: int = 1
    ) -> NoReturn:
        self.add(code, message, at=at, help=help)
        self.finish(exits)

    def fail(self, failed: Failed) -> NoReturn:
        """The engine's refusal, in its own words."""
        said = " / ".join(without_password(line) for line in failed.said.strip().splitlines()[-3:]) or f"exit {failed.code}"
        self.end(
            codes.REFUSED,
            f"it was to {failed.step.why}, and: {said}",
            help=f"the command was `{shortened(failed.step)}`" if failed.step.argv else None,
            exits=3,
        )

    def finish(self, code: int = 0) -> NoReturn:
        self._open.close()
        about = {"environment": self.environment, "target": self.compiled.target.name}
        self.session.finish(code, more={**about, **(self.more or {"instances": self.rows})})
        raise click.exceptions.Exit(code)


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
    runtime = compiled.target.runtime
    assert runtime
    running = Running(session, spec, compiled, place, runtime, Voice.for_stream(sys.stderr, json=session.format == "json"), dry)
    if fresh:
        _is_fresh(running)
    return running


def weighty(session: Session, findings: Iterable[Finding]) -> list[Finding]:
    """Those that end a run; the others are `lint`'s to say."""
    return [one for one in findings if one.severity is Severity.ERROR or (session.strict and one.severity is Severity.WARNING)]


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
    raise click.UsageError(
        visible(f"{said}; {'it has: ' + ', '.join(own) if own else 'those that it runs are: ' + ', '.join(known)}")
    )


def _is_fresh(running: Running) -> None:
    try:
        found = unfresh(running.place)
    except WriteFailed as problem:
        click.echo(visible(f"twipc: cannot be compared: {problem}"), err=True)
        raise click.exceptions.Exit(4) from None
    if found:
        running.session.add(running.spec.project, found, running.environment)
        running.finish(1)


def shown_part(part: Part) -> str:
    """A part of a plan, as one would type it."""
    match part:
        case Step():
            return f"{shlex.join(part.argv)}  # {part.why}"
        case Pause():
            return f"sleep {part.seconds:g}  # {part.why}"
        case Wait():
            return f"# wait {part.why}, at most {part.seconds:g} s"
        case Gone():
            return f"# wait {part.why}, at most {part.seconds:g} s"
        case Look():
            return f"# {part.why}"


def shortened(step: Step) -> str:
    said = shlex.join(step.argv)
    return said if len(said) <= 300 else f"{said[:299]}…"


def _not_ready(name: str, problem: NotReady) -> str:
    there = [one for one in problem.status.of(name) if one.current]
    states = ", ".join(dict.fromkeys(one.condition for one in there if not one.ready)) or "none of it is there"
    after = f" after {problem.wait.seconds:g} s" if problem.late else ""
    return f"`{name}` is not ready{after}: {states}"


def _last(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "without a word"


def environment_argument(function: Callable[..., Any]) -> Callable[..., Any]:
    """ENV and `--target`, as all verbs have them that run something."""
    function = click.option("--target", "wanted", metavar="TARGET", help="Run this target's artifacts; by default compose.")(
        function
    )
    return click.argument("environment", metavar="ENV")(function)


dry_option = click.option("--dry-run", "dry", is_flag=True, help="Print the commands, and change nothing.")
