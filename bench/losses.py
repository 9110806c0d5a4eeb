"""Counts fields that a tool loses without a word: `python -m bench.losses [--write]`.

In each drawn spec one written value after the other is changed. A target has heard of it if what it writes changes, has named
it if a finding stands at its place, and has lost it in silence if neither. kompose, if it is on PATH, is asked the same of
the compose file that twipc makes of the spec.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings

from tests.compiling import Outcome, compiled_text
from tests.strategies import PAGES, Spec, as_text, specs
from twipc.diagnostics import Finding, Severity
from twipc.driver import Compiled
from twipc.schema import environment_schema
from twipc.target import Outside, facts_of
from twipc.target.support import Asked, settle

PAGE = Path(__file__).with_name("LOSSES.md")
HEARD, NAMED, OUTSIDE, SILENT = "written", "named", "outside", "lost in silence"
ORCHESTRATORS = ("compose", "compose-2.4", "swarm", "ecs")
Steps = tuple[str | int, ...]
Accepted = tuple[Outcome, list[Finding]]
"""What one target makes of a spec with every loss accepted, and all that was found without."""


def corpus(count: int) -> list[Spec]:
    """The same drawn specs each time."""
    drawn: list[Spec] = []
    checks = list(HealthCheck)

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=checks,
    )
    @given(specs())
    def draw(spec: Spec) -> None:
        drawn.append(spec)

    draw()
    return drawn[:count]


def values(node: Any, path: Steps = ()) -> Iterator[Steps]:
    """Where each written value stands, targets' own options left out."""
    if isinstance(node, dict | list) and node:
        for step, child in node.items() if isinstance(node, dict) else enumerate(node):
            if path or step in ("services", "volumes", "networks", "secrets"):
                yield from values(child, (*path, step))
    elif node not in ({}, []):
        yield path


@cache
def words() -> Mapping[str, tuple[str, ...]]:
    """Each word of the language, and those that the schema has in its place, the next in its list first."""
    found: dict[str, tuple[str, ...]] = {}
    for listed in _enumerated(environment_schema()):
        for place, word in enumerate(listed):
            found[word] = (*found.get(word, ()), *listed[place + 1 :], *listed[:place])
    return found


def _enumerated(node: Any) -> Iterator[list[str]]:
    if isinstance(node, dict) and node.get("type") == "string" and "enum" in node:
        yield node["enum"]
    elif isinstance(node, dict | list):
        for child in node.values() if isinstance(node, dict) else node:
            yield from _enumerated(child)


def others(value: Any) -> Iterator[Any]:
    """Values that may be legal in place of this one, the likeliest first."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        yield from (value + 1, value - 1)
    elif isinstance(value, str):
        yield from words().get(value, ())
        for place, character in enumerate(value):
            if character in "0123456789":
                yield value[:place] + str((int(character) + 1) % 10) + value[place + 1 :]
        yield from (value + "x", "x" + value, f"{value}/x", "/x")


def changed(spec: Spec, path: Steps) -> Iterator[Spec]:
    """The spec with another value at `path`, last without any."""
    *steps, last = path
    for value in [*others(_at(spec, path)), None]:
        copy: Spec = json.loads(json.dumps(spec))
        around = _at(copy, tuple(steps))
        if value is None:
            del around[last]
        else:
            around[last] = value
        yield copy


def _at(node: Any, path: Steps) -> Any:
    for step in path:
        node = node[step]
    return node


def accepted(spec: Spec, target: str) -> Accepted | None:
    """None for a spec with a mistake."""
    spec = {**spec, "targets": {target: spec["targets"][target]}}
    first = compiled_text(as_text(spec), PAGES, stem="prod")
    errors = [finding for finding in first.findings if finding.severity is Severity.ERROR]
    if any(not (finding.target and finding.at) for finding in errors):
        return None
    accept = [{"code": one.code.id, "at": one.at, "target": target, "because": "drawn"} for one in errors]
    second = compiled_text(as_text({**spec, "accept": accept}), PAGES, stem="prod") if accept else first
    return (second, list(first.findings)) if second.compiled else None


def verdict(before: Accepted, other: Spec, path: Steps, target: str) -> str | None:
    """What became of a change on a target; None if it is a mistake there, or means the same."""
    after = accepted(other, target)
    if after is None:
        return None
    one, two = before[0].compiled[0], after[0].compiled[0]
    if _meant(one) == _meant(two):
        return None
    if one.bundle.texts != two.bundle.texts:
        return HEARD
    names = {one.model.tree.name(path[:length]) for length in range(3 if path[0] == "services" else 2, len(path) + 1)}
    below = tuple(f"{one.model.tree.name(path)}{mark}" for mark in ".[")
    if any(finding.at in names or finding.at.startswith(below) for finding in (*before[1], *after[1])):
        return NAMED
    return OUTSIDE if _is_outside(one, two) else SILENT


def _meant(one: Compiled) -> object:
    """All that the spec says, defaults in, without what it accepts."""
    return one.model.environment.model_copy(update={"accept": ()})


def _is_outside(one: Compiled, two: Compiled) -> bool:
    """Whether all that differs in meaning is, by the reviewed table, not this target's business."""
    facts, others = (facts_of(each.model, each.target.discovery(each.options)) for each in (one, two))
    keys = {key for key in facts.keys() | others.keys() if facts.get(key) != others.get(key)}
    sides = [(one, key, facts[key]) for key in keys if key in facts] + [
        (two, key, others[key]) for key in keys if key in others
    ]
    return bool(keys) and all(
        isinstance(settle(side.target.support.answer(key, side.model), Asked(key, value, side.model, side.options)), Outside)
        for side, key, value in sides
    )


