"""The files of the target: JSON, and the folders that images are built from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from posixpath import relpath

from msgspec.structs import replace

from twipc.diagnostics import Path
from twipc.formats.document import At, Lines, Value
from twipc.formats.engines import ENGINES
from twipc.formats.jsontext import dump
from twipc.formats.writing import files_of
from twipc.model import Model
from twipc.target import Artifact, Discovery


def document(path: str, origin: Path, content: Mapping[str, Value]) -> Artifact:
    text, origins = dump(At(origin, content))
    return Artifact(path, text, origins, comment="")


def image_folder(model: Model, name: str, discovery: Discovery, base: str) -> tuple[Artifact, ...]:
    """What the image of a service with files of its own is built from, on `base`: nothing is fetched when a task starts."""
    files = files_of(model, name, discovery)
    if not files:
        return ()
    folder = f"images/{name}"
    copied = [(replace(file.artifact, path=f"images/{file.artifact.path}"), file.container_path) for file in files]
    here: Path = ("services", name)
    lines = Lines()
    lines.add(f"# {name} of {model.name}: its image for ECS.", here)
    lines.add("# Written by twipc; edit the spec, not this file.", ())
    lines.add(f"FROM {base}", (*here, "image"))
    for artifact, place in copied:
        # Owned by root and read-only, whatever the checkout's modes are.
        lines.add(f"COPY --chmod=0444 {relpath(artifact.path, folder)} {place}", next(iter(artifact.origins), here))
    http = model.environment.services[name].http
    if http:
        engine = ENGINES[http.engine.name]
        lines.add("# The root is read-only on ECS, and a task's volume takes the modes of the folder that it covers.", ())
        lines.add('VOLUME ["/tmp"]', here)
        lines.add(f"STOPSIGNAL {engine.stop_signal}", (*here, "http", "engine"))
        lines.add(f"USER {engine.user}", (*here, "http", "engine"))
    text, origins = lines.finish()
    return (Artifact(f"{folder}/Dockerfile", text, origins), *(artifact for artifact, _ in copied))


def image_name(model: Model, name: str, folder: Iterable[Artifact], registry: str | None) -> str:
    """Of its content: another configuration is another image, and a task definition names just one."""
    parts = (part for artifact in sorted(folder, key=lambda one: one.path) for part in (artifact.path, artifact.text))
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    return f"{untagged(model, name, registry)}:{digest[:12]}"


def untagged(model: Model, name: str, registry: str | None) -> str:
    """What is called so in a registry, whatever its content is."""
    image = f"{model.name}-{name}"
    return f"{registry}/{image}" if registry else image
