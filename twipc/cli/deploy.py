"""`twipc deploy`: an environment as one stack, told before anything is done."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from twipc.diagnostics import Report, Stopped
from twipc.diagnostics.render import visible
from twipc.driver import Compiled, compile_model, load
from twipc.model import Model
from twipc.output import WriteFailed
from twipc.project import content_of
from twipc.registry import target, target_names
from twipc.run import codes
from twipc.target import Artifact
from twipc.target.deploying import Act, Change, Deploying, Interruption, NoTemplate, Operation

from .hiding import covered
from .past import NoRevision, Past
from .placing import Placed, placed, unfresh
from .session import Session, verb
from .telling import Row, Voice, columns
from .working import Working, weighty

_WORDS = {Act.CREATED: "create", Act.REPLACED: "replace", Act.UPDATED: "update", Act.DELETED: "delete", Act.KEPT: "keep"}
_TOLD = 8
"""So many causes of one change are printed; JSON has all."""


@click.command("deploy")
@click.argument("environment", metavar="ENV")
@click.option("--target", "wanted", metavar="TARGET", help="Deploy this target; by default the only one that is deployed.")
@click.option(
    "--against",
    metavar="FILE|REV",
    help="What runs: a template in a file, or the one that a revision of git has. Without it nothing is known to run.",
)
@click.option("--dry-run", "dry", is_flag=True, help="Say what it would do, and do nothing. Nobody is asked.", required=True)
@verb
def command(session: Session, environment: str, wanted: str | None, against: str | None, dry: bool) -> None:
    """Say what a deployment does: what is created, replaced, updated in place, deleted or kept, and who is interrupted.

    It is told from two templates, the one that the spec makes and that of what runs.
    """
    del dry
    one = _begin(session, environment, wanted)
    one.tell(one.compare(_running(one, against)), against)
    one.finish()


@dataclass(kw_only=True)
class Deployment(Working):
    """One environment, and the template that it is deployed by."""

    compiled: Compiled
    place: Placed
    deploying: Deploying
    artifact: Artifact

    def about(self) -> dict[str, object]:
        return {"environment": self.environment, "target": self.compiled.target.name}

    def compare(self, running: str | None) -> Operation:
        """What becomes of what runs; a text that is no template is wrong usage."""
        try:
            return self.deploying.compare(self.model, self.artifact, running)
        except NoTemplate as problem:
            raise click.UsageError(visible(f"what runs is no template: {problem}")) from None

    def tell(self, operation: Operation, against: str | None) -> None:
        """Print the changes, then in one line what they come to."""
        self.more |= {"against": against, "changes": [self._row(one) for one in operation.changes]}
        self.session.add(self.spec.project, operation.findings, self.environment)
        if self.session.format not in ("json", "sarif"):
            for line in self._lines(operation):
                click.echo(line)
        self.voice.say(f"{self.model.name}: {_summary(operation)}")

    def _lines(self, operation: Operation) -> list[str]:
        table: list[Row] = [(one.act.value, one.id, one.what, one.means) for one in operation.changes]
        if not table:
            return []
        head, *lines = columns([("CHANGE", "RESOURCE", "WHAT", "WHAT IT MEANS"), *table])
        found = [head]
        for line, one in zip(lines, operation.changes, strict=True):
            found.append(line)
            told = [f"{name}: {cause}" if name else cause for name, cause in self._causes(one)]
            found += [visible(f"    {cause}") for cause in told[:_TOLD]]
            if len(told) > _TOLD:
                found.append(f"    and {len(told) - _TOLD} more")
        return found

    def _causes(self, one: Change) -> list[tuple[str, str]]:
        """(where the spec says it, what is another)"""
        found = []
        for cause in one.causes:
            at = cause.at
            while at and not self.model.written(at):
                at = at[:-1]
            before, after = (said and covered(said) for said in (cause.before, cause.after))
            found.append((self.model.tree.name(at), replace(cause, before=before, after=after).told))
        return found

    def _row(self, one: Change) -> dict[str, Any]:
        causes = [{"at": at, "said": said} for at, said in self._causes(one)]
        return {
            "change": one.act.value,
            "resource": one.id,
            "type": one.kind,
            "service": one.service or None,
            "what": one.what,
            "means": one.means,
            "interruption": one.interruption.value,
            "causes": causes,
        }


def _summary(operation: Operation) -> str:
    if not operation.changes:
        return "nothing is to change"
    counts = {act: sum(one.act is act for one in operation.changes) for act in _WORDS}
    said = ", ".join(f"{count} to {_WORDS[act]}" for act, count in counts.items() if count)
    out = sorted({one.service or one.id for one in operation.changes if one.interruption is Interruption.OUTAGE})
    return f"{said}; {'an outage of ' + ', '.join(f'`{name}`' for name in out) if out else 'no outage'}"


def _begin(session: Session, asked: str, wanted: str | None) -> Deployment:
    """The environment that is meant, compiled; the run ends here where it has errors, or `out/` is not what it makes."""
    (spec,) = session.specs((asked,))
    report = Report()
    try:
        model = load(spec.project, spec.file, spec.content, spec.stem, report)
        (compiled,) = compile_model(model, [_deployable(model, wanted)], report)
    except Stopped:
        session.take(spec, weighty(session, report.findings), whole=False)
        session.finish(1)
        raise click.exceptions.Exit(1) from None
    if session.take(spec, weighty(session, report.findings), whole=False):
        session.finish(1)
    deploying = compiled.target.deploying
    assert deploying
    artifact = next((one for one in compiled.bundle.artifacts if one.path == deploying.file), None)
    voice = Voice.for_stream(sys.stderr, json=session.format == "json")
    place = placed(spec.project, None, compiled)
    if artifact is None:
        working = Working(session, spec, model, voice)
        help = "say it otherwise in the spec, or deploy what `out/` has by other means"
        working.end(codes.NO_TEMPLATE, f"{model.name} has no {deploying.file}: {deploying.missing(model)}", help=help)
    one = Deployment(session, spec, model, voice, compiled=compiled, place=place, deploying=deploying, artifact=artifact)
    _is_fresh(one)
    return one


def _deployable(model: Model, wanted: str | None) -> str:
    """The target that is deployed: the one that is asked for, else the only one; who runs another is told its verb."""
    known = [name for name in target_names() if target(name).deploying]
    own = [name for name in known if name in model.environment.targets]
    if wanted in own or (not wanted and len(own) == 1):
        return wanted or own[0]
    here = model.environment.environment
    if wanted and wanted not in known:
        if wanted in target_names() and target(wanted).runtime:
            raise click.UsageError(f"`{wanted}` is run by `twipc up {here} --target {wanted}`; deployed is: {', '.join(known)}")
        raise click.UsageError(visible(f"`{wanted}` is not a target that twipc deploys; those are: {', '.join(known)}"))
    if wanted or not own:
        runs = [name for name in sorted(model.environment.targets) if target(name).runtime]
        verb = f"; `twipc up {here}` runs its {runs[0]}" if runs else ""
        raise click.UsageError(visible(f"{here} has no target that twipc deploys ({', '.join(known)}){verb}"))
    raise click.UsageError(f"{here} has several targets that are deployed; say which: {', '.join(own)}")


def _is_fresh(one: Deployment) -> None:
    try:
        found = unfresh(one.place)
    except WriteFailed as problem:
        click.echo(visible(f"twipc: cannot be compared: {problem}"), err=True)
        raise click.exceptions.Exit(4) from None
    if found:
        one.session.add(one.spec.project, found, one.environment)
        one.finish(1)


def _running(one: Deployment, against: str | None) -> str | None:
    """The text of what is said to run; None where nothing is said."""
    if against is None:
        one.voice.say(f"nothing is known to run: {one.model.name} as if it were new; --against says what runs")
        return None
    if not against:
        raise click.UsageError("--against is empty; it takes a file, or a revision of git")
    try:
        if Path(against).is_file():
            return content_of(Path(against)).decode("utf-8", "replace")
        file = one.place.file(one.deploying.file)
        found = Past(one.spec.project.root, against).read(file)
    except NoRevision as problem:
        raise click.UsageError(visible(f"there is no file `{against}`, and {problem}")) from None
    except (OSError, ValueError) as problem:
        raise click.UsageError(visible(f"{against}: {getattr(problem, 'strerror', None) or problem}")) from None
    if found is None:
        raise click.UsageError(visible(f"there is no {file} in {against}"))
    return found.decode("utf-8", "replace")
