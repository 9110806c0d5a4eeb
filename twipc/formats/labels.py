"""Labels of containers: those that the spec itself asks for, and how all of ours begin."""

from __future__ import annotations

from twipc.formats.document import At, Value
from twipc.spec import Service

LABEL = "io.twipc."
"""How the labels begin that say what an artifact has no other word for."""


def own_labels(name: str, service: Service) -> dict[str, Value]:
    """What the spec itself labels a service with."""
    return {label: At(("services", name, "labels", label), text) for label, text in sorted(service.labels.items())}
