"""What committed artifacts mean, held against the spec: findings that name file, line and meaning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from twipc.diagnostics import Finding, Path, Related, Span
from twipc.model import Model
from twipc.target import Artifact, Bundle, Target, Unreadable, spec_path

from . import codes
from .compare import Difference, differences
from .lines import Change, changes


def verify_folder(
    model: Model, target: Target, options: Any, bundle: Bundle, folder: str, texts: Mapping[str, str]
) -> Iterator[Finding]:
    """Findings on the texts of a target's folder, named from the project as `folder`; none if they mean the spec."""
    missing = [artifact for artifact in bundle.artifacts if artifact.path not in texts]
    for artifact in missing:
        yield Finding(codes.ABSENT_FILE, f"{folder}/{artifact.path} is not there", target=target.name)
    present = [artifact for artifact in bundle.artifacts if artifact.path in texts]
    for artifact in present:
        yield from _texts(artifact, texts[artifact.path], folder, target)
    if missing:
        return
    try:
        said = target.read(texts)
    except Unreadable as problem:
        found = _place(present, texts, folder, ())
        yield Finding(codes.UNREADABLE, f"{folder}/{problem.path}: {problem.why}", found, target=target.name)
        return
    for difference in differences(model, target, options, said):
        yield _meaning(model, target, present, texts, folder, difference)


def _texts(artifact: Artifact, text: str, folder: str, target: Target) -> Iterator[Finding]:
    """What has no reader: whole files, and the comments of the others."""
    if not artifact.meaning:
        if text != artifact.text:
            found = next(changes(artifact, text))
            yield Finding(
                codes.TEXT, f"{artifact.path}: {_told(found)}", _span(f"{folder}/{artifact.path}", found), target=target.name
            )
        return
    for change in changes(artifact, text):
        if _comments(artifact, change.found) != _comments(artifact, change.wanted):
            where = _span(f"{folder}/{artifact.path}", change)
            yield Finding(codes.TEXT, f"a comment of {artifact.path}: {_told(change)}", where, target=target.name)


def _comments(artifact: Artifact, lines: tuple[str, ...]) -> list[str]:
    if not artifact.comment:
        return []
    return [line.strip() for line in lines if line.strip().startswith(artifact.comment)]


def _told(change: Change) -> str:
    found = change.found[0].strip() if change.found else "nothing"
    wanted = change.wanted[0].strip() if change.wanted else "nothing"
    return f"here is `{found}`, the spec makes `{wanted}`"


def _meaning(
    model: Model, target: Target, artifacts: list[Artifact], texts: Mapping[str, str], folder: str, difference: Difference
) -> Finding:
    path = spec_path(difference.key, model)
    spec = model.span(path)
    return Finding(
        codes.MEANING,
        str(difference),
        _place(artifacts, texts, folder, path),
        help="change the spec and compile, or compile to undo the edit",
        related=(Related(spec, "the spec says it here"),) if model.written(path) else (),
        at=model.tree.name(path),
        target=target.name,
    )


def _place(artifacts: list[Artifact], texts: Mapping[str, str], folder: str, path: Path) -> Span | None:
    """The changed line that is nearest to what `path` says."""
    best: tuple[int, Span] | None = None
    for artifact in artifacts:
        for change in changes(artifact, texts[artifact.path]):
            nearness = change.nearness(path)
            if best is None or nearness > best[0]:
                best = (nearness, _span(f"{folder}/{artifact.path}", change))
    return best[1] if best else None


def _span(file: str, change: Change) -> Span:
    first = change.found[0] if change.found else ""
    column = len(first) - len(first.lstrip()) + 1
    return Span(file, change.line, column, change.line, max(column + 1, len(first) + 1))
