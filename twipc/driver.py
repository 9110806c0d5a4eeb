"""The order of the passes, and nothing else."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from twipc import registry
from twipc.diagnostics import Path as SpecPath
from twipc.diagnostics import Report, Stopped
from twipc.diagnostics.near import near
from twipc.model import Locked, Model
from twipc.project import Project
from twipc.resolve import Unresolved, resolve
from twipc.resolve import codes as resolve_codes
from twipc.rules import judge, judge_alone
from twipc.rules.across import across
from twipc.rules.jobs import without_parts
from twipc.rules.locks import locks
from twipc.spec import Noun, assemble, bind, bind_noun, by_itself, is_fragment, require_known_version
from twipc.spec import codes as spec_codes
from twipc.syntax import NodeMapping, Tree, parse
from twipc.target import Bundle, Target, exceeded
from twipc.target.images import Packed
from twipc.target.limits import elsewhere
from twipc.verify import Difference, differences, losses
from twipc.verify.accept import accepted, is_loss

_BESIDE = "`twipc: 1`, a `project`, its `targets` such as [compose], and `services`"


class Bug(Exception):
    """An emitter said something else than the model means: twipc is wrong, not its user. Nothing is written."""


class Compiled(Struct, frozen=True, dict=True):
    """One target of one environment, compiled and read back."""

    target: Target
    options: Any
    model: Model
    texts: Mapping[str, str]

    @cached_property
    def bundle(self) -> Bundle:
        """The texts with where each line came from: it takes more than they do, and is made again for the few who ask."""
        return self.target.compile(self.model, self.options)


def load(project: Project, file: str, content: bytes, stem: str, report: Report) -> Model:
    """The model of one spec; raises `Stopped` where there is none, after reporting all that could be judged.

    One may have been reported on: with a file that cannot be read, or a key that stands twice, it can still be judged.
    """
    project.sources[file] = content.decode("utf-8-sig", "replace")
    tree = assemble(file, content, project.read, report)
    require_known_version(tree, report)
    if is_fragment(tree):
        _judge_fragment(tree, report)
        if not report.has_errors:
            report.add(
                spec_codes.FRAGMENT,
                f"`{file}` names no environment: it is a fragment for others to extend",
                tree.span(()),
                help=f"an environment has `environment: {stem or 'NAME'}`, and beside it {_BESIDE}",
            )
        raise Stopped
    _tell_unknown_targets(tree, report)
    environment, bound = bind(tree, stem, report)
    for secret in environment.secrets.values():
        if secret.file is not None:
            project.close(secret.file)
    targets = {name: options for name, options in environment.targets.items() if registry.is_target(name)}
    try:
        model = resolve(environment.model_copy(update={"targets": targets}), bound, project.read, report)
    except Unresolved as found:
        _bind_options(targets, bound, report)
        judge_alone(found.model, tree, report)
        raise
    return replace(model, locked=_locked(project, lock_file(file, environment.environment), report))


def judge_fragment(project: Project, file: str, content: bytes, report: Report) -> None:
    """Report what is wrong of a fragment by itself, whether an environment takes it or not."""
    project.sources[file] = content.decode("utf-8-sig", "replace")
    with suppress(Stopped):
        tree = assemble(file, content, project.read, report)
        require_known_version(tree, report)
        _judge_fragment(tree, report)


def _judge_fragment(tree: Tree, report: Report) -> None:
    _tell_unknown_targets(tree, report)
    tree = by_itself(tree, report)
    environment, bound = bind(tree, "", report)
    _bind_options(set(filter(registry.is_target, environment.targets)), bound, report)
    judge_alone(Model(environment, bound, {}, {}, {}, {}), tree, report, fragment=True)


def _bind_options(targets: Iterable[str], tree: Tree, report: Report) -> None:
    for name in targets:
        with suppress(Stopped, registry.BadTarget):
            bind_noun(registry.target(name).options, tree, ("targets", name), report)


def lock_file(spec: str, environment: str) -> str:
    """The lock of an environment, beside its spec."""
    return posixpath.join(posixpath.dirname(spec), f"{environment}.lock")


def _locked(project: Project, file: str, report: Report) -> Locked | None:
    """What the lock says, if there is one; one that makes no sense is reported on, and the spec still judged."""
    content = project.read(file)
    if content is None:
        return None
    from twipc.spec.lock import Lock

    own = Report()
    try:
        tree = parse(content, file, own)
        own.stop_on_errors()
        return Locked(bind_noun(Lock, tree, (), own), tree)
    except Stopped:
        return None
    finally:
        report.extend(own.findings)


def targets_in(project: Project, file: str, content: bytes) -> list[str]:
    """The targets that a spec lists, as far as it can be read: for one that has no model."""
    try:
        targets = assemble(file, content, project.read, Report()).node(("targets",))
    except Stopped:
        return []
    return sorted(targets.entries) if isinstance(targets, NodeMapping) else []


def _tell_unknown_targets(tree: Tree, report: Report) -> None:
    targets = tree.node(("targets",))
    for name in targets.entries if isinstance(targets, NodeMapping) else ():
        if not registry.is_target(name):
            known = registry.target_names()
            meant = near(name, known)
            report.add(
                resolve_codes.UNKNOWN_TARGET,
                f"there is no target named `{name}`",
                tree.span(("targets", name), key=True),
                help=f"did you mean `{meant}`?" if meant else f"targets are: {', '.join(known)}",
                at=tree.name(("targets", name)),
            )


def compile_model(model: Model, targets: Sequence[str], report: Report) -> list[Compiled]:
    """Every asked target, compiled and read back; raises `Stopped` on errors of the user's, `Bug` on ours.

    What `report` has of the model already counts with what is found here.
    """
    found, sound = Report(), not report.has_errors
    judge(model, found)
    asked: list[tuple[Target, Noun]] = []
    for name in targets:
        target = registry.target(name)
        own = Report()
        try:
            options = _options(target, model, own)
        except Stopped:
            continue
        finally:
            found.extend(own.findings)
        asked.append((target, options))
        found.extend(losses(model, target, options))
        found.extend(target.check(model, options))
        only_losses = sound and all(map(is_loss, found.findings))
        found.extend(exceeded(target.limits, model, options, name, sound=only_losses))
    if sound and model.locked and all(map(is_loss, found.findings)):
        found.extend(locks(model, (image for images in images_of(model).values() for image in images)))
    kept = without_parts(found.findings)
    is_all = sound and len(kept) == len(found.findings)
    report.extend(accepted(model, kept, [target.name for target, _ in asked], sound=is_all))
    report.stop_on_errors()
    return [_compiled(target, options, model) for target, options in asked]


def _compiled(target: Target, options: Noun, model: Model) -> Compiled:
    """One target, read back before the next is made: of a large environment no two are held with all that each takes."""
    compiled = Compiled(target, options, model, target.compile(model, options).texts)
    validate(compiled)
    return compiled


def images_of(model: Model) -> dict[str, Sequence[Packed]]:
    """The images that are made here, by the targets of the spec that run them."""
    found: dict[str, Sequence[Packed]] = {}
    for name in sorted(model.environment.targets):
        target = registry.target(name)
        with suppress(Stopped):  # wrong options were told, or will be with the target itself
            found[name] = target.images(model, _options(target, model, Report()))
    return found


def judge_elsewhere(model: Model, report: Report) -> None:
    """Report what would not compile for the targets that the spec does not list; one that cannot be used is nobody's here."""
    for name in registry.target_names():
        if name not in model.environment.targets:
            with suppress(registry.BadTarget):
                report.extend(elsewhere(model, name, registry.target(name).limits))


