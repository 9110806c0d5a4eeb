"""Bad specs, each compiled and judged: what is certainly wrong must be refused where it stands, what is sound must not."""

from __future__ import annotations

import json
import random
import re
import tempfile
import time
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import jsonschema_rs

from bench import garbage
from bench.losses import ORCHESTRATORS, corpus
from bench.wrongs import KINDS, Steps, Wrong
from tests.cli import run
from tests.compiling import SPECS, Outcome, compiled_bytes
from tests.fields import FIELD_CHANGES
from tests.strategies import PAGES, Spec, as_text, targets_of
from twipc.diagnostics import Finding, Report, Severity, Stopped
from twipc.schema import environment_schema
from twipc.syntax import Node, NodeMapping, NodeSequence, parse

RAW, DAMAGED, SCHEMA, SOUND = "raw bytes", "real specs, damaged", "drawn from the schema", "sound, written otherwise"
FILE = "specs/prod.yaml"
ENGINES = ("nginx", "haproxy")


@dataclass
class Tally:
    """What became of the specs of one family."""

    tried: int = 0
    accepted: int = 0
    wrongly: int = 0
    crashed: int = 0
    at: int = 0
    near: int = 0
    slowest: float = 0.0

    def add(self, other: Tally) -> None:
        for name, value in vars(other).items():
            mine = getattr(self, name)
            setattr(self, name, max(mine, value) if name == "slowest" else mine + value)


@dataclass
class Figures:
    """The tallies by family, and every spec that was judged wrongly."""

    families: dict[str, Tally] = field(default_factory=dict)
    bad: list[str] = field(default_factory=list)
    through: int = 0
    """How many went through the command line too."""

    def of(self, family: str) -> Tally:
        return self.families.setdefault(family, Tally())

    def add(self, other: Figures) -> None:
        for family, tally in other.families.items():
            self.of(family).add(tally)
        self.bad += other.bad
        self.through += other.through


@cache
def bases() -> tuple[Spec, ...]:
    """Sound specs: those of the field laws and drawn ones, for one target each, its losses accepted."""
    found = []
    for number, spec in enumerate((*(changes["service.image"][0] for changes in FIELD_CHANGES.values()), *corpus(40))):
        for target in (*ORCHESTRATORS[number % 2 :: 2], *ENGINES):
            one = {**spec, "targets": {name: options for name, options in targets_of(spec).items() if name == target}}
            losses = [finding for finding in errors(compiled_bytes(as_text(one).encode(), PAGES)) if finding.target]
            accept = [{"code": each.code.id, "at": each.at, "target": target, "because": "known"} for each in losses]
            one |= {"accept": accept} if accept else {}
            if one["targets"] and _is_sound(compiled_bytes(as_text(one).encode(), PAGES)):
                found.append(one)
    return tuple(found)


@cache
def _real() -> tuple[bytes, ...]:
    return (*(path.read_bytes() for path in sorted(SPECS.glob("*.yaml"))), *(as_text(spec).encode() for spec in bases()[:10]))


@cache
def _schema() -> tuple[dict[str, object], jsonschema_rs.Draft202012Validator]:
    schema = environment_schema()
    return schema, jsonschema_rs.Draft202012Validator(schema)


def _is_sound(outcome: Outcome) -> bool:
    return bool(outcome.compiled) and not errors(outcome)


def errors(outcome: Outcome) -> list[Finding]:
    return [finding for finding in outcome.findings if finding.severity is Severity.ERROR]


RUNS = (
    ("lint", "text"), ("lint", "json"), ("lint", "sarif"), ("compile", "github"), ("compile", "json"), ("verify", "concise"),
)  # fmt: skip


def through(content: bytes, run_of: tuple[str, str], figures: Figures) -> None:
    """The same spec through the command line: it must end as it should, and say nothing that a terminal obeys."""
    verb, form = run_of
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, FILE)
        path.parent.mkdir()
        path.write_bytes(content)
        ran = run(verb, "prod", "--format", form, at=Path(name))
        figures.through += 1
        wrong = ran.code not in (0, 1) or re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e]|Traceback", ran.out + ran.err)
        if form in ("json", "sarif"):
            json.loads(ran.out)
        if wrong or (ran.code == 1 and not ran.out):
            figures.of(RAW).crashed += 1
            figures.bad.append(f"crashed: {verb} --format {form}: {ran.code}: {content[:4000]!r}")


