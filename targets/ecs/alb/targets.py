"""The target groups of load balancers that take a server's place: one for each member of each of its backends."""

from __future__ import annotations

import hashlib

from twipc.model import Member, Model

from ..template.logical import logical


def group_id(server: str, backend: str, member: Member) -> str:
    """`WebOn8080InAppOfProxyTargets`; with a digest where a name could be misread."""
    words = (member.service, backend, server)
    digest = ""
    if {"on", "in", "of"} & {part for word in words for part in word.split("-")}:
        digest = "X" + hashlib.sha256(" ".join(words).encode()).hexdigest()[:8]
    asked = f"{logical(member.service, 'On')}{member.number}"
    return f"{asked}In{logical(backend, 'Of')}{logical(server, 'Targets')}{digest}"


def groups_to(model: Model, name: str) -> list[tuple[str, int]]:
    """Of a service that runs the groups that lead to it, and to which of its ports: those of servers that do not run."""
    return sorted(
        {
            (group_id(server, backend, member), member.number)
            for (server, backend), members in model.members.items()
            if server not in model.environment.services
            for member in members
            if member.service == name
        }
    )
