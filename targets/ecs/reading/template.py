"""What a template of CloudFormation means: the same as the documents of the API that it makes, and what it adds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twipc.target import BASELINE, FactKey

from .alb import Alb
from .dockerfile import Folders
from .files import read_files
from .fitting import Shape, fitting, load
from .groups import read_groups
from .network import read_network
from .nlb import Balancers
from .permissions import permissions
from .resolving import TEMPLATE_FILE, Resolving
from .scaling import ScalingReader
from .service import ServiceReader
from .shapes import CLUSTER, LOG_GROUP, NAME, NAMESPACE, RESOURCE, ROLE, SERVICE, TASK_DEFINITION, TEMPLATE
from .task import TaskReader
from .uncasing import uncased


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
        self._parameters: dict[str, object] = document.get("Parameters", {})
        self._about("template", document)
        self._alb = Alb(self._resources, self._parameters)
        self._leading_to |= self._alb.owners
        self.own |= self._alb.facts
        self._services(self._tasks())
        self._logs()
        self._roles()
        self._cluster()
        self._groups()
        self._files()
        self._names()
        self._scaling()
        self._balancers()
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

    def _roles(self) -> None:
        for id_, resource in self._of("AWS::IAM::Role"):
            owner = self._leading_to.get(id_, "template")
            read = Resolving(self._resources, self._parameters).value(resource.pop("Properties", {}))
            properties = fitting(TEMPLATE_FILE, read, ROLE, id_)
            self._add(owner, f"{id_}: who may take it", permissions(properties.pop("AssumeRolePolicyDocument", {})))
            for policy in properties.pop("Policies", []):
                self._add(
                    owner, f"{id_}: may {policy.pop('PolicyName', 'unnamed')}", permissions(policy.pop("PolicyDocument", {}))
                )
                self._about(owner, policy, f"{id_}: policy ")
            self._about(owner, properties, f"{id_}.")
            self._about(owner, {key: value for key, value in resource.items() if key != "Type"}, f"{id_}: ")

    def _cluster(self) -> None:
        """That of all services, if it is made here."""
        for id_, resource in self._of("AWS::ECS::Cluster"):
            self._leading_to[id_] = "template"
            properties = fitting(TEMPLATE_FILE, resource.pop("Properties", {}), CLUSTER, id_)
            self._about("template", properties, f"{id_}.")
            self._about("template", resource, f"{id_}: ")

    def _groups(self) -> None:
        """Those of tasks are of their services; what runs a job names its group, which is told as one of the outputs."""
        notes, read = read_groups(self._resources, self._parameters)
        tagged = [(id_, tag) for id_, place, tags in notes if place == f"{id_}.Tags" and isinstance(tags, list) for tag in tags]
        owners = {id_: tag.get("Value", "") for id_, tag in tagged if tag.get("Key") == "service"}
        for id_ in read:
            self._leading_to[id_] = owners.get(id_, id_)
        for id_, place, value in notes:
            self._add(owners.get(id_, id_), place, value)

    def _files(self) -> None:
        """What all have in common: file systems, of all who mount them, and the network."""
        for of in (read_files, read_network):
            notes, read = of(self._resources, self._parameters)
            for _, place, value in notes:
                self._add("template", place, value)
            self._leading_to |= dict.fromkeys(read, "template")

    def _balancers(self) -> None:
        """What is published by it is a fact of the services that it leads to."""
        read = Balancers(self._resources, self._parameters, self.facts, self._alb.owners)
        self._leading_to |= read.owners
        self.own |= read.published
        for owner, place, value in read.notes:
            self._add(owner, place, value)

    def _names(self) -> None:
        """The namespace is of all; what is in it is of whom it lists."""
        resolving = Resolving(self._resources, self._parameters)
        for id_, resource in self._of("AWS::ServiceDiscovery::PrivateDnsNamespace"):
            self._leading_to[id_] = "template"
            properties = fitting(TEMPLATE_FILE, resolving.value(resource.get("Properties", {})), NAMESPACE, id_)
            self._about("template", properties, f"{id_}.")
            self._about("template", {key: value for key, value in resource.items() if key != "Properties"}, f"{id_}: ")
        for id_, resource in self._of("AWS::ServiceDiscovery::Service"):
            owner = self._leading_to.get(id_, "template")
            self._add(owner, "in the template: name", id_)
            properties = fitting(TEMPLATE_FILE, resolving.value(resource.get("Properties", {})), NAME, id_)
            self._about(owner, properties, f"{id_}.")
            self._about(owner, {key: value for key, value in resource.items() if key not in ("Type", "Properties")}, f"{id_}: ")

    def _scaling(self) -> None:
        """A range takes the place of a number; where a number is there as well, each deployment would go back to it."""
        read = ScalingReader(self._resources, self._leading_to)
        self._leading_to |= read.owners
        for key, value in read.facts.items():
            self.facts[key] = (self.facts[key], value) if key in self.facts else value
        for owner, place, value in read.notes:
            self._add(owner, place, value)

    def _of(self, kind: str) -> list[tuple[str, dict[str, Any]]]:
        return sorted((id_, one) for id_, one in self._resources.items() if one.get("Type") == kind)

    def _api(self, id_: str, resource: Mapping[str, Any], shape: Shape, what: str) -> tuple[str, dict[str, Any]]:
        """Whose it is by its tags, and the document that the API would take."""
        resolving = Resolving(self._resources, self._parameters)
        document = uncased(resolving.value(resource.get("Properties", {})), shape)
        fitted = fitting(TEMPLATE_FILE, document, shape, f"{id_}.Properties")
        name = next((tag.get("value", "") for tag in fitted.get("tags", []) if tag.get("key") == "service"), "of no service")
        self._leading_to[id_] = name
        for asked in resolving.asked:
            self._leading_to.setdefault(asked, name)
        self._add(name, f"in the template: {what}", id_)
        if resolving.asked:
            self._add(name, f"in the template: {what} refers to", tuple(sorted(resolving.asked)))
        more = {key: value for key, value in resource.items() if key not in ("Type", "Properties")}
        ways = {way for group in resolving.asked for way in self._alb.leading.get(group, ())}
        after = more.get("DependsOn", ())
        if ways and isinstance(after, list) and all(way in after for way in ways):
            self._add(name, "in the template: service waits for", "all that leads to it")
            more["DependsOn"] = [*after]
            for way in ways:
                more["DependsOn"].remove(way)
        self._about(name, {key: value for key, value in more.items() if value != []}, f"resource of the {what}: ")
        return name, fitted
