"""What the verbs share that give an engine work: which engine, one run at a time, findings, and the end of the run."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from contextlib import ExitStack
from typing import NoReturn

import click
from msgspec import Struct, field

from twipc.diagnostics import Code, Finding, Severity
from twipc.diagnostics.render import visible
from twipc.model import Model
from twipc.output import WriteFailed
from twipc.run import Busy, Engine, Failed, Runner, Unreachable, alone, codes, engine
from twipc.run.engine import without_password
from twipc.target.runtime import Ended, Gone, Look, Need, Part, Pause, Step, Wait

from .placing import Placed, unfresh
from .session import Session
from .specs import Spec
from .telling import Voice


class Working(Struct):
    """One environment, and what is told of the work for it."""

    session: Session
    spec: Spec
    model: Model
    voice: Voice
    dry: bool = False
    more: dict[str, object] = field(default_factory=dict)
    """What a verb has to say in JSON besides."""
    _open: ExitStack = field(default_factory=ExitStack)

    @property
    def environment(self) -> str:
        return self.model.environment.environment

    @property
    def runner(self) -> Runner:
        return Runner(self.spec.project.root, self.voice.hear)

    def reach(self, needs: Iterable[Need] = ()) -> Engine:
        """The engine that is meant, which answers and has what is needed; else the run ends here, with 3."""
        runner = self.runner
        try:
            found = engine(runner)
            for need in needs:
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

    def is_fresh(self, place: Placed) -> None:
        """End the run unless `out/` has what is compiled: who works by it does what the spec says."""
        try:
            found = unfresh(place)
        except WriteFailed as problem:
            click.echo(visible(f"twipc: cannot be compared: {problem}"), err=True)
            raise click.exceptions.Exit(4) from None
        if found:
            self.session.add(self.spec.project, found, self.environment)
            self.finish(1)

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

    def fail(self, failed: Failed, *, help: str | None = None) -> NoReturn:
        """The engine's refusal, in its own words."""
        said = " / ".join(without_password(line) for line in failed.said.strip().splitlines()[-3:]) or f"exit {failed.code}"
        self.end(
            codes.REFUSED,
            f"it was to {failed.step.why}, and: {said}",
            help=help or (f"the command was `{shortened(failed.step)}`" if failed.step.argv else None),
            exits=3,
        )

    def about(self) -> dict[str, object]:
        """Which environment this is, for JSON."""
        return {"environment": self.environment}

    def finish(self, code: int = 0) -> NoReturn:
        self._open.close()
        self.session.finish(code, more={**self.about(), **self.more})
        raise click.exceptions.Exit(code)


def weighty(session: Session, findings: Iterable[Finding]) -> list[Finding]:
    """Those that end a run; the others are `lint`'s to say."""
    return [one for one in findings if one.severity is Severity.ERROR or (session.strict and one.severity is Severity.WARNING)]


def shown_part(part: Part) -> str:
    """A part of a plan, as one would type it."""
    match part:
        case Step():
            return f"{shlex.join(part.argv)}  # {part.why}"
        case Pause():
            return f"sleep {part.seconds:g}  # {part.why}"
        case Wait():
            return f"# wait {part.why}, at most {part.seconds:g} s"
        case Gone() | Ended():
            return f"# wait {part.why}, at most {part.seconds:g} s"
        case Look():
            return f"# {part.why}"


def shortened(step: Step) -> str:
    said = shlex.join(step.argv)
    return said if len(said) <= 300 else f"{said[:299]}…"


def _last(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "without a word"


dry_option = click.option("--dry-run", "dry", is_flag=True, help="Print the commands, and change nothing.")
