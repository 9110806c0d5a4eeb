"""`twipc deploy`: an environment as one stack, told before anything is done."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from twipc.diagnostics import Report, Stopped
from twipc.diagnostics.render import visible
from twipc.driver import Compiled, compile_model, load
from twipc.model import Model
from twipc.project import content_of
from twipc.registry import target, target_names
from twipc.run import codes
from twipc.run.stacks import Stacks, There
from twipc.target.deploying import Deploying, NoTemplate

from . import stacking
from .deployment import Deployment
from .past import NoRevision, Past
from .placing import placed
from .session import Session, verb
from .specs import completed
from .telling import Voice
from .working import Working, weighty

_STACK = "stack"
"""What stands for the stack itself, where a file or a revision may."""


@click.command("deploy")
@click.argument("environment", metavar="ENV", shell_complete=completed)
@click.option("--target", "wanted", metavar="TARGET", help="Deploy this target; by default the only one that is deployed.")
@click.option(
    "--registry",
    is_flag=True,
    help="Deploy what images are pushed to, as a stack of its own: its repositories, which `twipc pack` needs.",
)
@click.option(
    "--against",
    metavar="FILE|REV|stack",
    help="With --dry-run: what runs. A template in a file, that of a revision of git, or the stack's own. Without it nothing "
    "is known to run.",
)
@click.option("--parameter", "words", multiple=True, metavar="NAME=VALUE", help="What the template asks for; kept once said.")
@click.option("--bucket", metavar="NAME", help="Where on S3 a template over 51,200 bytes is put.")
@click.option("--dry-run", "dry", is_flag=True, help="Say what it would do, and do nothing: only `--against stack` asks AWS.")
@verb
def command(
    session: Session,
    environment: str,
    wanted: str | None,
    registry: bool,
    against: str | None,
    words: tuple[str, ...],
    bucket: str | None,
    dry: bool,
) -> None:
    """Deploy an environment as one stack: what that creates, replaces, updates or ends is told before, and who is interrupted.

    It is told from two templates, the one that the spec makes and that of what runs. CloudFormation's own change set is held
    against it, and nothing is done that was not told. Ctrl-C ends the waiting, not what AWS has begun.

    Without --dry-run it wants the extra `aws` (pip install 'twipc[aws]') and credentials.
    """
    one = _begin(session, environment, wanted, registry=registry)
    said = stacking.pairs(words, one.stack)
    if dry:
        try:
            _, running, there = _of_stack(one) if against == _STACK else (None, _running(one, against), None)
            one.tell(one.compare(running, _others(there, said)), against)
        except NoTemplate as problem:
            raise click.UsageError(visible(f"what runs is no template: {problem}")) from None
        one.finish()
    if against is not None:
        raise click.UsageError("--against is for --dry-run: a deployment asks AWS what runs")
    _deploy(one, said, bucket)
    if registry:
        one.voice.say(f"next: `twipc pack {one.environment}`, then `twipc compile {one.environment}`")
    one.finish()


def _deploy(one: Deployment, said: dict[str, str], bucket: str | None) -> None:
    stack = one.stack
    stacking.fits(one, one.artifact.text, bucket)
    stacks, running, there = _of_stack(one)
    if there:
        stacking.is_ready(one, stack, there)
    try:
        operation = one.compare(running, _others(there, said))
    except NoTemplate as problem:
        help = "deploy it once by other means, from the template in `out/`"
        one.end(codes.STUCK, f"what `{stack.name}` was deployed from is not twipc's: {problem}", help=help)
    one.tell(operation, _STACK)
    asked = stacking.parameters(one, stack, there, said)
    if one.session.fails(one.session.report.findings):
        one.finish(1)
    stacking.Carrying(one, stacks, stack, operation, one.artifact.text, there, asked, bucket).carry_out()


def _others(there: There | None, said: dict[str, str]) -> frozenset[str]:
    """The parameters that are said otherwise than before."""
    told = there.parameters if there else {}
    return frozenset(name for name, value in said.items() if told.get(name, value) != value)


def _of_stack(one: Deployment) -> tuple[Stacks, str | None, There | None]:
    """Who is asked, the template of what runs, and the stack."""
    stacks = stacking.reach(one, one.stack)
    there = stacking.look(one, stacks, one.stack)
    if there is None or not there.text:
        one.voice.say(f"there is no stack `{one.stack.name}` in {one.stack.region}")
        _tell_first(one)
    return stacks, (there.text or None) if there else None, there


def _tell_first(one: Deployment) -> None:
    """What comes before a first deployment."""
    first = one.deploying.first
    if first and first.file in one.compiled.texts:
        here = one.environment
        one.voice.say(f"before it: `twipc deploy {here} --registry` makes its repositories, `twipc pack {here}` pushes to them")


def _begin(session: Session, asked: str, wanted: str | None, *, registry: bool) -> Deployment:
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
    deploying = _deploying(compiled, registry=registry)
    artifact = next((one for one in compiled.bundle.artifacts if one.path == deploying.file), None)
    voice = Voice.for_stream(sys.stderr, json=session.format == "json")
    place = placed(spec.project, None, compiled)
    if artifact is None:
        working = Working(session, spec, model, voice)
        help = "say it otherwise in the spec, or deploy what `out/` has by other means"
        if registry:
            help = "what is no ECR of this account and region is made by other means; `twipc pack` pushes to what is there"
        why = deploying.missing(model, compiled.options)
        working.end(codes.NO_TEMPLATE, f"{model.name} has no {deploying.file}: {why}", help=help)
    stack = deploying.stack(model, compiled.options, artifact.text)
    one = Deployment(
        *(session, spec, model, voice), compiled=compiled, place=place, deploying=deploying, artifact=artifact, stack=stack
    )
    one.is_fresh(place)
    return one


def _deploying(compiled: Compiled, *, registry: bool) -> Deploying:
    """How all that runs is deployed, or what comes before it."""
    assert compiled.target.deploying
    found = compiled.target.deploying()
    if not registry:
        return found
    if not found.first:
        raise click.UsageError(f"{compiled.target.name} has no repositories of its own; leave --registry away")
    return found.first


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


def _running(one: Deployment, against: str | None) -> str | None:
    """The text of what is said to run; None where nothing is said."""
    if against is None:
        one.voice.say(f"nothing is known to run: {one.stack.name} as if it were new; --against says what runs")
        _tell_first(one)
        return None
    text = _text(one, against)
    if said := one.deploying.stranger(one.model, text):
        help = f"say what `{one.stack.name}` was deployed from, or leave --against away where it is new"
        one.end(codes.OF_ANOTHER, f"`{against}` is {said}, and `{one.stack.name}` does not run by it", help=help)
    return text


def _text(one: Deployment, against: str) -> str:
    if not against:
        raise click.UsageError("--against is empty; it takes a file, or a revision of git")
    try:
        if Path(against).is_file():
            return content_of(Path(against)).decode("utf-8", "replace")
        file = one.place.file(one.deploying.file)
        found = Past.at(one.spec.project.root, against).read(file)
    except NoRevision as problem:
        raise click.UsageError(visible(f"there is no file `{against}`, and {problem}")) from None
    except (OSError, ValueError) as problem:
        raise click.UsageError(visible(f"{against}: {getattr(problem, 'strerror', None) or problem}")) from None
    if found is None:
        raise click.UsageError(visible(f"there is no {file} in {against}"))
    return found.decode("utf-8", "replace")
