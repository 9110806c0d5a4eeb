"""`twipc pack`: the images of an environment into a registry, and their digests into its lock."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

import click
from msgspec import field
from msgspec.structs import replace
from pydantic import ValidationError

from twipc.diagnostics import Report, Span, Stopped
from twipc.diagnostics.render import visible
from twipc.driver import Compiled, compile_model, images_of, load, lock_file
from twipc.formats.yamltext import dump
from twipc.model import Locked, Model
from twipc.output import WriteFailed, write_file
from twipc.regex import late_regex
from twipc.rules.codes import locks
from twipc.run import Failed, Runner, codes
from twipc.spec.lock import Lock
from twipc.syntax import NodeMapping, Tree
from twipc.target.building import bake
from twipc.target.images import Packed, says_registry
from twipc.target.labels import PROJECT
from twipc.target.packing import look_at, moves_no_tag, pushed_before, pushes, refused, tags
from twipc.target.runtime import Step

from .choice import Choice, target_option
from .placing import placed, unfresh_below
from .session import Session, verb
from .specs import Spec, completed
from .telling import Voice
from .working import Working, dry_option, shown_part, weighty

_DIGEST = late_regex(r"digest: (sha256:[0-9a-f]{64})\b")


@click.command("pack")
@click.argument("specs", nargs=-1, metavar="[SPEC]...", shell_complete=completed)
@target_option
@click.option("--registry", metavar="HOST", help="Where the images of targets go that name no `registry` in the spec.")
@dry_option
@verb
def command(session: Session, specs: tuple[str, ...], targets: tuple[str, ...], registry: str | None, dry: bool) -> None:
    """Push what is built here to a registry, and write the digests that it has there into specs/<environment>.lock.

    Those are the images of services with a `build`, and the servers that ECS has as images of their own, which are built first.
    `compile` reads the lock: from then on artifacts name each image by its digest. Only images that carry the project's label
    are pushed. The lock is written when all have been: a push that fails leaves it as it was.

    SPEC is an environment's name (prod is specs/prod.yaml) or a file; none means all.
    """
    said = _registry(registry)
    choice = Choice(targets, named=bool(specs), elsewhere=False, hint="")
    rows: list[dict[str, Any]] = []
    for spec in session.specs(specs):
        packing = _begin(session, spec, choice, said, dry=dry)
        if packing:
            rows += packing.pack()
    choice.refuse_none()
    session.finish(more={"images": rows})


def _registry(said: str | None) -> str | None:
    try:
        return Lock(lock=1, registry=said).registry
    except ValidationError as wrong:
        told = wrong.errors(include_url=False)[0]["ctx"]
        raise click.UsageError(visible(f"{told['message']}: {told['help']}")) from None


def _begin(session: Session, spec: Spec, choice: Choice, registry: str | None, *, dry: bool) -> Packing | None:
    """One environment, compiled; None, if it has none of the targets. What its lock lacks is no news to who packs."""
    report = Report()
    compiled: list[Compiled] = []
    asked: list[str] = []
    try:
        model = load(spec.project, spec.file, spec.content, spec.stem, report)
        asked = choice.of(spec, model)
        compiled = compile_model(model, asked, report)
    except Stopped:
        pass  # the findings say why
    found = [one for one in weighty(session, report.findings) if one.code not in locks.CODES]
    if session.take(spec, found, whole=False) or not (compiled or asked):
        if found:
            session.finish(1)
        return None
    file = lock_file(spec.file, spec.stem)
    voice = Voice.for_stream(sys.stderr, json=session.format == "json")
    return Packing(session, spec, _locked(model, file, registry), voice, dry, compiled=compiled, file=file)


def _locked(model: Model, file: str, registry: str | None) -> Model:
    """The model as if it had been packed for a registry before."""
    there = model.locked or Locked(Lock(lock=1), Tree(NodeMapping({}, Span(file, 1, 1, 1, 1)), file))
    lock = there.lock.model_copy(update={"registry": registry}) if registry else there.lock
    return replace(model, locked=replace(there, lock=lock))


class Packing(Working, kw_only=True):
    """One environment on its way to a registry; `file` is its lock."""

    compiled: Sequence[Compiled]
    file: str
    digests: dict[str, str] = field(default_factory=dict)

    def pack(self) -> list[dict[str, Any]]:
        """Everything, in the end the lock; gives a row for each image."""
        of = {name: images for name, images in images_of(self.model).items() if name in self._targets}
        images = sorted({one.pushed: one for several in of.values() for one in several}.values(), key=lambda one: one.pushed)
        self._refuse(images)
        steps = self._steps(of, images)
        if self.dry:
            for step in (*steps, *pushes(images).values()):
                click.echo(visible(shown_part(step)))
            return []
        if not images:
            self.voice.say(f"{self.environment} has nothing to pack: no image of it is built here")
            return []
        self.alone(self.reach())
        self._know([one for one in images if not one.folder])
        try:
            for step in steps:
                self.voice.begins(step.why)
                self.runner.do(step)
            for name, step in pushes(images).items():
                self.digests[name] = self._push(step)
        except Failed as failed:
            self._told()
            self.fail(failed, help=refused(failed.said, failed.step.argv[-1]) if "push" in failed.step.argv else None)
        except KeyboardInterrupt:
            self._told()
            raise
        self._write()
        self._open.close()
        return [{"image": one.built, "pushed": one.pushed, "digest": self.digests[one.pushed]} for one in images]

    @property
    def _targets(self) -> set[str]:
        return {one.target.name for one in self.compiled}

    def _refuse(self, images: Sequence[Packed]) -> None:
        """Images for nowhere, and folders of images that are not what the spec makes."""
        for one in images:
            if not says_registry(one.pushed):
                self.add(
                    codes.NO_REGISTRY,
                    f"`{one.pushed}` names no registry: it would be pushed to Docker's Hub",
                    at=("services", one.service),
                    help="say --registry HOST, or name a `registry` with the target",
                )
        for compiled in self.compiled:
            place = placed(self.spec.project, None, compiled)
            try:
                self.session.add(self.spec.project, unfresh_below(place, "images"), self.environment)
            except WriteFailed as problem:
                click.echo(visible(f"twipc: cannot be compared: {problem}"), err=True)
                raise click.exceptions.Exit(4) from None
        if self.session.fails(self.session.report.findings):
            self.finish(1)

    def _steps(self, of: dict[str, Sequence[Packed]], images: Sequence[Packed]) -> tuple[Step, ...]:
        """Names first: what is baked starts from an image by its registry's name."""
        folders = {one.target.name: placed(self.spec.project, None, one).file() for one in self.compiled}
        baked = [(one, folders[name]) for name in sorted(of) for one in of[name] if one.folder]
        made = [one for one in images if not one.folder]
        return (*tags(made), *(bake(self.model, one, folder) for one, folder in baked), *tags(one for one, _ in baked))

    def _know(self, images: Sequence[Packed]) -> None:
        """That each is there and was built for this project; then what goes where is told, before anything is done."""
        told = []
        for one in {one.built: one for one in images}.values():
            found = self._inspected(one.built)
            if not found:
                said, help = f"`{one.built}` is not on the engine", f"run `twipc build {self.environment}`"
                self.add(codes.NOT_BUILT, said, at=("services", one.service), help=help)
            elif (found.get("Config", {}).get("Labels") or {}).get(PROJECT) != self.model.environment.project:
                said = f"`{one.built}` was not built by twipc for `{self.model.environment.project}`"
                help = f"`twipc build {self.environment}` builds it, with its label"
                self.add(codes.NOT_OURS, said, at=("services", one.service), help=help)
            told.append((one.built, str(found.get("Id", ""))))
        if self.session.fails(self.session.report.findings):
            self.finish(1)
        ids = dict(told)
        for one in images:
            self.voice.say(f"{one.built} ({ids[one.built].removeprefix('sha256:')[:12]}) goes to {one.pushed}")

    def _inspected(self, image: str) -> dict[str, Any]:
        try:
            answer = self.runner.answer(look_at(image))
            found = json.loads(answer.out) if not answer.code else {}
        except Failed as failed:
            self.fail(failed)
        except ValueError:
            found = {}
        return found if isinstance(found, dict) else {}

    def _push(self, step: Step) -> str:
        """The digest that the registry has of it now, by the last words of the push."""
        heard: list[str] = []

        def hear(line: str) -> None:
            heard.extend(_DIGEST.findall(line))
            self.voice.hear(line)

        self.voice.begins(step.why)
        try:
            Runner(self.spec.project.root, hear).do(step)
        except Failed as failed:
            there = pushed_before(self._inspected(step.argv[-1]), step.argv[-1]) if moves_no_tag(failed.said) else None
            if there is None:
                raise
            heard.append(there)
        if not heard:
            raise Failed(step, 0, "it was pushed, and its digest was not told")
        return heard[-1]

    def _told(self) -> None:
        done = ", ".join(self.digests) or "nothing"
        self.voice.say(f"pushed so far: {done}; {self.file} stays as it is")

    def _write(self) -> None:
        """What other targets run stays locked; what nothing runs any more goes."""
        assert self.model.locked
        before = self.model.locked.lock
        run = {one.pushed for images in images_of(self.model).values() for one in images}
        images = {**{name: digest for name, digest in before.images.items() if name in run}, **self.digests}
        head = [
            f"{self.model.name}: what `twipc pack` has pushed, and the digests that it has there.",
            "Written by twipc: commit it. Artifacts name these digests; without this file, tags.",
        ]
        registry = {"registry": before.registry} if before.registry else {}
        text, _ = dump({"lock": 1, **registry, "images": dict(sorted(images.items()))}, head)
        try:
            written = write_file(self.spec.project.root / self.file, text)
        except WriteFailed as problem:
            click.echo(visible(f"twipc: not written: {problem}"), err=True)
            raise click.exceptions.Exit(4) from None
        for name, digest in sorted(self.digests.items()):
            self.voice.say(f"{name} is {digest}")
        told = f"written; next: `twipc compile {self.environment}`" if written else "as it was"
        self.voice.say(f"{self.file}: {told}")
