"""What a model means, held against what artifacts say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from twipc.model import Model
from twipc.routes.routing import Routing
from twipc.target import BASELINE, FactKey, Facts, Target, facts_of

from .answers import heard
from .texts import NOTHING
from .wording import elsewhere, is_digest, told, traces

_CONTAINERS = (dict, list, tuple)


class Difference(Struct, frozen=True):
    """One fact that is said otherwise than it was meant."""

    key: FactKey
    meant: object
    said: object
    answered: str = ""
    """Of routes: a request that is answered otherwise."""

    @property
    def traces(self) -> tuple[list[str], list[str]]:
        """Texts by which its lines are known: those that should stand there, and those that do."""
        return traces(self.key, self.meant, self.said)

    def __str__(self) -> str:
        return told(self.key, self.meant, self.said) + (f"; {self.answered}" if self.answered else "")


def differences(model: Model, target: Target, options: Any, read: Facts) -> list[Difference]:
    """Every fact that `read` has otherwise than the model means it on this target, by key; digests of others last."""
    meant = expected(model, target, options)
    differing: list[Difference] = []
    routing: list[Difference] = []
    for key, value in meant.items():
        said = read.get(key, NOTHING)
        kind = type(value)
        if kind is type(said) and kind is not Routing and value == said and (kind not in _CONTAINERS or _equal(value, said)):
            continue
        if isinstance(value, Routing) or isinstance(said, Routing):
            routing.append(Difference(key, value, said))
        elif not _equal(value, said):
            differing.append(Difference(key, value, NOTHING if _is_nothing(key, said) else said))
    for key in read.keys() - meant.keys():
        said = read[key]
        if not _is_nothing(key, said):
            (routing if isinstance(said, Routing) else differing).append(Difference(key, NOTHING, said))
    # That requests go elsewhere follows from whatever else differs there.
    otherwise = {one.key.owner[:1] for one in differing}
    ways = {one.key.owner[:1]: one for one in routing}
    differing = [_with_a_request(one, ways.get(one.key.owner[:1])) for one in differing]
    differing += [one for one in routing if one.key.owner[:1] not in otherwise and not _equal(one.meant, one.said)]
    return sorted(differing, key=lambda one: (is_digest(one.key), one.key))


def _with_a_request(one: Difference, way: Difference | None) -> Difference:
    """Routes with a request that is answered otherwise, if there is one."""
    return replace(one, answered=elsewhere(way.meant, way.said)) if way and one.key.field == "http.routes" else one


def _equal(meant: object, said: object) -> bool:
    """Equal in kind too, however deep: `True` is not 1, 1.0 is not 1."""
    return meant == said and _of_one_kind(meant, said)


def _of_one_kind(meant: object, said: object) -> bool:
    """Whether what Python finds equal is so for a tool: it refuses a truth value where a number is wanted."""
    if isinstance(meant, dict) and isinstance(said, dict):
        return all(_of_one_kind(value, said[key]) for key, value in meant.items())
    if isinstance(meant, list | tuple) and isinstance(said, list | tuple):
        return all(map(_of_one_kind, meant, said))
    return type(meant) is type(said) or all(isinstance(meant, kind) == isinstance(said, kind) for kind in (bool, float))


def expected(model: Model, target: Target, options: Any) -> Facts:
    """What a faithful artifact says: each fact as the target answers for it, and what the target adds."""
    facts = facts_of(model, target.discovery(options)).copy()
    _lay(facts, ((key, said) for key, _, _, said in heard(model, target, options)))
    _lay(facts, target.option_facts(model, options).items())
    _lay(facts, target.baseline(model, options).items())
    return facts


def _lay(facts: dict[FactKey, object], more: Iterable[tuple[FactKey, object]]) -> None:
    """More facts over others; what says nothing takes one out."""
    for key, said in more:
        if _is_nothing(key, said):
            facts.pop(key, None)
        else:
            facts[key] = said


def _is_nothing(key: FactKey, value: object) -> bool:
    """What is empty says nothing; but an empty text that a reader found left over is a finding."""
    return not value and (value in (None, (), {}) or (value == "" and key.field != BASELINE))
