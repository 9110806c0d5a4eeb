"""Two mistakes in one drawn spec: together they are told as each is alone, and nothing else is."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any

import pytest

from bench.trying import bases
from bench.wrongs import KINDS, Kind, Steps, Wrong
from tests.compiling import compiled_bytes
from tests.strategies import PAGES, Spec, as_text
from twipc.diagnostics import Report, Severity
from twipc.driver import judge_fragment
from twipc.project import Project
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
ALONE = {code.id for code in (*OF_NAMES, *OF_VALUES)} | {"TW406", "TW413", "TW417", "TW418", "TW422", "TW452", "TW465", "TW490"}
"""What is told whatever else is wrong: what services do together is judged when all of this is right."""


def _service(put: dict[str, Any], *, server: bool = False) -> Kind:
    """Something that is wrong of a service by itself, or of a server."""

    def kind(spec: Spec, dice: random.Random) -> Wrong | None:
        names = [name for name, one in spec["services"].items() if ("http" in one) == server and not put.keys() & one.keys()]
        if not names:
            return None
        name, (field, value) = dice.choice(sorted(names)), *put.items()
        services = {**spec["services"], name: {**spec["services"][name], field: value}}
        return Wrong(as_text({**spec, "services": services}).encode(), ("services", name, field))

    return kind


def _server(*path: str, value: Any, beside: str = "") -> Kind:
    """A field of a server, or of each of its routes, that is wrong by itself or beside another."""

    def kind(spec: Spec, dice: random.Random) -> Wrong | None:
        changed = json.loads(json.dumps(spec))
        names = sorted(name for name, one in changed["services"].items() if "http" in one)
        name = dice.choice(names) if names else ""
        steps: list[str | int] = ["services", name, "http"]
        for step in path:
            if step == "*":
                many = _at(changed, (*steps,))
                if not many:
                    return None
                steps.append(dice.randrange(len(many)))
            else:
                steps.append(step)
        around = _at(changed, (*steps[:-1],))
        if not isinstance(around, dict) or (beside and beside not in around):
            return None
        around[str(steps[-1])] = value
        return Wrong(as_text(changed).encode(), tuple(steps))

    return kind


BESIDE: dict[str, Kind] = {
    "a literal secret": _service({"labels": {"shop.password": "hunter22"}}),
    "an option of no driver": _service({"logging": {"driver": "json-file", "options": {"max-size": "1m", "tga": "x"}}}),
    "twice in one list": _service({"capabilities": ["CHOWN", "CHOWN"]}),
    "a soft limit over the hard": _service({"ulimits": {"nofile": {"soft": 9, "hard": 5}}}),
    "the program of a server": _service({"command": ["x"]}, server=True),
    "an old engine": _server("engine", "version", value="1.2"),
    "a header twice": _server("request_headers", value={"X-A": "x", "x-a": "y"}),
    "two kinds of route": _server("routes", "*", "files", value="/srv", beside="backend"),
    "a kind that is wrong beside another": _server("routes", "*", "files", value="srv", beside="backend"),
    "brackets": _server("routes", "*", "match", value={"glob": ["/[ab]"]}),
    "a bad glob": _server("routes", "*", "match", value={"glob": ["/a***"]}),
    "a bad path": _server("routes", "*", "match", value={"exact": ["/x", "x"]}),
    "two passwords": _service({"env": {"A": {"value": "x", "secret": "zz-nowhere"}}}),
}
"""Mistakes of one service that others in it might hide."""
Told = set[tuple[str, str]]


def told(content: bytes) -> Told:
    """The errors and what is told alone, without their lines: another mistake may move them."""
    found = compiled_bytes(content, PAGES).findings
    return {(one.code.id, one.message) for one in found if one.severity is Severity.ERROR or one.code.id in ALONE}


def pair(dice: random.Random, *kinds: Mapping[str, Kind]) -> tuple[bytes, Wrong, Wrong, bytes] | None:
    """Two mistakes in one spec, one of each of the kinds, and none in the other's place.

    Before them the spec without them, behind them that with both.
    """
    spec = dice.choice(bases())
    one, two = (many[dice.choice(sorted(many))](spec, dice) for many in kinds)
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
    return as_text(spec).encode(), one, two, as_text(both).encode()


def _is_in(one: Steps, two: Steps) -> bool:
    length = min(len(one), len(two))
    # Items of one list move each other.
    return one[:length] == two[:length] or (one[:-1] == two[:-1] and isinstance(one[-1], int))


def _at(node: Any, path: Steps) -> Any:
    try:
        return reduce(getitem, path, node)
    except (KeyError, IndexError, TypeError):
        return None


VALUES = {name: KINDS[name] for name in KINDS_OF_VALUES}


@pytest.mark.parametrize(("kinds", "tries"), [((VALUES, VALUES), 60), ((VALUES, BESIDE), 40), ((BESIDE, BESIDE), 60)])
def test_two_mistakes_are_told_as_each_is_alone(kinds: tuple[Mapping[str, Kind], ...], tries: int) -> None:
    dice = random.Random(11)
    tried = 0
    hidden: list[str] = []
    while tried < tries:
        found = pair(dice, *kinds)
        if found is None:
            continue
        tried += 1
        sound, one, two, both = found
        alone, together = told(one.content) | told(two.content), told(both)
        assert together <= alone, (one.path, two.path, together - alone)
        hidden += [f"{one.path}, {two.path}: {code} {said}" for code, said in alone - together - told(sound) if code in ALONE]
    assert not hidden


def part(node: Any, dice: random.Random) -> Any:
    """Some of a mapping and of those in it; lists stay whole."""
    if not isinstance(node, dict):
        return node
    return {key: part(value, dice) for key, value in node.items() if dice.random() < 0.8}


def test_a_part_of_a_sound_spec_is_a_sound_fragment() -> None:
    dice = random.Random(12)
    for spec in bases():
        left = {key: value for key, value in part(spec, dice).items() if key != "environment"} | {"twipc": 1}
        report, content = Report(), as_text(left).encode()
        judge_fragment(Project(Path("/nonexistent")), "specs/base.yaml", content, report)
        assert not report.has_errors, (content, report.findings)
