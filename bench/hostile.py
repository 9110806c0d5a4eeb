"""Tries bad specs, and counts those that are taken, and sound ones that are not: `python -m bench.hostile [--write]`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from bench import garbage
from bench.process import cost
from bench.trying import DAMAGED, RAW, SCHEMA, SOUND, Figures, Tally, chunk
from bench.wrongs import KINDS

PAGE = Path(__file__).with_name("HOSTILE.md")
CHUNK = 500
_SMALL = b"twipc: 1\nproject: shop\nenvironment: prod\ntargets: {compose: {}}\nservices: {web: {image: x}}\n"
_PAGE = """\
# Bad specs

Written by `python -m bench.hostile --write --count {total.tried} --seed {seed}`: {total.tried} specs tried,
**{accepted} wrongly accepted, {rejected} wrongly rejected, {total.crashed} crashed**; none took over {total.slowest:.2f} s of a
processor. {through} of them went through the command line too, by several verbs and formats: exit 0 or 1, and nothing that a
terminal obeys.

Raw bytes are up to 64 KiB of all bytes, of YAML's signs, of all characters, or of the language's words. A damaged spec may be
sound all the same, and so may one that is drawn from the JSON Schema: it is wrongly accepted if the schema refuses it, asked
by another validator. {wrong} are sound specs with one thing made certainly wrong: `placed` are those with an error on the very
lines of that thing, `near` those with one on the lines of what it stands in. Sound specs that are written otherwise must give
the same bytes.

| family | tried | accepted | judged wrongly | crashed | placed | near | slowest |
|---|---|---|---|---|---|---|---|
{rows}

## What costs most for its length

Texts of 64 KiB that hold as much of one thing as they can, each in a process of its own: `twipc lint`, in seconds of a
processor. {idle:.2f} s of each is the start and a spec of one service. The slowest takes {slow:.2f} s.

| 64 KiB of | s |
|---|---|
{dense}

## Judged wrongly

{bad}
"""


def measured(count: int, seed: int, processes: int = 1) -> Figures:
    """So many specs, in chunks that are drawn by themselves."""
    seeds = [f"{seed}-{start}" for start in range(0, count, CHUNK)]
    counts = [min(CHUNK, count - start) for start in range(0, count, CHUNK)]
    figures = Figures()
    if processes == 1:
        for one in map(chunk, seeds, counts):
            figures.add(one)
        return figures
    with ProcessPoolExecutor(processes) as pool:
        for one in pool.map(chunk, seeds, counts):
            figures.add(one)
    return figures


def page(figures: Figures, costs: dict[str, float], idle: float, seed: int) -> str:
    """Figures by family, what was judged wrongly, and what the densest texts cost."""
    rows, total = [], Tally()
    for family in (one for one in (RAW, DAMAGED, SCHEMA, *KINDS, SOUND) if one in figures.families):
        rows.append(_row(family, figures.families[family], is_kind=family in KINDS))
        total.add(figures.families[family])
    rejected = figures.of(SOUND).wrongly
    return _PAGE.format(
        total=total,
        seed=seed,
        accepted=total.wrongly - rejected,
        rejected=rejected,
        through=figures.through,
        wrong=sum(figures.of(kind).tried for kind in KINDS),
        rows="\n".join(rows),
        idle=idle,
        slow=max(costs.values(), default=0.0),
        dense="\n".join(f"| {name} | {seconds:.2f} |" for name, seconds in costs.items()),
        bad="\n".join(f"- `{bad[:400]}`" for bad in figures.bad[:100]) or "None.",
    )


def _row(family: str, tally: Tally, *, is_kind: bool) -> str:
    placed = f"{100 * tally.at / tally.tried:.1f} % | {100 * tally.near / tally.tried:.1f} %" if is_kind else "– | –"
    counts = f"{tally.tried} | {tally.accepted} | {tally.wrongly} | {tally.crashed}"
    return f"| {family} | {counts} | {placed} | {tally.slowest:.2f} s |"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.hostile", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name}")
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args(arguments)
    figures = measured(asked.count, asked.seed, asked.processes)
    costs = {name: cost(content) for name, content in garbage.dense().items()}
    text = page(figures, costs, cost(_SMALL), asked.seed)
    print(text)
    if asked.write:
        PAGE.write_text(text)


if __name__ == "__main__":
    main()
