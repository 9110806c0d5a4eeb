"""What the security groups of a template let through, wherever a rule stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .fitting import fitting
from .resolving import TEMPLATE_FILE, Resolving
from .shapes import GROUP, RULE

_WAYS = {"Ingress": "who reaches it", "Egress": "whom it reaches"}
Note = tuple[str, str, object]
"""Of a group's id, or of "template": a place and what is said there."""


def read_groups(resources: Mapping[str, Mapping[str, Any]], parameters: Mapping[str, object]) -> tuple[list[Note], set[str]]:
    """What is said of each group, and the ids that were read."""
    resolving = Resolving(resources, parameters)
    through: dict[tuple[str, str], list[tuple[object, ...]]] = {}
    apart: dict[str, list[str]] = {}
    notes: list[Note] = []
    read: set[str] = set()
    for id_, resource in sorted(resources.items()):
        kind = str(resource.get("Type", "")).removeprefix("AWS::EC2::SecurityGroup")
        if kind not in ("", *_WAYS) or not str(resource.get("Type", "")).startswith("AWS::EC2::SecurityGroup"):
            continue
        read.add(id_)
        properties = fitting(TEMPLATE_FILE, resolving.value(resource.get("Properties", {})), RULE if kind else GROUP, id_)
        if kind:
            group = str(properties.pop("GroupId", "no group")).removesuffix(" of the template")
            through.setdefault((group, kind), []).append(_rule(properties))
            apart.setdefault(group, []).append(id_)
        else:
            notes.append((id_, "in the template: group", id_))
            for way in _WAYS:
                through.setdefault((id_, way), []).extend(map(_rule, properties.pop(f"SecurityGroup{way}", [])))
            notes += [(id_, f"{id_}.{key}", value) for key, value in properties.items()]
        notes += [(id_, f"{id_}: {key}", value) for key, value in resource.items() if key not in ("Type", "Properties")]
    notes += [(group, _WAYS[way], tuple(sorted(rules, key=repr))) for (group, way), rules in through.items() if rules]
    notes += [(group, "in the template: rules", tuple(ids)) for group, ids in apart.items()]
    return notes, read


def _rule(rule: Mapping[str, Any]) -> tuple[object, ...]:
    """From or to whom, by which protocol, between which ports; and what more it says."""
    peers = [rule[key] for key in ("CidrIp", "SourceSecurityGroupId", "DestinationSecurityGroupId") if key in rule]
    known = {"CidrIp", "SourceSecurityGroupId", "DestinationSecurityGroupId", "IpProtocol", "FromPort", "ToPort", "Description"}
    more = [f"{key}: {value}" for key, value in sorted(rule.items()) if key not in known]
    unsaid = -1 if rule.get("IpProtocol") == "-1" else "unsaid"
    ports = (rule.get("FromPort", unsaid), rule.get("ToPort", unsaid))
    return ("+".join(map(str, peers)) or "nobody", rule.get("IpProtocol", "unsaid"), *ports, rule.get("Description", ""), *more)
