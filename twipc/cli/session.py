"""What the verbs share: which specs are meant, findings printed, and the exit code they come to."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from twipc.diagnostics import Report, Severity, Stopped
from twipc.diagnostics.render import as_concise, as_json, as_text, summary
from twipc.driver import Project
from twipc.spec import is_fragment
from twipc.syntax import parse

STDIN = "-"


@dataclass(frozen=True, slots=True)
class Spec:
    """One spec that was asked for: its name in the project, its bytes, and the environment its file name promises."""

    file: str
    content: bytes
    stem: str


@dataclass
class Session:
    """One run of a verb."""

    format: str
    strict: bool
    colour: str
    report: Report = field(default_factory=Report)
    project: Project = field(default_factory=lambda: Project(find_root()))

    def specs(self, asked: tuple[str, ...]) -> Iterator[Spec]:
        """The specs that are meant; a name that leads nowhere is wrong usage."""
        if asked:
            for name in asked:
                yield self._spec(name)
            return
        folder = self.project.root / "specs"
        found = False
        for path in sorted((*folder.glob("*.yaml"), *folder.glob("*.yml"))):
            spec = self._from_file(path)
            report = Report()
            try:
                if is_fragment(parse(spec.content, spec.file, report)):
                    continue
            except Stopped:
                pass  # said again, with all else, when the spec itself is read
            found = True
            yield spec
        if not found:
            raise click.UsageError("there is no spec: name a file, or write specs/<environment>.yaml")

    def _spec(self, name: str) -> Spec:
        if name == STDIN:
            content = sys.stdin.buffer.read()
            return Spec("specs/<stdin>", content, _environment_in(content))
        path = Path(name)
        if not path.suffix and not path.exists():
            path = self.project.root / "specs" / f"{name}.yaml"
        if not path.is_file():
            known = sorted(file.stem for file in (self.project.root / "specs").glob("*.yaml"))
            raise click.UsageError(f"there is no spec `{name}`; specs/ holds: {', '.join(known) or 'nothing'}")
        return self._from_file(path)

    def _from_file(self, path: Path) -> Spec:
        path = path.absolute()
        if path.parent.name == "specs" and path.parent.parent != self.project.root:
            self.project = Project(path.parent.parent)
        elif not path.is_relative_to(self.project.root):
            self.project = Project(path.parent)
        try:
            content = path.read_bytes()
        except OSError as problem:
            raise click.UsageError(f"{path}: {problem.strerror}") from problem
        return Spec(path.relative_to(self.project.root).as_posix(), content, path.stem)

    def place(self, file: str) -> str:
        """A file of the project as it is named from here."""
        if file.endswith("<stdin>"):
            return "<stdin>"
        return os.path.normpath(os.path.join(os.path.relpath(self.project.root), file))

    def finish(self, sources: dict[str, str], *, to_stderr: bool = False) -> None:
        """Print the findings; exit 1 if an error is among them, or a warning under --strict."""
        findings = self.report.findings
        if self.format == "json":
            text = as_json(findings, self.place)
        elif self.format == "concise":
            text = as_concise(findings, self.place)
        else:
            text = as_text(findings, sources, self.place, colour=self._wants_colour())
        click.echo(text, nl=False, err=to_stderr, color=True)
        if findings and self.format == "text":
            click.echo(summary(findings), err=True)
        weights = {Severity.ERROR, Severity.WARNING} if self.strict else {Severity.ERROR}
        if any(finding.severity in weights for finding in findings):
            raise click.exceptions.Exit(1)

    def _wants_colour(self) -> bool:
        if self.colour != "auto":
            return self.colour == "always"
        if os.environ.get("NO_COLOR"):
            return False
        return bool(os.environ.get("FORCE_COLOR")) or (sys.stdout.isatty() and os.environ.get("TERM") != "dumb")


def find_root() -> Path:
    """The nearest folder upward that holds `specs/`, or this one."""
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / "specs").is_dir()), here)


def _environment_in(content: bytes) -> str:
    """The name that a spec on standard input gives itself: it has no file name to agree with."""
    try:
        node = parse(content, STDIN, Report()).node(("environment",))
    except Stopped:
        return STDIN
    return str(getattr(node, "value", STDIN))


def verb(function: Callable[..., None]) -> Callable[..., None]:
    """The options that every verb with findings has; the function gets a `Session` first."""

    def run(*, format: str, strict: bool, colour: str, **rest: Any) -> None:
        function(Session(format, strict, colour), **rest)

    run.__doc__ = function.__doc__
    run.__click_params__ = getattr(function, "__click_params__", [])  # type: ignore[attr-defined]
    for option in (
        click.option("--color", "colour", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True),
        click.option("--strict", is_flag=True, help="Warnings fail the run too."),
        click.option(
            "--format",
            type=click.Choice(["text", "concise", "json"]),
            default="text",
            show_default=True,
            help="How findings are printed.",
        ),
    ):
        run = option(run)
    return run
