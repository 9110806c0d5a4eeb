"""What a target makes of each fact of a model: for what is lost, and for what its artifacts are held against."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from twipc.model import Model
from twipc.target import Absent, Approximate, Asked, FactKey, Outside, Target, facts_of
from twipc.target.support import Exact, settle

Heard = tuple[FactKey, object, Exact | Approximate | Absent | Outside, object]
"""A fact, its value, the target's answer, and what reading back gives: None, where it must not appear."""


def heard(model: Model, target: Target, options: Any) -> Iterator[Heard]:
    """Every fact of the model that the target does not just say, with its answer."""
    support = target.support
    facts = facts_of(model, target.discovery(options))
    fields = {key.field for key in facts}
    answers, of_programs = ({field: ask(field) for field in fields} for ask in (support.for_all, support.for_programs))
    servers = {name for name, _ in model.servers}
    for key, value in facts.items():
        answer = answers[key.field]
        if answer is None and key.owner and key.owner[0] not in servers:
            answer = of_programs[key.field]
        if type(answer) is Exact:  # as nearly all are
            continue
        answer = answer or support.answer(key, model)
        if type(answer) is Outside:
            yield key, value, answer, None
            continue
        asked = Asked(key, value, model, options)
        settled = settle(answer, asked)
        if isinstance(settled, Approximate):
            yield key, value, settled, settled.how(asked)
        else:
            yield key, value, settled, value if isinstance(settled, Exact) else None
