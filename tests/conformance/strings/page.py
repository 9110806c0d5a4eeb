"""The page of figures."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping

from tests.conformance.strings.tally import Tally
from tests.tools import tool

HEAD = """\
# Strings in the real engines

Written by `python -m tests.conformance.strings --write{arguments}`: {words} words (those that some format reads as something
else, and random ones of any character, seed {seed}) are put at each place that takes free strings. Each is either refused by
twipc, with a reason, or the engine has it then as it was put, to the letter: {tried} tried, {refused} refused, {carried}
carried, {changed} changed.

What is asked: containers that Compose created and services that a swarm took, as the engine itself inspects them; programs
that were started, which say what they got; live requests through the proxies; for ECS, botocore's validator and protocol.
Of places that take one string a service, and of files, fewer words are tried.
"""


def page(tally: Tally, seed: int, words: int, versions: Mapping[str, str]) -> str:
    """The figures of a run."""
    counts = tally.counts
    lines = [
        HEAD.format(
            arguments="" if (seed, words) == (1, 1000) else f" --seed {seed} --words {words}",
            words=words,
            seed=seed,
            tried=tally.tried,
            refused=sum(count.refused for count in counts.values()),
            carried=tally.carried,
            changed=len(tally.changed),
        ),
        "| engine | place | tried | refused | carried | changed |",
        "|---|---|---|---|---|---|",
    ]
    for (engine, place), count in sorted(counts.items()):
        lines.append(f"| {engine} | {place} | {count.tried} | {count.refused} | {count.carried} | {len(count.changed)} |")
    lines += [
        "",
        "| engine | version |",
        "|---|---|",
        *(f"| {name} | {version} |" for name, version in sorted(versions.items())),
    ]
    return "\n".join(lines) + "\n"


def version_of(name: str, *ask: str) -> str:
    """What a tool says of itself: its first number with a point."""
    done = subprocess.run([tool(name), *ask], capture_output=True, text=True, check=False)
    found = re.search(r"\d+\.\d+[^\s]*", done.stdout + done.stderr)
    return found[0] if found else "of unknown version"
