"""Cases: the committed environments' own output is golden (`out/`), and every folder here with an `expected/` is too.

A case is a folder with `specs/prod.yaml` (and what it extends); `expected/` holds what it compiles to, by target. A spec
with lines marked `#! CODE` compiles to nothing: it has just these findings, on these lines.
"""

from __future__ import annotations

from pathlib import Path

from tests.compiling import ROOT, Outcome, committed, compiled_spec
from twipc.output.folder import MANIFEST, manifest

HERE = Path(__file__).parent
OUT = ROOT / "out"


def expected() -> dict[str, str]:
    """Every golden file by its path in the repository, as the code makes it now."""
    files: dict[str, str] = {}
    for name in committed():
        outcome = compiled_spec(name)
        if not outcome.compiled:
            told = "; ".join(f"{finding.span}: {finding.message}" for finding in outcome.findings)
            raise AssertionError(f"specs/{name}.yaml does not compile: {told}")
        files |= _files(outcome, f"out/{name}")
    return files


def _files(outcome: Outcome, folder: str) -> dict[str, str]:
    files: dict[str, str] = {}
    for one in outcome.compiled:
        texts = one.bundle.texts
        files |= {f"{folder}/{one.target.name}/{path}": text for path, text in texts.items()}
        files[f"{folder}/{one.target.name}/{MANIFEST}"] = manifest(texts).decode()
    return files


def present() -> set[str]:
    """The golden files that are there."""
    return {path.relative_to(ROOT).as_posix() for path in OUT.rglob("*") if path.is_file()}
