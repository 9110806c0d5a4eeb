"""Two mistakes in one drawn spec: together they are told as each is alone, and nothing else is."""

from __future__ import annotations

import json
import random
from functools import reduce
from operator import getitem
from typing import Any

from bench.trying import bases
from bench.wrongs import KINDS, Steps, Wrong
from tests.compiling import compiled_bytes
from tests.strategies import PAGES, as_text
from twipc.diagnostics import Severity
from twipc.resolve.codes import CODES as OF_NAMES
from twipc.spec.codes import CODES as OF_VALUES

KINDS_OF_VALUES = (
    "another type",
    "unknown key",
    "missing",
    "out of range",
    "no such unit",
    "leads nowhere",
    "two of one",
    "no such place",
    "nothing",
)
ALONE = {code.id for code in (*OF_NAMES, *OF_VALUES)}
"""What is told whatever else is wrong: what services do together is judged when all of this is right."""
Told = set[tuple[str, str]]


def told(content: bytes) -> Told:
    """The errors, without their lines: another mistake may move them."""
    found = compiled_bytes(content, PAGES).findings
    return {(one.code.id, one.message) for one in found if one.severity is Severity.ERROR}


def pair(dice: random.Random) -> tuple[Wrong, Wrong, bytes] | None:
    """Two mistakes in one spec, none of them in the other's place, and the spec that has both."""
    spec = dice.choice(bases())
    one, two = (KINDS[dice.choice(KINDS_OF_VALUES)](spec, dice) for _ in range(2))
    if one is None or two is None or ("twipc",) in (one.path, two.path) or _is_in(one.path, two.path):
        return None
    both, other = json.loads(one.content), json.loads(two.content)
    around, last = _at(both, two.path[:-1]), two.path[-1]
    there = _at(other, two.path)
    if isinstance(around, dict):
        if there is None and last not in _at(other, two.path[:-1]):
            around.pop(last, None)
        else:
            around[last] = there
    elif isinstance(around, list) and isinstance(last, int) and last < len(around):
        around[last] = there
    else:
        return None
    return one, two, as_text(both).encode()


def _is_in(one: Steps, two: Steps) -> bool:
    length = min(len(one), len(two))
    # Items of one list move each other.
    return one[:length] == two[:length] or (one[:-1] == two[:-1] and isinstance(one[-1], int))


def _at(node: Any, path: Steps) -> Any:
    try:
        return reduce(getitem, path, node)
    except (KeyError, IndexError, TypeError):
        return None


def test_two_mistakes_are_told_as_each_is_alone() -> None:
    dice = random.Random(11)
    tried = 0
    hidden: list[str] = []
    while tried < 60:
        found = pair(dice)
        if found is None:
            continue
        tried += 1
        one, two, both = found
        alone, together = told(one.content) | told(two.content), told(both)
        assert together <= alone, (one.path, two.path, together - alone)
        hidden += [f"{one.path}, {two.path}: {code} {said}" for code, said in alone - together if code in ALONE]
    # A rate limit of a server with no other route than a wrong default takes all of the server with it.
    assert len(hidden) <= 1, hidden
