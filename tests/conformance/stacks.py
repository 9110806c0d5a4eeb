"""A template as a stack of moto's, without the kinds of resources that moto has never heard of."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from botocore.exceptions import ClientError

from tests.conformance.moto import Moto
from tests.conformance.told import Words, differences
from tests.conformance.told_network import TOLD

Resources = dict[str, dict[str, Any]]
RULES = {"AWS::EC2::SecurityGroupIngress": "SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress": "SecurityGroupEgress"}
"""What is told as a part of a group."""


class Stack:
    """`lacks` is of moto.yaml: what is left out of a template, so that moto takes the rest."""

    def __init__(self, moto: Moto, name: str, lacks: Mapping[str, Any]) -> None:
        self._moto, self._name, self._lacks = moto, name, lacks
        self._cloudformation = moto.client("cloudformation")
        self._parameters: dict[str, str] = {}
        self.resources: Resources = {}

    def create(self, text: str) -> None:
        self._cloudformation.create_stack(**self._asked(text))

    def update(self, text: str) -> None:
        self._cloudformation.update_stack(**self._asked(text))

    def delete(self) -> None:
        self._cloudformation.delete_stack(StackName=self._name)

    def status(self) -> str:
        [stack] = self._cloudformation.describe_stacks(StackName=self._name)["Stacks"]
        return str(stack["StackStatus"])

    def outputs(self) -> dict[str, str]:
        [stack] = self._cloudformation.describe_stacks(StackName=self._name)["Stacks"]
        return {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}

    def ids(self) -> dict[str, str]:
        """What is there, by its logical name."""
        found = self._cloudformation.describe_stack_resources(StackName=self._name)["StackResources"]
        return {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in found if "PhysicalResourceId" in one}

    def kinds(self) -> set[str]:
        """Of what is there; of what moto passes over it tells nothing but that it is done."""
        found = self._cloudformation.describe_stack_resources(StackName=self._name)["StackResources"]
        return {one["ResourceType"] for one in found if "ResourceType" in one}

    def _asked(self, text: str) -> dict[str, Any]:
        document = json.loads(self._moto.real(text))
        self._parameters = {name: self._value(one["Type"]) for name, one in document.get("Parameters", {}).items()}
        resources = document["Resources"]
        gone = {name for name, one in resources.items() if one["Type"] in self._lacks["unknown"] or self._is_refused(one)}
        asked = {name: self._lacks["unasked"].get(one["Type"], ()) for name, one in resources.items()}
        document = without(document, gone, {name: attributes for name, attributes in asked.items() if attributes})
        self.resources = document["Resources"]
        parameters = [{"ParameterKey": name, "ParameterValue": value} for name, value in self._parameters.items()]
        return {
            "StackName": self._name,
            "TemplateBody": json.dumps(document),
            "Capabilities": ["CAPABILITY_IAM"],
            "Parameters": parameters,
        }

    def _is_refused(self, resource: Mapping[str, Any]) -> bool:
        properties = resource.get("Properties", {})
        return any(
            one["kind"] == resource["Type"] and all(properties.get(key) in values for key, values in one["where"].items())
            for one in self._lacks["refused"]
        )

    def _value(self, kind: str) -> str:
        if "Subnet" in kind:
            return ",".join(self._moto.subnet() for _ in range(2 if kind.startswith("List") else 1))
        assert kind == "AWS::EC2::VPC::Id", kind
        return self._moto.vpc

    def differences(self) -> set[tuple[str, str]]:
        """Kinds of resources, and the properties of theirs that are told otherwise than the template has them."""
        ids = self.ids()
        words = Words(ids, self._parameters)
        found: set[tuple[str, str]] = set()
        for name, one in with_rules(self.resources).items():
            if name not in ids:
                found.add((one["Type"], "is not there"))
                continue
            assert one["Type"] in TOLD, f"nobody asks for what is told of {one['Type']}: see told.py"
            told = words.plain(TOLD[one["Type"]](self._moto, ids[name]))
            found |= {(one["Type"], place) for place in differences(words.plain(one.get("Properties", {})), told)}
        return found

    def left(self, ids: Mapping[str, str]) -> set[str]:
        """The names of what is there still, of what had these ids."""
        return {name for name, id_ in ids.items() if is_told(self._moto, self.resources[name]["Type"], id_)}


def is_told(moto: Moto, kind: str, id_: str) -> bool:
    try:
        return bool(TOLD[kind](moto, id_))
    except (ClientError, ValueError):  # an error of the service, or an answer without it
        return False


def without(value: Any, gone: Collection[str], unasked: Mapping[str, Collection[str]]) -> Any:
    """A document without some resources and attributes; who names one of them names a text."""
    match value:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), str()]} if name in gone:
            return f"<{name}>"
        case {"Fn::GetAtt": [str(name), str(attribute)]} if attribute in unasked.get(name, ()):
            return f"<{name}>"
        case {**pairs}:
            return {str(key): without(child, gone, unasked) for key, child in pairs.items() if key not in gone}
        case list():
            return [without(item, gone, unasked) for item in value if not (isinstance(item, str) and item in gone)]
    return value


def with_rules(resources: Resources) -> Resources:
    """Rules that stand apart are told of by their group."""
    found: Resources = {}
    for name, one in resources.items():
        if one["Type"] not in RULES:
            found[name] = json.loads(json.dumps(one))
    for one in resources.values():
        if one["Type"] in RULES:
            rule = dict(one["Properties"])
            [group, _] = rule.pop("GroupId")["Fn::GetAtt"]
            found[group]["Properties"].setdefault(RULES[one["Type"]], []).append(rule)
    return found
