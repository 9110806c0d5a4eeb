"""What a template of CloudFormation means: the same as the documents of the API that it makes, and what it adds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twipc.target import BASELINE, FactKey, Unreadable

from .dockerfile import Folders
from .read_service import ServiceReader
from .read_task import TaskReader
from .shapes import LOG_GROUP, RESOURCE, SERVICE, TASK_DEFINITION, TEMPLATE, Shape, fitting, load
from .uncasing import uncased

TEMPLATE_FILE = "template.json"
_NAMED = {"AWS::Logs::LogGroup": "LogGroupName", "AWS::ECS::TaskDefinition": "Family"}
"""What a resource is called, and so what a reference to it comes to."""


class TemplateReader:
    """`facts` are those that task definitions and services have in common with inputs; `own` are the template's alone."""

    def __init__(self, texts: Mapping[str, str], folders: Folders) -> None:
        self.facts: dict[FactKey, object] = {}
        self.own: dict[FactKey, object] = {}
        self._folders = folders
        document = load(texts, TEMPLATE_FILE, TEMPLATE)
        self._resources: dict[str, dict[str, Any]] = document.pop("Resources", {})
        for id_, resource in self._resources.items():
            fitting(TEMPLATE_FILE, resource, RESOURCE, id_)
        self._leading_to: dict[str, str] = {}
        self._about("template", document)
        self._services(self._tasks())
        self._logs()
        for id_ in self._resources.keys() - self._leading_to.keys():
            self._add("template", id_, "of no service")

    def _add(self, owner: str, place: str, value: object) -> None:
        self.own[FactKey(BASELINE, (owner, place))] = "empty" if value in (None, "", (), {}) else value

    def _about(self, owner: str, document: Mapping[str, object], prefix: str = "") -> None:
        for key, value in document.items():
            self._add(owner, f"{prefix}{key}", value)

    def _tasks(self) -> dict[str, TaskReader]:
        found: dict[str, TaskReader] = {}
        for id_, resource in self._of("AWS::ECS::TaskDefinition"):
            name, task = self._api(id_, resource, TASK_DEFINITION, "task")
            found[name] = TaskReader(name, self._folders, self.facts)
            found[name].task(task)
        return found

    def _services(self, tasks: Mapping[str, TaskReader]) -> None:
        lasting = set()
        for id_, resource in self._of("AWS::ECS::Service"):
            name, service = self._api(id_, resource, SERVICE, "service")
            ServiceReader(name, self.facts).service(service)
            lasting.add(name)
        for name in sorted(tasks.keys() - lasting):
            tasks[name].job()

    def _logs(self) -> None:
        for id_, resource in self._of("AWS::Logs::LogGroup"):
            owner = self._leading_to.get(id_, "template")
            self._add(owner, "in the template: logs", id_)
            properties = fitting(TEMPLATE_FILE, resource.pop("Properties", {}), LOG_GROUP, id_)
            self._about(owner, properties, "log group.")
            self._about(owner, {key: value for key, value in resource.items() if key != "Type"}, "log group: ")

    def _of(self, kind: str) -> list[tuple[str, dict[str, Any]]]:
        return sorted((id_, one) for id_, one in self._resources.items() if one.get("Type") == kind)

    def _api(self, id_: str, resource: Mapping[str, Any], shape: Shape, what: str) -> tuple[str, dict[str, Any]]:
        """Whose it is by its tags, and the document that the API would take."""
        refs: list[str] = []
        document = uncased(self._resolved(resource.get("Properties", {}), refs), shape)
        fitted = fitting(TEMPLATE_FILE, document, shape, f"{id_}.Properties")
        name = next((tag.get("value", "") for tag in fitted.get("tags", []) if tag.get("key") == "service"), "of no service")
        self._leading_to[id_] = name
        for ref in refs:
            self._leading_to.setdefault(ref, name)
        self._add(name, f"in the template: {what}", id_)
        if refs:
            self._add(name, f"in the template: {what} refers to", tuple(sorted(refs)))
        more = {key: value for key, value in resource.items() if key not in ("Type", "Properties")}
        self._about(name, more, f"resource of the {what}: ")
        return name, fitted

    def _resolved(self, value: object, refs: list[str]) -> object:
        """The value, with the name of what it refers to in the place of each reference."""
        if isinstance(value, list):
            return [self._resolved(item, refs) for item in value]
        if not isinstance(value, dict):
            return value
        if value.keys() == {"Ref"}:
            refs.append(str(value["Ref"]))
            return self._name(refs[-1])
        odd = [key for key in value if key in ("Ref", "Condition") or key.startswith("Fn::")]
        if odd:
            raise Unreadable(TEMPLATE_FILE, f"`{odd[0]}` is no function that is known here")
        return {key: self._resolved(child, refs) for key, child in value.items()}

    def _name(self, id_: str) -> object:
        resource = self._resources.get(id_, {})
        named = _NAMED.get(resource.get("Type", ""))
        found = resource.get("Properties", {}).get(named) if named else None
        if not isinstance(found, str):
            raise Unreadable(TEMPLATE_FILE, f"`{id_}` is referred to, and has no name here")
        return found
