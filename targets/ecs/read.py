"""What a folder of ECS files means: its own reading of JSON, against the shapes of the API."""

from __future__ import annotations

from collections.abc import Mapping

from twipc.target import FactKey, Facts

from .read_service import ServiceReader
from .read_task import TaskReader
from .shapes import SERVICE, TASK_DEFINITION, load

_TASK, _SERVICE = ".taskdef.json", ".service.json"


def read(texts: Mapping[str, str]) -> Facts:
    """The facts of every service whose files are there, and of the images that they run."""
    names = {path.removesuffix(end) for path in texts for end in (_TASK, _SERVICE) if path.endswith(end)}
    facts: dict[FactKey, object] = {}
    for name in sorted(names):
        task = TaskReader(name, texts, facts)
        task.task(load(texts, f"{name}{_TASK}", TASK_DEFINITION))
        if f"{name}{_SERVICE}" in texts:
            ServiceReader(name, facts).service(load(texts, f"{name}{_SERVICE}", SERVICE))
        else:
            task.job()
    return facts
