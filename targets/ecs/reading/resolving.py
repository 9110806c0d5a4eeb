"""What the functions of CloudFormation in a template come to, as far as can be told before it is deployed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from twipc.regex import late_regex
from twipc.target import Unreadable

TEMPLATE_FILE = "template.json"
_NAMED = {
    "AWS::ServiceDiscovery::PrivateDnsNamespace": "Name",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::ECS::TaskDefinition": "Family",
    "AWS::ECS::Cluster": "ClusterName",
}
"""What a resource is called, and so what a reference to it comes to."""
_NUMBERED = ("AWS::EFS::FileSystem", "AWS::EFS::AccessPoint")
"""What has an id alone, which is known when it is there."""
_PLACED = late_regex(r"AWS::EC2::(VPC|Subnet|RouteTable|InternetGateway|NatGateway)")
"""What others are in, be it made here or told by the deployment."""
_TOLD = {
    "Arn": ("AWS::IAM::Role", "AWS::ServiceDiscovery::Service", *_NUMBERED),
    "GroupId": ("AWS::EC2::SecurityGroup",),
    "AllocationId": ("AWS::EC2::EIP",),
}
"""What is asked of a resource, and of which kinds that may be."""
_UNNAMED = tuple(f"AWS::ElasticLoadBalancingV2::{kind}" for kind in ("LoadBalancer", "TargetGroup", "Listener"))
"""Whose name only AWS knows: a reference comes to an ARN."""
_OF_PLACE = late_regex(r"AWS::(Partition|Region|AccountId)")
_PUT_IN = late_regex(r"\$\{(!?)([^}]*)\}")


class Resolving:
    """Puts what they come to in the place of functions, and keeps whom they ask."""

    def __init__(self, resources: Mapping[str, Mapping[str, Any]], parameters: Mapping[str, object] | None = None) -> None:
        self._resources = resources
        self._parameters = parameters or {}
        self.asked: set[str] = set()

    def value(self, value: object) -> object:
        """The value without functions. What only a deployment knows stands in `<…>`."""
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if not isinstance(value, dict):
            return value
        match value:
            case {"Ref": str(name), **more} if not more:
                return f"<{name}>" if _OF_PLACE.fullmatch(name) or name in self._parameters else self._name(name)
            case {"Fn::GetAtt": [str(name), str(what)], **more} if not more and what in _TOLD:
                return self._told(name, what)
            case {"Fn::Select": [int(nth), {"Fn::GetAZs": "", **less}], **more} if not (more or less):
                return f"<zone {nth}>"
            case {"Fn::Sub": str(text), **more} if not more:
                return _PUT_IN.sub(self._put_in, text)
        odd = [key for key in value if key == "Ref" or key.startswith("Fn::")]
        odd += ["Condition"] if isinstance(value.get("Condition"), str) else []  # not that of a policy
        if odd:
            raise Unreadable(TEMPLATE_FILE, f"`{odd[0]}` is used in a way that is not known here")
        return {key: self.value(child) for key, child in value.items()}

    def _put_in(self, found: re.Match[str]) -> str:
        literal, name = found.groups()
        if literal:
            return f"${{{name}}}"
        if not _OF_PLACE.fullmatch(name):
            raise Unreadable(TEMPLATE_FILE, f"`{found[0]}` is nothing that is known here")
        return f"<{name}>"

    def _name(self, id_: str) -> str:
        resource = self._resources.get(id_, {})
        if _PLACED.fullmatch(str(resource.get("Type", ""))):
            return f"<{id_}>"
        if resource.get("Type") in (*_NUMBERED, *_UNNAMED):
            self.asked.add(id_)
            return f"{id_} of the template"
        named = _NAMED.get(resource.get("Type", ""))
        found = resource.get("Properties", {}).get(named) if named else None
        if not isinstance(found, str):
            raise Unreadable(TEMPLATE_FILE, f"`{id_}` is referred to, and has no name here")
        self.asked.add(id_)
        return found

    def _told(self, id_: str, what: str) -> str:
        if self._resources.get(id_, {}).get("Type") not in _TOLD[what]:
            raise Unreadable(TEMPLATE_FILE, f"`{id_}` is asked for its {what}, and has none that is known here")
        self.asked.add(id_)
        return f"{id_} of the template"
