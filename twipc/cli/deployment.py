"""One deployment, and what is told of it before it begins."""

from __future__ import annotations

from typing import Any

import click
from msgspec.structs import replace

from twipc.diagnostics.render import visible
from twipc.driver import Compiled
from twipc.target import Artifact
from twipc.target.deploying import Act, Change, Deploying, Interruption, Operation, Stack

from .hiding import covered
from .placing import Placed
from .telling import Row, columns
from .working import Working

_WORDS = {Act.CREATED: "create", Act.REPLACED: "replace", Act.UPDATED: "update", Act.DELETED: "delete", Act.KEPT: "keep"}
_TOLD = 8
"""So many causes of one change are printed; JSON has all."""


class Deployment(Working, kw_only=True):
    """One environment, and the template that it is deployed by."""

    compiled: Compiled
    place: Placed
    deploying: Deploying
    artifact: Artifact
    stack: Stack

    def about(self) -> dict[str, object]:
        return {"environment": self.environment, "target": self.compiled.target.name, "stack": self.stack.name}

    def compare(self, running: str | None, others: frozenset[str] = frozenset()) -> Operation:
        """What becomes of what runs, where these parameters are others; raises `NoTemplate`."""
        return self.deploying.compare(self.model, self.artifact, running, others)

    def tell(self, operation: Operation, against: str | None) -> None:
        """Print the changes, then in one line what they come to."""
        self.more |= {"against": against, "changes": [self._row(one) for one in operation.changes]}
        self.session.add(self.spec.project, operation.findings, self.environment)
        if self.session.format not in ("json", "sarif"):
            for line in self._lines(operation):
                click.echo(line)
        self.voice.say(f"{self.stack.name}: {_summary(operation)}")

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
