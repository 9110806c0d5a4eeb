"""What a folder of ECS files means: its own reading of JSON, against the shapes of the API."""

from __future__ import annotations

from collections.abc import Mapping

from twipc.target import BASELINE, FactKey, Facts

from .reading.dockerfile import Folders
from .reading.fitting import load
from .reading.noted import UNTAGGED
from .reading.repositories import read_registry
from .reading.resolving import TEMPLATE_FILE
from .reading.service import ServiceReader
from .reading.shapes import SERVICE, TASK_DEFINITION
from .reading.task import TaskReader
from .reading.template import TemplateReader

_TASK, _SERVICE = ".taskdef.json", ".service.json"


def read(texts: Mapping[str, str]) -> Facts:
    """The facts of every service whose files are there, and of the images that they run; and what the template says of them."""
    facts = {key: value for key, value in _of_services(texts).items() if value != UNTAGGED}
    return {**facts, **read_registry(texts)}


def _of_services(texts: Mapping[str, str]) -> Facts:
    folders = Folders(texts)
    facts = _of_inputs(texts, folders)
    if TEMPLATE_FILE not in texts:
        return facts
    template = TemplateReader(texts, folders)
    if not facts:
        return {**template.facts, **template.own, FactKey(BASELINE, ("template", "stands")): "alone"}
    return {**_agreed(facts, template.facts), **template.own}


def _of_inputs(texts: Mapping[str, str], folders: Folders) -> Facts:
    names = {path.removesuffix(end) for path in texts for end in (_TASK, _SERVICE) if path.endswith(end)}
    facts: dict[FactKey, object] = {}
    for name in sorted(names):
        task = TaskReader(name, folders, facts)
        task.task(load(texts, f"{name}{_TASK}", TASK_DEFINITION))
        if f"{name}{_SERVICE}" in texts:
            ServiceReader(name, facts).service(load(texts, f"{name}{_SERVICE}", SERVICE))
        else:
            task.job()
    return facts


def _agreed(inputs: Facts, template: Facts) -> Facts:
    """What both say; where they differ, that is the fact."""
    return {
        key: inputs[key]
        if key in inputs and key in template and inputs[key] == template[key]
        else ("in its own file", inputs.get(key, "nothing"), f"in {TEMPLATE_FILE}", template.get(key, "nothing"))
        for key in sorted(inputs.keys() | template.keys())
    }
