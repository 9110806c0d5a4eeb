"""Specs compiled inside a test: the committed ones, and texts of the test's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from twipc.diagnostics import Finding, Report, Stopped
from twipc.driver import Compiled, compile_model, load
from twipc.model import Model
from twipc.project import Project

ROOT = Path(__file__).resolve().parents[1]
SPECS = ROOT / "specs"


@dataclass(frozen=True)
class Outcome:
    """What came of a spec: its model and bundles as far as it got, and every finding."""

    model: Model | None
    compiled: Sequence[Compiled]
    findings: Sequence[Finding]

    @property
    def codes(self) -> list[str]:
        return [finding.code.id for finding in self.findings]


class _InMemory(Project, eq=False, kw_only=True):
    """A project whose files are texts."""

    files: Mapping[str, str]

    def read(self, path: str) -> bytes | None:
        text = self.files.get(path)
        if text is None:
            return None
        self.sources[path] = text
        return text.encode()


def committed() -> list[str]:
    """The names of the committed environments."""
    return sorted(path.stem for path in SPECS.glob("*.yaml") if "\nenvironment:" in path.read_text())


def compiled_spec(name: str, targets: Sequence[str] = ()) -> Outcome:
    """`specs/<name>.yaml` of this project, for all its targets or the named ones."""
    path = SPECS / f"{name}.yaml"
    return _outcome(Project(ROOT), f"specs/{name}.yaml", path.read_bytes(), name, targets)


def compiled_text(
    text: str, files: Mapping[str, str] | None = None, targets: Sequence[str] = (), stem: str = "prod"
) -> Outcome:
    """A spec of the test's own, with `files` as the project's other files."""
    return _outcome(_InMemory(Path("/nonexistent"), files=files or {}), f"specs/{stem}.yaml", text.encode(), stem, targets)


def compiled_bytes(content: bytes, files: Mapping[str, str]) -> Outcome:
    """`specs/prod.yaml` of any bytes, for all its targets."""
    return _outcome(_InMemory(Path("/nonexistent"), files=files), "specs/prod.yaml", content, "prod", ())


def _outcome(project: Project, file: str, content: bytes, stem: str, targets: Sequence[str]) -> Outcome:
    report = Report()
    model: Model | None = None
    compiled: list[Compiled] = []
    try:
        model = load(project, file, content, stem, report)
        compiled = compile_model(model, list(targets) or sorted(model.environment.targets), report)
    except Stopped:
        pass
    return Outcome(model, compiled, report.findings)


def write(compiled: Compiled, out: Path) -> Path:
    """The bundle as files in `out/<environment>/<target>/`; gives that folder."""
    folder = out / compiled.model.environment.environment / compiled.target.name
    for artifact in compiled.bundle.artifacts:
        path = folder / artifact.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(artifact.text)
    return folder
