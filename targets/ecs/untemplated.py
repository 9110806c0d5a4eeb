"""Environments that a template of CloudFormation cannot have: too large, or with words that it would replace."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from json.encoder import encode_basestring_ascii

from twipc.diagnostics import Path
from twipc.model import Model
from twipc.syntax import Node, NodeMapping, NodeSequence

RESOURCES, BYTES = 500, 1_000_000
"""What a template may have (CloudFormation guide, quotas); a megabyte is for templates that lie on S3."""
_OF_EACH = 7
_OF_RANGE = 3
_OF_NETWORK = 25
_OF_ECS = 12_000
"""More bytes than what a service in a template has of ECS's own."""
_OF_PUBLISHED = 4_000
"""More bytes than its way through a load balancer has there."""
_ELSEWHERE = frozenset({"http", "configs", "ready", "build"})
"""What of a service lies in its image, or nowhere."""


@lru_cache(maxsize=8)
def obstacles(model: Model) -> tuple[tuple[Path, str], ...]:
    """Where in the spec is what a template cannot have, and why it cannot."""
    return tuple(_obstacles(model))


def _obstacles(model: Model) -> Iterator[tuple[Path, str]]:
    for name, _ in model.services:
        node = model.tree.node(("services", name))
        if isinstance(node, NodeMapping):
            for key in sorted(set(node.entries) - _ELSEWHERE):
                yield from _replaced(node.entries[key].node, ("services", name, key))
            labels = node.entries.get("labels")
            if labels and isinstance(labels.node, NodeMapping):
                yield from _functions(labels.node, ("services", name, "labels"))
    published = sum(len(service.publish) for _, service in model.services)
    # Of what is published a listener, its targets and who is asked; and what listens.
    count = 4 + _OF_EACH * len(model.environment.services) + 2 * _addresses(model) + _files(model) + 4 * published
    count += _OF_NETWORK if model.tree.node(("targets", "ecs", "network")) else 0
    count += _OF_RANGE * sum(service.autoscaling is not None for _, service in model.services)
    if count > RESOURCES:
        yield ("services",), f"the environment may be of {count} resources, and a template has {RESOURCES} at most"
    elif _bytes(model) + published * _OF_PUBLISHED > BYTES:
        yield ("services",), f"its template might have more than {BYTES // 1_000_000} MB"


def _bytes(model: Model) -> int:
    """More than its services have in a template."""
    return sum(written(model.tree.node(("services", name))) + _OF_ECS for name, _ in model.services)


def _files(model: Model) -> int:
    """Of each volume that the spec says no place for: itself, its folder, a group, mount targets, and rules to them."""
    subnets = model.tree.node(("targets", "ecs", "subnets"))
    count = 3 + (len(subnets.items) if isinstance(subnets, NodeSequence) else 2)
    names = [name for name in model.environment.volumes if model.tree.node(("targets", "ecs", "volumes", name)) is None]
    mounted = Counter(mount.volume for _, service in model.services for mount in service.mounts.values())
    return sum(count + mounted[name] for name in names)


def _addresses(model: Model) -> int:
    """At least as many as there are rules between two groups, one at each end."""
    members = sum((2 if model.ready[backend] else 1) * len(members) for backend, members in model.members.items())
    return members + sum(value.address is not None for _, service in model.services for value in service.env.values())


def _replaced(node: Node, path: Path) -> Iterator[tuple[Path, str]]:
    """Dynamic references: CloudFormation puts a secret in their place, in any string, and has no way to say otherwise."""
    if isinstance(node, NodeMapping):
        for key, entry in node.entries.items():
            if "{{resolve:" in key:
                yield (*path, key), "CloudFormation puts something else in the place of `{{resolve:…}}`"
            yield from _replaced(entry.node, (*path, key))
    elif isinstance(node, NodeSequence):
        for index, item in enumerate(node.items):
            yield from _replaced(item, (*path, index))
    elif "{{resolve:" in str(node.value):
        yield path, "CloudFormation puts something else in the place of `{{resolve:…}}`"


def _functions(labels: NodeMapping, path: Path) -> Iterator[tuple[Path, str]]:
    for key in labels.entries:
        if key in ("Ref", "Condition"):  # `Fn::` no label begins with
            yield (*path, key), f"`{key}` is a function of CloudFormation"


def written(node: Node | None) -> int:
    """More bytes than a part of a spec has in a template or a task definition: each value is on a line of its own."""
    if isinstance(node, NodeMapping):
        return sum(len(encode_basestring_ascii(key)) + written(entry.node) for key, entry in node.entries.items())
    if isinstance(node, NodeSequence):
        return sum(map(written, node.items))
    if node is None:
        return 0
    return 600 + len(encode_basestring_ascii(node.value) if isinstance(node.value, str) else json.dumps(node.value))
