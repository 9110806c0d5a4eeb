"""Seeds faults into the committed artifacts and counts those that no reader notices: `python -m bench.faults [--write]`."""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.compiling import committed, compiled_spec
from twipc.driver import Compiled
from twipc.target import Artifact
from twipc.verify.disk import verify_folder

PAGE = Path(__file__).with_name("FAULTS.md")
_SWAPS = (("true", "false"), ("ALL", "SYS"), ("tcp", "udp"), ("on-failure", "always"), ("stop-first", "start-first"))


@dataclass(frozen=True, slots=True)
class Fault:
    """One change to one line of one artifact."""

    kind: str
    place: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.place}: `{self.before.strip()}` → `{self.after.strip()}`"


def _number(line: str, dice: random.Random) -> str:
    places = [place for place, character in enumerate(line) if character in "0123456789"]
    if not places:
        return line
    place = dice.choice(places)
    return line[:place] + str((int(line[place]) + dice.randint(1, 9)) % 10) + line[place + 1 :]


def _letter(line: str, dice: random.Random) -> str:
    """A letter inside a word becomes another, so that a name is another name."""
    places = [place for place in range(1, len(line)) if line[place].islower() and line[place - 1].isalpha()]
    if not places:
        return line
    place = dice.choice(places)
    return line[:place] + ("z" if line[place] != "z" else "y") + line[place + 1 :]


def _word(line: str, dice: random.Random) -> str:
    """A word becomes the one that means the opposite."""
    said = [(one, other) for pair in _SWAPS for one, other in (pair, pair[::-1]) if one in line]
    return line.replace(*dice.choice(said)) if said else line


KINDS: dict[str, Callable[[str, random.Random], str]] = {
    "a line dropped": lambda _line, _dice: "",
    "a line doubled": lambda line, _dice: line + line,
    "another number": _number,
    "another name": _letter,
    "the opposite": _word,
}


def faults(artifact: Artifact, dice: random.Random) -> Iterator[tuple[Fault, str]]:
    """One fault of each kind for each line that says something, and the whole text with it."""
    lines = artifact.text.splitlines(keepends=True)
    for index, line in enumerate(lines):
        bare = line.strip()
        if not bare or (artifact.comment and bare.startswith(artifact.comment)):
            continue
        for kind, change in KINDS.items():
            after = change(line, dice)
            if after != line:
                place = f"{artifact.path}:{index + 1}"
                yield Fault(kind, place, line, after), "".join([*lines[:index], after, *lines[index + 1 :]])


def tried(seed: int, share: float) -> Iterator[tuple[Fault, bool]]:
    """Each fault that is drawn, and whether it was noticed; a `share` of all is drawn."""
    dice = random.Random(seed)
    for name in committed():
        for one in compiled_spec(name).compiled:
            for artifact in one.bundle.artifacts:
                for fault, text in faults(artifact, dice):
                    if dice.random() < share:
                        place = f"{name}/{one.target.name}/{fault.place}"
                        told = Fault(fault.kind, place, fault.before, fault.after)
                        yield told, _noticed(one, artifact.path, text)


def _noticed(one: Compiled, path: str, text: str) -> bool:
    return any(verify_folder(one.model, one.target, one.options, one.bundle, "out", {**one.bundle.texts, path: text}))


def page(results: list[tuple[Fault, bool]], seed: int, share: float) -> str:
    """Figures by kind, and each fault that was missed."""
    all_, missed = Counter(fault.kind for fault, _ in results), [fault for fault, noticed in results if not noticed]
    rows = [f"| {kind} | {all_[kind]} | {sum(fault.kind == kind for fault in missed)} |" for kind in KINDS]
    rate = 100 * (len(results) - len(missed)) / max(1, len(results))
    return "\n".join(
        [
            "# Faults that the readers notice",
            "",
            f"Written by `python -m bench.faults --write --share {share} --seed {seed}`. "
            "One fault at a time is put into one line of",
            "one committed artifact, comments left out; then `twipc verify` reads the folder. "
            f"{len(results)} faults, {len(results) - len(missed)} noticed: {rate:.2f} %.",
            "",
            "| fault | tried | missed |",
            "|---|---|---|",
            *rows,
            "",
            "## Missed",
            "",
            *([f"- {fault}" for fault in missed] or ["None."]),
            "",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.faults", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name}")
    parser.add_argument("--share", type=float, default=0.25, help="of all faults that could be seeded")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    text = page(list(tried(asked.seed, asked.share)), asked.seed, asked.share)
    print(text)
    if asked.write:
        PAGE.write_text(text)


if __name__ == "__main__":
    main()
