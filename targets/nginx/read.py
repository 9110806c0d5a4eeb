"""What the configuration files of nginx mean."""

from __future__ import annotations

from collections.abc import Mapping

from twipc.formats.engines import ENGINES
from twipc.formats.reading import read_server
from twipc.target import DOCKER, FactKey, Facts

CONFIG = ENGINES["nginx"].config.rpartition("/")[2]


def read(texts: Mapping[str, str]) -> Facts:
    """The facts of each service whose folder is there."""
    facts: dict[FactKey, object] = {}
    for path in texts:
        service, _, file = path.partition("/")
        if file == CONFIG:
            facts.update(read_server(_in_container(texts, service), service, DOCKER))
    return facts


def _in_container(texts: Mapping[str, str], service: str) -> dict[str, str]:
    """A service's files by their place in its container."""
    image = ENGINES["nginx"]
    pages = f"{service}/pages/"
    found = {f"{image.pages}/{path.removeprefix(pages)}": text for path, text in texts.items() if path.startswith(pages)}
    return {image.config: texts[f"{service}/{CONFIG}"], **found}
