"""What an nginx configuration means, read by crossplane's lexer and nothing that wrote it."""

from __future__ import annotations

from collections.abc import Mapping

from twipc.formats.engines import ENGINES
from twipc.target import Discovery, Facts, Unreadable

from ..tree import NotNginx, parse
from .document import Document

__all__ = ["read"]


def read(files: Mapping[str, str], service: str, discovery: Discovery) -> Facts:
    """The facts of one nginx from its files, by their place in the container."""
    image = ENGINES["nginx"]
    try:
        root, comments = parse(files[image.config])
    except NotNginx as problem:
        raise Unreadable(f"{service}/nginx.conf", str(problem)) from None
    reader = Document(service, discovery, files)
    reader.whole(root, comments)
    return reader.facts