def judge_across(models: Sequence[Model], report: Report) -> None:
    """Report where environments of one project would get in each other's way."""
    outside = [_outside(model) for model in models]
    states, names, made = zip(*outside, strict=True) if outside else ((), (), ())
    report.extend(across(models, states, names, made))


def _outside(model: Model) -> tuple[dict[str, SpecPath], dict[str, SpecPath], dict[str, tuple[SpecPath, str]]]:
    """What stands outside behind a model's single-writer volumes, what services are called there, and what is made there."""
    states: dict[str, SpecPath] = {}
    names: dict[str, SpecPath] = {}
    made: dict[str, tuple[SpecPath, str]] = {}
    for name in model.environment.targets:
        target = registry.target(name)
        with suppress(Stopped):  # wrong options were told, with what else is wrong in the spec itself
            options = _options(target, model, Report())
            states |= target.states(model, options)
            names |= target.names(model, options)
            made |= target.makes(model, options)
    return states, names, made


def _options(target: Target, model: Model, report: Report) -> Noun:
    """What the spec says under the target's name; nothing, where it is asked for a target that the spec does not list."""
    return bind_noun(target.options, model.tree, ("targets", target.name), report)


def validate(compiled: Compiled) -> None:
    """Reads a bundle back and compares; raises `Bug` naming every difference."""
    found = read_back(compiled, compiled.texts)
    if found:
        told = "\n".join(f"  {difference}" for difference in found)
        raise Bug(f"target {compiled.target.name} of {compiled.model.name} reads back otherwise than it was meant:\n{told}")


def read_back(compiled: Compiled, texts: Mapping[str, str]) -> list[Difference]:
    """What the texts of a target's folder say otherwise than the model; raises `Unreadable`."""
    return differences(compiled.model, compiled.target, compiled.options, compiled.target.read(texts))
