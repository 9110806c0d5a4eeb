"""What the verbs share: which specs are meant, findings printed, and the exit code they come to."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TextIO

import click
from msgspec import Struct, field
from msgspec.structs import replace

from twipc.diagnostics import Finding, Merged, Report, Severity, Span, merged, told_once
from twipc.diagnostics.near import near
from twipc.diagnostics.render import as_concise, as_json, as_text, summary, visible
from twipc.driver import judge_across, judge_fragment
from twipc.model import Model
from twipc.project import Project, content_of
from twipc.spec import codes, names_no_environment
from twipc.stamp import columns
from twipc.syntax import MOST_BYTES

from .hiding import hidden, is_ours, veiled
from .ignoring import Ignoring
from .specs import (
    STDIN,
    STDIN_FILE,
    Spec,
    environment_in,
    here,
    place_of,
    root_of,
    shown,
    spec_files,
    texts_of,
)


class Session(Struct, dict=True):
    """One run of a verb. Findings name files as one would from here: specs may come from several projects."""

    format: str
    strict: bool
    colour: str
    report: Report = field(default_factory=Report)
    sources: dict[str, str] = field(default_factory=dict)
    said: list[tuple[bool, str]] = field(default_factory=list)
    """What an equal run would print, each with whether to standard error."""
    unsaid: frozenset[str] = frozenset()
    """The codes that this verb does not look for: a comment that ignores one may do so for another."""
    _projects: dict[Path, Project] = field(default_factory=dict)
    _ignoring: dict[Project, Ignoring] = field(default_factory=dict)

    @cached_property
    def home(self) -> Project:
        """The project that one stands in."""
        return self._project(root_of(here()))

    def specs(self, asked: tuple[str, ...]) -> Iterator[Spec]:
        """The specs that are meant, each once; a name that leads nowhere is wrong usage."""
        if asked:
            files = dict.fromkeys(STDIN if name == STDIN else self._path(name) for name in asked)
            return (self._from_stdin() if file == STDIN else self._from_file(Path(file)) for file in files)
        found = [spec for spec in self._all() if not names_no_environment(spec.file, spec.content)]
        if not found and not self.report.findings:
            raise click.UsageError(visible(_why_there_is_none(self.fragments())))
        return iter(found)

    def fragments(self) -> list[Spec]:
        """Those of the project that one stands in."""
        return [spec for spec in self._all() if names_no_environment(spec.file, spec.content)]

    def _all(self) -> Iterator[Spec]:
        """Every spec and fragment; what has the name of one and cannot be read is a finding."""
        for path in spec_files(self.home):
            try:
                content = content_of(path)
            except OSError as problem:
                said = f"`{shown(path)}` cannot be read: {problem.strerror}"
                self.report.add(codes.UNREADABLE, said, Span(shown(path), 1, 1, 1, 1), help="make it a file, or rename it")
            else:
                yield self._spec(path, content)

    def _path(self, name: str) -> Path | str:
        if not name:
            raise click.UsageError("the name of a spec is empty; without a name all of specs/ are meant")
        specs = self.home.root / "specs"
        path = Path(name)
        if not path.suffix and len(path.parts) == 1:
            path = next((one for one in (specs / f"{name}.yaml", specs / f"{name}.yml") if os.path.lexists(one)), path)
        there = os.path.lexists(path)
        folder = there and path.is_dir()
        if not there or (folder and path.suffix not in (".yaml", ".yml")):
            known = sorted({file.stem for file in spec_files(self.home)})
            if folder:
                whole = [spec.stem for spec in self._all() if not names_no_environment(spec.file, spec.content)]
                named = f"name environments ({', '.join(whole)}) or files" if whole else "name a file"
                raise click.UsageError(visible(f"`{name}` is a folder: {named}; without a name all of specs/ are meant"))
            meant = near(path.stem, known)
            help = f"did you mean `{meant}`?" if meant else f"specs/ holds: {', '.join(known) or 'nothing'}"
            raise click.UsageError(visible(f"there is no spec `{name}`; {help}"))
        return Path(os.path.normpath(here() / path))

    def _from_stdin(self) -> Spec:
        # One byte more than is allowed tells that there are too many.
        content = sys.stdin.buffer.read(MOST_BYTES + 1) if sys.stdin else b""
        return Spec(self.home, STDIN_FILE, content, environment_in(content))

    def _from_file(self, path: Path) -> Spec:
        try:
            content = content_of(path)
        except OSError as problem:
            raise click.UsageError(visible(f"{shown(path)}: {problem.strerror}")) from problem
        return self._spec(path, content)

    def _spec(self, path: Path, content: bytes) -> Spec:
        project = self._project(root_of(path.parent))
        file = path.relative_to(project.root).as_posix()
        project.found(file, content)
        return Spec(project, file, content, path.stem)

    def _project(self, root: Path) -> Project:
        return self._projects.setdefault(root, Project(root))

    def say(self, text: str, *, to_stderr: bool, again: str | None = None) -> None:
        """Print a text; `again` is what takes its place where nothing has changed."""
        click.echo(text, nl=False, err=to_stderr, color=True)
        self.said.append((to_stderr, text if again is None else again))

    def add(self, project: Project, findings: Iterable[Finding], environment: str = "") -> None:
        """Take findings over, with the texts that they point into; `environment` is the one that was looked at."""
        self.sources |= {place_of(project, file): text for file, text in project.sources.items()}
        place = cache(lambda file: place_of(project, file))
        self.report.extend(_placed(finding, place, environment) for finding in findings)

    def take(self, spec: Spec, findings: Iterable[Finding], *, whole: bool) -> bool:
        """Add the findings on one spec that its comments do not ignore; True if one of them fails the run.

        With `whole`, it was looked at with all its targets.
        """
        ignoring = self._ignoring.setdefault(spec.project, Ignoring())
        stay = ignoring.stay(spec.file, findings, spec.project.sources, whole=whole)
        self.add(spec.project, stay, spec.stem)
        return self.fails(stay)

    def agree(self, project: Project, models: Iterable[Model]) -> bool:
        """Whether the environments of a project keep out of each other's way, and none of their comments ignores nothing."""
        report = Report()
        judge_across(list(models), report)

        def of_fragment(file: str, text: str) -> Iterable[Finding]:
            own = Report()
            judge_fragment(project, file, text.encode("utf-8", "surrogatepass"), own)
            return own.findings

        report.extend(self._ignoring[project].unused(lambda: texts_of(project), of_fragment, self.unsaid))
        self.add(project, report.findings)
        return not self.fails(report.findings)

    def finish(self, code: int = 0, *, to_stderr: bool = False, more: Mapping[str, object] | None = None) -> None:
        """Print the findings and exit with `code`; with 1 if that is 0 and an error is among them.

        `more` is what a verb has to say besides; it stands in JSON alone.
        """
        found = self.report.findings
        findings = merged(found)
        stream: TextIO | None = sys.stderr if to_stderr else sys.stdout
        printed = as_json(findings, more or {}) if self.format == "json" else self._printed(findings, stream)
        self.say(printed, to_stderr=to_stderr)
        if findings and self.format == "text":
            self.say(f"{summary(findings)}\n", to_stderr=True)
        if code or self.fails(found):
            raise click.exceptions.Exit(code or 1)

    def _printed(self, findings: list[Merged], stream: TextIO | None) -> str:
        if self.format == "text":
            told = told_once(findings)
            return as_text(told, self._shown(told), colour=self._wants_colour(stream), width=columns(stream))
        if self.format == "sarif":
            from twipc import __version__
            from twipc.catalogue import codes
            from twipc.diagnostics.sarif import as_sarif

            from .explain import explain_code

            return as_sarif(findings, [(code, explain_code(code)) for code in codes().values()], __version__)
        if self.format == "github":
            from twipc.diagnostics.github import as_github

            return as_github(findings)
        return as_concise(findings)

    def _shown(self, findings: Iterable[Merged]) -> dict[str, str]:
        """The texts that findings point into, without what looks like a secret; none of a file that is not ours."""
        shown: dict[str, set[int]] = {}
        for each in findings:
            for span in filter(None, (each.finding.span, *(one.span for one in each.related))):
                shown.setdefault(span.file, set()).add(span.line)
        texts = {file: self.sources[file] for file in shown if file in self.sources}
        return {file: hidden(file, text, shown[file]) for file, text in texts.items() if is_ours(text)}

    def fails(self, findings: Iterable[Finding]) -> bool:
        """Whether one of the findings is an error: `--strict` makes warnings errors."""
        weights = {Severity.ERROR, Severity.WARNING} if self.strict else {Severity.ERROR}
        return any(finding.severity in weights for finding in findings)

    def _wants_colour(self, stream: TextIO | None) -> bool:
        if self.colour != "auto":
            return self.colour == "always"
        if os.environ.get("NO_COLOR"):
            return False
        if os.environ.get("FORCE_COLOR", "0") not in ("", "0"):
            return True
        return bool(stream and stream.isatty()) and os.environ.get("TERM") != "dumb"


