"""What committed artifacts mean, held against the spec: findings that name file, line and meaning."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import takewhile
from types import MappingProxyType
from typing import Any

from twipc.diagnostics import Finding, Path, Related, Span
from twipc.model import Model
from twipc.target import BASELINE, Artifact, Bundle, Target, Unreadable, route_facts, spec_path

from . import codes
from .compare import Difference, differences
from .lines import Change, changes
from .nearest import Nearest
from .wording import is_digest

NOTHING_INSTEAD: Mapping[str, str] = MappingProxyType({})


def verify_folder(
    model: Model,
    target: Target,
    options: Any,
    bundle: Bundle,
    folder: str,
    texts: Mapping[str, str],
    instead: Mapping[str, str] = NOTHING_INSTEAD,
) -> Iterator[Finding]:
    """Findings on the texts of a target's folder, named from the project as `folder`; none if they mean the spec.

    `instead` says of a name without text what stands there.
    """
    missing = [artifact for artifact in bundle.artifacts if artifact.path not in texts]
    for artifact in missing:
        there = instead.get(artifact.path)
        what = f"is {there}, not a file" if there else "is not there"
        yield Finding(codes.ABSENT_FILE, f"{folder}/{artifact.path} {what}", target=target.name)
    present = [artifact for artifact in bundle.artifacts if artifact.path in texts]
    found = [finding for artifact in present for finding in _texts(artifact, texts[artifact.path], folder, target)]
    yield from found
    if missing:
        return
    changed = [
        (f"{folder}/{artifact.path}", change) for artifact in present for change in changes(artifact, texts[artifact.path])
    ]
    try:
        said = target.read(texts)
    except Unreadable as problem:
        first = next((one for one in changed if one[0] == f"{folder}/{problem.path}"), changed[0] if changed else None)
        where = _span(*first) if first else None
        yield Finding(codes.UNREADABLE, f"{folder}/{problem.path}: {problem.why}", where, target=target.name)
        return
    nearest = Nearest([change for _, change in changed])
    for difference in differences(model, target, options, said):  # digests come last
        if not (is_digest(difference.key) and _is_covered(difference, found, folder)):
            path = spec_path(difference.key, model)
            index = nearest.to(path, " ".join(difference.key.owner), difference.traces)
            found.append(_meaning(model, target, difference, None if index is None else _span(*changed[index])))
            yield found[-1]


def _is_covered(difference: Difference, found: Iterable[Finding], folder: str) -> bool:
    """Whether a digest differs because of files that have findings of their own: those in the folder of its service."""
    service = difference.key.owner[0]
    files = [finding.span.file.removeprefix(f"{folder}/") for finding in found if finding.span]
    return any(service in file.split("/")[:-1] for file in files)


def _texts(artifact: Artifact, text: str, folder: str, target: Target) -> Iterator[Finding]:
    """What has no reader: whole files, and the comments of the others."""
    if not artifact.meaning:
        if text != artifact.text:
            first = next(changes(artifact, text))
            yield Finding(
                codes.TEXT, f"{artifact.path}: {first.told()}", _span(f"{folder}/{artifact.path}", first), target=target.name
            )
        return
    for change in changes(artifact, text):
        if _comments(artifact, change.found) != _comments(artifact, change.wanted):
            where = _span(f"{folder}/{artifact.path}", change)
            yield Finding(codes.TEXT, f"a comment of {artifact.path}: {change.told()}", where, target=target.name)


def _comments(artifact: Artifact, lines: tuple[str, ...]) -> list[str]:
    if not artifact.comment:
        return []
    return [line.strip() for line in lines if line.strip().startswith(artifact.comment)]


def _meaning(model: Model, target: Target, difference: Difference, where: Span | None) -> Finding:
    path = _path(difference, model, target)
    # What twipc adds of its own stands nowhere in a spec.
    is_written = difference.key.field != BASELINE and model.written(path)
    return Finding(
        codes.MEANING,
        str(difference),
        where,
        help="change the spec and compile, or compile to undo the edit" if is_written else "compile to undo the edit",
        related=(Related(model.span(path), "the spec says it here"),) if is_written else (),
        at=model.tree.name(path),
        target=target.name,
    )


def _path(difference: Difference, model: Model, target: Target) -> Path:
    """Where in the spec it is said: an option stands with its target."""
    noun, _, leaf = difference.key.field.partition(".")
    if noun in ("option", "options"):
        return ("targets", target.name, leaf)
    path = spec_path(difference.key, model)
    return _of_route(path, difference, model) if difference.key.field == "http.routes" else path


def _of_route(path: Path, difference: Difference, model: Model) -> Path:
    """The first route that is not said as it was meant; of one that names several paths each is a fact."""
    service = model.environment.services.get(difference.key.owner[0])  # an artifact may have another
    http = service.http if service else None
    meant, said = difference.meant, difference.said
    if http is None or not isinstance(meant, tuple) or not isinstance(said, tuple):
        return path
    same = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(meant, said, strict=False))))
    named = [index for index, route in enumerate(http.routes) for _ in route_facts(route)]
    return (*path, named[same]) if same < len(named) else path


def _span(file: str, change: Change) -> Span:
    start, end = change.columns
    return Span(file, change.line, start, change.line, end)
