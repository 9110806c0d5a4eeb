"""What a target of one engine has to say of a model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from twipc.diagnostics import Code, Finding, Severity
from twipc.model import Model


def no_server(engine: str) -> Code:
    """The code of an engine's target for specs that have no service for it."""
    return Code(
        f"{engine.upper()}101",
        f"no service is served by {engine}",
        Severity.ERROR,
        why="The target writes a configuration for each `http` service with this engine: here it would write nothing.",
        bad=f"targets: {{{engine}: {{}}}}  #! {engine.upper()}101\nservices: {{web: {{image: shop/web:1}}}}",
        good="targets: {compose: {}}\nservices: {web: {image: shop/web:1}}",
    )


def has_server(engine: str, code: Code, model: Model, _options: Any) -> Iterator[Finding]:
    """A spec that lists the target needs a service for it."""
    if not any(http.engine.name == engine for _, http in model.servers):
        yield Finding(
            code,
            f"no `http` service has the engine {engine}",
            model.span(("targets", engine), key=True),
            help="take the target out, or name the engine in a service",
            at=f"targets.{engine}",
            target=engine,
        )