def tried(family: str, content: bytes, figures: Figures) -> Outcome | None:
    """One spec, compiled for all its targets; None where twipc itself failed."""
    tally = figures.of(family)
    tally.tried += 1
    start = time.process_time()
    try:
        outcome = compiled_bytes(content, PAGES)
    except Exception as crash:  # whatever it is, it is what is counted here
        tally.crashed += 1
        figures.bad.append(f"crashed: {family}: {type(crash).__name__}: {crash}: {content[:4000]!r}")
        return None
    finally:
        tally.slowest = max(tally.slowest, time.process_time() - start)
    tally.accepted += _is_sound(outcome)
    if not outcome.compiled and not errors(outcome):
        _judge(figures, family, "refused without a word", content)
    return outcome


def _judge(figures: Figures, family: str, said: str, content: bytes) -> None:
    figures.of(family).wrongly += 1
    figures.bad.append(f"{said}: {family}: {content[:4000]!r}")


def chunk(seed: str, count: int) -> Figures:
    """So many specs of all families, the same for the same seed."""
    dice = random.Random(seed)
    figures = Figures()
    kinds = list(KINDS)
    for number in range(count):
        content = b""
        match number % 10:
            case 0 | 1:
                content = garbage.random_bytes(dice)
                outcome = tried(RAW, content, figures)
                if outcome and _is_sound(outcome):
                    _judge(figures, RAW, "accepted", content)
            case 2 | 3:
                content = garbage.damaged(dice.choice(_real()), dice)
                tried(DAMAGED, content, figures)
            case 4:
                content = _by_schema(dice, figures)
            case 5 if number % 50 == 5:
                content = _otherwise(dice, figures)
            case _:
                content = _wrong(dice.choice(kinds), dice, figures)
        if number % 100 >= 90:
            through(content, dice.choice(RUNS), figures)
    return figures


def _by_schema(dice: random.Random, figures: Figures) -> bytes:
    schema, validator = _schema()
    drawn = garbage.drawn(schema, schema["$defs"], dice)
    if not isinstance(drawn, dict):
        drawn = {"twipc": drawn}
    content = as_text(drawn).encode()
    outcome = tried(SCHEMA, content, figures)
    if outcome and _is_sound(outcome) and not validator.is_valid(drawn):
        _judge(figures, SCHEMA, "accepted against the schema", content)
    return content


def _otherwise(dice: random.Random, figures: Figures) -> bytes:
    spec = dice.choice(bases())
    way = dice.choice(list(garbage.WAYS))
    content = garbage.WAYS[way](spec, dice).encode()
    outcome = tried(SOUND, content, figures)
    before = compiled_bytes(as_text(spec).encode(), PAGES)
    if outcome and [one.bundle.texts for one in outcome.compiled] != [one.bundle.texts for one in before.compiled]:
        _judge(figures, SOUND, f"{way} is not the same", content)
    return content


def _wrong(kind: str, dice: random.Random, figures: Figures) -> bytes:
    spec = dice.choice(bases())
    wrong = KINDS[kind](spec, dice)
    while wrong is None:
        spec = dice.choice(bases())
        wrong = KINDS[kind](spec, dice)
    outcome = tried(kind, wrong.content, figures)
    if outcome is None:
        return wrong.content
    found = [finding.span for finding in errors(outcome) if finding.span]
    length = wrong.content.count(b"\n") + 1
    if not found:
        _judge(figures, kind, "accepted" if _is_sound(outcome) else "not placed", wrong.content)
    elif any(span.file != FILE or not 0 < span.line <= length for span in found):
        _judge(figures, kind, "placed outside of the file", wrong.content)
    tally = figures.of(kind)
    here, around = lines_of(wrong)
    tally.at += any(span.line in here for span in found)
    tally.near += any(span.line in around for span in found)
    return wrong.content


def lines_of(wrong: Wrong) -> tuple[range, range]:
    """The lines of what was made wrong, and of the mapping or list that it stands in."""
    if wrong.line:
        return range(wrong.line, wrong.line + 1), range(wrong.line - 1, wrong.line + 2)
    try:
        tree = parse(wrong.content, FILE, Report())
    except Stopped:
        return range(0), range(0)

    def lines(path: Steps) -> range:
        node = tree.node(path)
        first = tree.span(path, key=True).line if path else 1
        return range(first, max(first, _end(node) if node else first) + 1)

    return lines(wrong.path), lines(wrong.path[:-1])


def _end(node: Node) -> int:
    """The line on which a value ends: a mapping or list with what stands in it last."""
    inner = [entry.node for entry in node.entries.values()] if isinstance(node, NodeMapping) else []
    inner += node.items if isinstance(node, NodeSequence) else []
    return max([node.span.end_line, *map(_end, inner)])