def _placed(finding: Finding, place: Callable[[str], str], environment: str) -> Finding:
    def placed(span: Span) -> Span:
        return replace(span, file=place(span.file))

    related = tuple(replace(one, span=placed(one.span), message=veiled(one.message)) for one in finding.related)
    span = placed(finding.span) if finding.span else None
    message, at, listed = veiled(finding.message), veiled(finding.at), tuple(map(veiled, finding.listed))
    return replace(finding, message=message, at=at, span=span, related=related, environment=environment, listed=listed)


def _why_there_is_none(fragments: list[Spec]) -> str:
    """What to do where no file is a spec."""
    if not fragments:
        return "there is no spec: write specs/<environment>.yaml (`twipc explain spec` says what it holds), or name a file"
    files = ", ".join(shown(one.project.root / one.file) for one in fragments[:3])
    first = fragments[0].stem
    return f"there is no spec, only what others extend ({files}): a spec says whose it is, such as `environment: {first}`"


def verb(function: Callable[..., None]) -> Callable[..., None]:
    """The options that every verb with findings has; the function gets a `Session` first."""

    def run(*, format: str, strict: bool, colour: str, **rest: Any) -> None:
        function(Session(format, strict, colour), **rest)

    run.__doc__ = function.__doc__
    run.__click_params__ = getattr(function, "__click_params__", [])  # type: ignore[attr-defined]
    for option in (
        click.option(
            "--color",
            "colour",
            type=click.Choice(["auto", "always", "never"]),
            default="auto",
            show_default=True,
            help="Colour findings; auto heeds NO_COLOR, FORCE_COLOR and whether this is a terminal.",
        ),
        click.option("--strict", is_flag=True, help="Warnings are errors."),
        click.option(
            "--format",
            type=click.Choice(["text", "concise", "json", "sarif", "github"]),
            default="text",
            show_default=True,
            help="How findings are printed; text tells alike notes and warnings once, and none what a comment ignores.",
        ),
    ):
        run = option(run)
    return run