def measured(count: int, each: int, seed: int) -> tuple[dict[str, Counter[str]], list[str]]:
    """Verdicts by tool, and every silent loss of ours, for `each` values of each of `count` specs."""
    dice = random.Random(seed)
    tallies: dict[str, Counter[str]] = {target: Counter() for target in ORCHESTRATORS}
    kompose = shutil.which("kompose")
    if kompose:
        tallies["kompose"] = Counter()
    silent: list[str] = []
    for spec in corpus(count):
        paths = sorted(values(spec), key=str)
        unchanged = {target: accepted(spec, target) for target in ORCHESTRATORS}
        for path in dice.sample(paths, min(each, len(paths))):
            for target, before in unchanged.items():
                tried = ((verdict(before, other, path, target), other) for other in changed(spec, path)) if before else ()
                found = next(((said, other) for said, other in tried if said), None)
                if found is None:
                    tallies[target]["no other value"] += 1
                    continue
                tallies[target][found[0]] += 1
                if found[0] == SILENT:
                    silent.append(f"{target}: {'.'.join(map(str, path))} = {_at(spec, path)!r}")
                if kompose and target == "compose" and found[0] == HEARD:
                    tallies["kompose"][_of_kompose(kompose, spec, found[1], path)] += 1
    return tallies, silent


def _of_kompose(kompose: str, spec: Spec, other: Spec, path: Steps) -> str:
    """What kompose makes of the two compose files; it names what it drops on its error output."""
    ran = [_converted(kompose, each) for each in (spec, other)]
    if ran[0].stdout != ran[1].stdout:
        return HEARD
    words = [str(step).replace("_", "") for step in path if isinstance(step, str)][2:]
    said = (ran[0].stderr + ran[1].stderr).lower().replace("_", "")
    return NAMED if any(word in said for word in words) else SILENT


def _converted(kompose: str, spec: Spec) -> subprocess.CompletedProcess[str]:
    ours = accepted(spec, "compose")
    assert ours, "only what twipc takes is asked of others"
    with tempfile.TemporaryDirectory() as folder:
        for name, text in ours[0].compiled[0].bundle.texts.items():
            file = Path(folder, name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        command = [kompose, "convert", "-f", f"{folder}/docker-compose.yml", "--stdout"]
        return subprocess.run(command, capture_output=True, text=True, check=False)


def page(tallies: dict[str, Counter[str]], silent: list[str], count: int, each: int, seed: int) -> str:
    kinds = (HEARD, NAMED, OUTSIDE, SILENT, "no other value")
    rows = []
    for tool, tally in tallies.items():
        judged = sum(tally[kind] for kind in (HEARD, NAMED, SILENT))
        rate = f"{100 * tally[SILENT] / judged:.2f} %" if judged else "–"
        rows.append(f"| {tool} | {' | '.join(str(tally[kind]) for kind in kinds)} | {rate} |")
    peer = "" if "kompose" in tallies else " kompose was not on PATH."
    return (
        "\n".join(
            [
                "# Fields lost in silence",
                "",
                f"Written by `python -m bench.losses --write --specs {count} --values {each} --seed {seed}`: "
                f"{count} drawn specs, in each",
                f"{each} written values changed one at a time, on each target that orchestrates. "
                f"What became of the change:{peer}",
                "(score-compose reads files of its own language, and no compose file: the same corpus cannot be put to it.)",
                "",
                f"| tool | {' | '.join(kinds)} | rate of silent loss |",
                "|---|---|---|---|---|---|---|",
                *rows,
                "",
                "`outside` is what the reviewed table in twipc/target/support.py says is not a target's business; "
                "`no other value` was legal.",
                "",
                *(f"- {loss}" for loss in silent),
                "",
            ]
        ).rstrip()
        + "\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.losses", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name}")
    parser.add_argument("--specs", type=int, default=300)
    parser.add_argument("--values", type=int, default=4, help="so many of each spec")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    text = page(*measured(asked.specs, asked.values, asked.seed), asked.specs, asked.values, asked.seed)
    print(text)
    if asked.write:
        PAGE.write_text(text)


if __name__ == "__main__":
    main()
