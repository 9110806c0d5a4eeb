"""`--target`: the targets that are meant, of each spec its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click
from msgspec import Struct

from twipc.diagnostics.near import near
from twipc.diagnostics.render import visible
from twipc.driver import targets_in
from twipc.model import Model
from twipc.registry import is_target, target_names

from .specs import Spec, shown


def completed(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """All targets that are there, whichever a spec lists."""
    return [name for name in target_names() if name.startswith(begun)]


target_option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--target",
    "targets",
    multiple=True,
    metavar="TARGET",
    shell_complete=completed,
    help="Only this target; may stand several times.",
)


class Choice(Struct):
    """The named targets; none means a spec's own.

    A target that a spec does not have is wrong usage where the spec was named, and passed over where all are meant;
    `elsewhere`, outside of the project's out/, every target may be.
    """

    targets: tuple[str, ...]
    named: bool
    elsewhere: bool
    hint: str = ", or use --out"
    """What else can be done about a target that a spec does not have."""
    _without: bool = False

    def __post_init__(self) -> None:
        for name in self.targets:
            if not is_target(name):
                known = target_names()
                meant = near(name, known)
                help = f"did you mean `{meant}`?" if meant else f"targets are: {', '.join(known)}"
                raise click.UsageError(visible(f"there is no target `{name}`; {help}"))

    def of(self, spec: Spec, model: Model) -> list[str]:
        """The targets that are meant of one spec."""
        own = sorted(model.environment.targets)
        asked = sorted(set(self.targets)) or own
        foreign = [name for name in self.targets if name not in own]
        if not foreign or self.elsewhere:
            return asked
        if self.named:
            raise click.UsageError(
                visible(
                    f"`{foreign[0]}` is not among the targets of {shown(spec.project.root / spec.file)} ({', '.join(own)}); "
                    f"add it there{self.hint}"
                )
            )
        self._without = True
        return [name for name in asked if name in own]

    def tell_foreign(self, spec: Spec) -> None:
        """Say that a spec does not list a target that is meant, where its errors kept it from a model."""
        own = targets_in(spec.project, spec.file, spec.content)
        foreign = [name for name in self.targets if name not in own]
        if self.named and not self.elsewhere and own and foreign:
            said = f"besides, `{foreign[0]}` is not among the targets of {shown(spec.project.root / spec.file)}"
            click.echo(visible(f"twipc: {said} ({', '.join(own)})"), err=True)

    def refuse_none(self) -> None:
        """Wrong usage, where nothing was found: no spec has the targets."""
        if self._without:
            raise click.UsageError(f"no spec has `{self.targets[0]}` among its targets; add it to one{self.hint}")
