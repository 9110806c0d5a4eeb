"""What a haproxy configuration means, read by its own tokenizer and nothing that wrote it."""

from __future__ import annotations

from collections.abc import Mapping

from twipc.formats.engines import ENGINES
from twipc.target import Discovery, Facts, Unreadable

from ..sections import NotHaproxy, parse
from .document import Document

__all__ = ["read"]


def read(files: Mapping[str, str], service: str, discovery: Discovery) -> Facts:
    """The facts of one haproxy from its files, by their place in the container."""
    try:
        sections, comments = parse(files[ENGINES["haproxy"].config])
    except NotHaproxy as problem:
        raise Unreadable(f"{service}/haproxy.cfg", str(problem)) from None
    reader = Document(service, discovery, files)
    for section in sections:
        reader.section(section)
    reader.finish()
    reader.comments(comments)
    return reader.facts
