"""What a rule of an application load balancer takes, and what it does with that.

Source: ELB guide, "Condition types for listener rules" and "Action types for listener rules": a path is matched as it came, `*`
is any number of characters and `?` just one; a host is matched in any case.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from twipc.routes import pattern
from twipc.routes.pattern import Either, One, Pattern
from twipc.routes.table import Answer, Outcome, Rule

_VALUES = {
    "host-header": "HostHeaderConfig",
    "http-request-method": "HttpRequestMethodConfig",
    "path-pattern": "PathPatternConfig",
}
_KEPT = {"Protocol": "#{protocol}", "Port": "#{port}", "Host": "#{host}", "Path": "/#{path}", "Query": "#{query}"}


class ReadRule(Struct, frozen=True):
    """Values of each kind, any one of which is enough; where there are none, all are."""

    hosts: tuple[str, ...]
    methods: tuple[str, ...]
    paths: tuple[str, ...]
    leads: Outcome = ()

    def as_rules(self, scheme: str) -> Iterator[Rule]:
        hosts = (Either(tuple(map(_matching, self.hosts))),) if self.hosts else ()
        methods = frozenset(self.methods) if self.methods else None
        for path in self.paths or ("*",):
            yield Rule(path, (_matching(path),), self.leads, hosts=hosts, methods=methods, scheme=scheme)


def read_rule(conditions: list[dict[str, Any]]) -> ReadRule | None:
    """None where it is not understood, or asks for nothing: the API takes no such rule (`Conditions` of CreateRule)."""
    found: dict[str, tuple[str, ...]] = {}
    for condition in conditions:
        field = str(condition.get("Field"))
        config = _VALUES.get(field, "")
        inner = condition.get(config, {})
        values = inner.get("Values", [])
        once = field not in found and len({*values}) == len(values) > 0
        if not once or condition.keys() != {"Field", config} or inner.keys() != {"Values"}:
            return None
        found[field] = tuple(values)
    if not found:
        return None
    hosts, methods, paths = (found.get(field, ()) for field in _VALUES)
    return ReadRule(tuple(host.lower() for host in hosts), methods, paths)


def _matching(value: str) -> Pattern:
    """A value with its wildcards as a pattern of the whole text."""
    parts: list[Pattern] = []
    for sign in value:
        parts.append(pattern.REST if sign == "*" else One(pattern.EVERY) if sign == "?" else pattern.text(sign))
    return pattern.whole(*parts)


def answer_of(actions: list[dict[str, Any]]) -> tuple[list[str], Answer]:
    """The groups that an action leads to, or what it answers; of groups, whether clients stay with one."""
    match actions:
        case [{"Type": "forward", "TargetGroupArn": str(arn), **more}] if not more:
            return [_id(arn)], Answer("backend", "")
        case [{"Type": "forward", "ForwardConfig": {"TargetGroups": [*targets], **sticky}, **more}] if not more and targets:
            alike = all(set(one) == {"TargetGroupArn", "Weight"} and one["Weight"] == 1 for one in targets)
            stays = {"TargetGroupStickinessConfig": {"Enabled": True, "DurationSeconds": 86400}}
            if alike and sticky in ({}, stays):
                return [_id(one["TargetGroupArn"]) for one in targets], Answer("backend", "sticky" if sticky else "")
        case [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": str(status)}, **more}] if not more:
            return [], Answer("status", status)
        case [{"Type": "redirect", "RedirectConfig": dict(said), **more}] if not more:
            return [], Answer("redirect", _sent({**_KEPT, **said}))
    return [], Answer("not understood", repr(actions))


def _sent(said: dict[str, Any]) -> str:
    status = str(said.pop("StatusCode", "")).removeprefix("HTTP_")
    changed = {key for key, value in said.items() if _KEPT.get(key) != value}
    if changed <= {"Protocol", "Port"} and said["Protocol"] == "HTTPS" and "Port" in changed:
        port = said["Port"]
        return f"{status} to https{'' if port == '443' else f' at port {port}'}"
    if changed == {"Host"}:
        return f"{status} to host {said['Host']}"
    target = said["Path"] + (f"?{said['Query']}" if said["Query"] else "")
    if not changed & {"Protocol", "Host", "Port"} and "#{" not in target:
        return f"{status} to {target}"
    scheme, port = str(said["Protocol"]).lower(), said["Port"]
    at = "" if (scheme, port) in (("https", "443"), ("http", "80")) else f":{port}"
    return f"{status} to {scheme}://{said['Host']}{at}{target}"


def _id(arn: str) -> str:
    return arn.removesuffix(" of the template")
