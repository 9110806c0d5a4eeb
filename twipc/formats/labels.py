"""Labels of containers that the spec itself asks for."""

from __future__ import annotations

from twipc.formats.document import At, Value
from twipc.spec import Service


def own_labels(name: str, service: Service) -> dict[str, Value]:
    """What the spec itself labels a service with."""
    return {label: At(("services", name, "labels", label), text) for label, text in sorted(service.labels.items())}
