"""What the configuration of every server with one engine means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twipc.formats.engines import ENGINES
from twipc.formats.reading import read_server, server_baseline
from twipc.model import Model
from twipc.target import DOCKER, FactKey, Facts


def read_part(engine: str, texts: Mapping[str, str]) -> Facts:
    """The facts of each service whose folder is there."""
    config = ENGINES[engine].config.rpartition("/")[2]
    facts: dict[FactKey, object] = {}
    for path in texts:
        service, _, file = path.partition("/")
        if file == config:
            facts.update(read_server(_in_container(engine, texts, service, path), service, DOCKER))
    return facts


def _in_container(engine: str, texts: Mapping[str, str], service: str, config: str) -> dict[str, str]:
    """A service's files by their place in its container."""
    image, pages = ENGINES[engine], f"{service}/pages/"
    found = {f"{image.pages}/{path.removeprefix(pages)}": text for path, text in texts.items() if path.startswith(pages)}
    folder, here = image.config.rpartition("/")[0], [path.rpartition("/") for path in texts]
    beside = {f"{folder}/{file}": texts[f"{service}/{file}"] for parent, _, file in here if parent == service}
    return {**beside, image.config: texts[config], **found}


def part_baseline(engine: str, model: Model, _options: Any) -> Facts:
    """The facts that are left over when every field of the spec has been read."""
    facts: dict[FactKey, object] = {}
    for name, http in model.servers:
        if http.engine.name == engine:
            facts.update(server_baseline(model, name, DOCKER))
    return facts
