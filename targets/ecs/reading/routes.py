"""What application load balancers of a template do with requests, as tables of routes: of one of ours, or of anybody's.

Source: ELB API, `Listener` and `Rule`: of the rules of a listener that of the lowest priority takes a request, which is matched
as it came. What is asked besides method, host and path, or done besides answering, is left open; nobody asks about paths with
dot segments.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from twipc.regex import late_regex
from twipc.routes import pattern
from twipc.routes.table import OPEN, Answer, Outcome, Rule, Table

from .alb_rules import ReadRule, answer_of, read_rule

_KIND = "AWS::ElasticLoadBalancingV2::"
_CONFIGS = {
    "host-header": "HostHeaderConfig",
    "http-request-method": "HttpRequestMethodConfig",
    "path-pattern": "PathPatternConfig",
}
_RESOURCE = late_regex(r'\s*"([A-Za-z0-9]+)"\s*:\s*\{')
_DOTS = frozenset({"*/../*", "*/..", "*/./*", "*/."})
_MOST_DEEP = "it is nested too deep"


class _Listener(Struct, frozen=True):
    """Its rules in order, each with what is written of it, and what it does with the rest."""

    port: str
    scheme: str
    rules: tuple[tuple[ReadRule, Rule], ...]
    default: Outcome
    at: int

    @property
    def does(self) -> object:
        return [read for read, _ in self.rules], self.default


def tables(text: str) -> Mapping[str, Table]:
    """By the server whose place each takes, else by its logical name; where listeners of one scheme differ, port by port.

    Raises LookupError where there is none, ValueError for a text that is no template.
    """
    try:
        read = _Read(text)
        found = {name: table for name, listeners in read.listeners().items() for name, table in _tables(name, listeners)}
    except RecursionError:
        raise ValueError(_MOST_DEEP) from None
    if not found:
        raise LookupError("no application load balancer in it has a listener")
    return found


def _tables(name: str, listeners: list[_Listener]) -> Iterator[tuple[str, Table]]:
    """One for all listeners, if those of a scheme do the same."""
    first: dict[str, _Listener] = {}
    if all(first.setdefault(one.scheme, one).does == one.does for one in listeners):
        yield name, _table([first[scheme] for scheme in sorted(first)])
        return
    for one in listeners:
        yield f"{name}:{one.port}", _table([one])


def _table(listeners: list[_Listener]) -> Table:
    rules: list[Rule] = []
    for one in listeners if listeners[1:] else ():
        rules += [replace(rule, scheme=one.scheme) for _, rule in one.rules]
        rules.append(Rule("default", (pattern.ALL,), one.default, scheme=one.scheme, at=(one.at,)))
    [last, *_] = listeners
    https = any(one.scheme == "https" for one in listeners)
    return Table(tuple(rules) or tuple(rule for _, rule in last.rules), last.default, (last.at,), https=https, raw=True)


class _Read:
    """The resources of a template, and the line of each."""

    def __init__(self, text: str) -> None:
        try:
            document = json.loads(text)
        except ValueError as problem:
            raise ValueError(f"it is no JSON: {problem}") from None
        self._resources: Mapping[str, Any] = _mapping(document).get("Resources", {})
        if not isinstance(self._resources, dict):
            raise ValueError("it has no `Resources`, as a template of CloudFormation has")
        self._lines: dict[str, int] = {}
        inside = False
        for number, line in enumerate(text.splitlines(), 1):
            inside = inside or '"Resources"' in line
            if inside and (found := _RESOURCE.match(line)):
                self._lines.setdefault(found[1], number)

    def listeners(self) -> Mapping[str, list[_Listener]]:
        """Of each application load balancer, by port."""
        balancers = dict(self._of("LoadBalancer"))
        rules: dict[str, list[tuple[int, str, dict[str, Any]]]] = {}
        for id_, one in self._of("ListenerRule"):
            rules.setdefault(_ref(one.get("ListenerArn")), []).append((_priority(id_, one), id_, one))
        found: dict[str, list[_Listener]] = {}
        for id_, one in self._of("Listener"):
            balancer = _ref(one.get("LoadBalancerArn")) or id_
            said = balancers.get(balancer, {})
            if one.get("Protocol") in ("HTTP", "HTTPS") and said.get("Type", "application") == "application":
                own = sorted(rules.get(id_, []), key=lambda rule: rule[:2])
                found.setdefault(_tag(said, "service") or balancer, []).append(self._listener(id_, one, own))
        return {name: sorted(listeners, key=lambda one: (len(one.port), one.port)) for name, listeners in found.items()}

    def _of(self, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        for id_, resource in sorted(self._resources.items()):
            if isinstance(resource, dict) and resource.get("Type") == f"{_KIND}{kind}":
                yield id_, _mapping(_plain(resource.get("Properties")))

    def _listener(self, id_: str, one: dict[str, Any], rules: list[tuple[int, str, dict[str, Any]]]) -> _Listener:
        read = tuple(found for priority, rule_id, rule in rules for found in self._rules(priority, rule_id, rule))
        default = self._answers(id_, one.get("DefaultActions"))
        return _Listener(str(one.get("Port", "")), one["Protocol"].lower(), read, default, self._line(id_))

    def _rules(self, priority: int, id_: str, rule: dict[str, Any]) -> Iterator[tuple[ReadRule, Rule]]:
        """One for each path; with what is not understood, all that it may take is left open."""
        known, unknown = _conditions(rule.get("Conditions"))
        leads = (Answer(OPEN, f"`{unknown}`, {id_}"),) if unknown else self._answers(id_, rule.get("Actions"))
        if known.paths and _DOTS.issuperset(known.paths):
            return
        read = replace(known, leads=leads)
        for one in read.as_rules(""):
            said = f"rule {priority}{f', {one.said}' if known.paths else ''}"
            yield read, replace(one, said=said, at=(self._line(id_),))

    def _line(self, id_: str) -> int:
        return self._lines.get(id_, 1)

    def _answers(self, id_: str, actions: Any) -> Outcome:
        """Of groups that share requests each, whatever its part is."""
        match actions:
            case [{"Type": "forward", "ForwardConfig": {"TargetGroups": [*groups]}}] if groups:
                taking = [_mapping(one) for one in groups if _mapping(one).get("Weight") != 0]
                return tuple(dict.fromkeys(self._group(one.get("TargetGroupArn")) for one in taking)) or (_left_open(id_),)
            case [{"Type": "forward", "TargetGroupArn": arn}]:
                return (self._group(arn),)
            case [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": str() | int() as status}}]:
                return (Answer("status", str(status)),)
            case [{"Type": "redirect", "RedirectConfig": dict(said)}] if all(isinstance(one, str) for one in said.values()):
                _, answer = answer_of([{"Type": "redirect", "RedirectConfig": said}])
                return (answer,)
        return (_left_open(id_),)

    def _group(self, arn: object) -> Answer:
        """Called after the backend that it is of, or by its logical name."""
        id_ = _ref(arn)
        resource = _mapping(self._resources.get(id_))
        return Answer("backend", _tag(_mapping(resource.get("Properties")), "backend") or id_ or "elsewhere")


def _left_open(id_: str) -> Answer:
    return Answer(OPEN, f"what `{id_}` does")


def _conditions(said: Any) -> tuple[ReadRule, str]:
    """What is understood of conditions, and the first that is not."""
    found: dict[str, ReadRule] = {}
    unknown = ""
    for one in said if isinstance(said, list) else ():
        condition = _mapping(one)
        field = str(condition.get("Field", ""))
        config = _CONFIGS.get(field, "")
        values = _mapping(condition.get(config)).get("Values", condition.get("Values"))
        is_known = isinstance(values, list) and all(isinstance(value, str) for value in values) and field not in found
        more = condition.keys() - {"Field", "Values", config} or _mapping(condition.get(config)).keys() - {"Values"}
        unique = list(dict.fromkeys(values or ())) if is_known else []
        read = read_rule([{"Field": field, config: {"Values": unique}}]) if config and unique and not more else None
        if read:
            found[field] = read
        else:
            unknown = unknown or field or "a condition"
    both = ReadRule((), (), ())
    for read in found.values():
        both = ReadRule(both.hosts or read.hosts, both.methods or read.methods, both.paths or read.paths)
    return both, unknown


def _priority(id_: str, rule: Mapping[str, Any]) -> int:
    said = rule.get("Priority")
    if isinstance(said, int) or (isinstance(said, str) and re.fullmatch("[0-9]{1,5}", said)):
        return int(said)
    raise ValueError(f"`{id_}` has no priority that is a number: nobody knows which rule is asked first")


def _plain(value: Any) -> Any:
    """With a name in the place of a reference to it."""
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return _ref(value) or {key: _plain(one) for key, one in value.items()}
    return value


def _ref(value: object) -> str:
    """The name that a value is or refers to; nothing for any other function."""
    match value:
        case str():
            return value
        case {"Ref": str(name), **more} if not more:
            return name
        case {"Fn::GetAtt": [str(name), *_], **more} if not more:
            return name
    return ""


def _tag(properties: Mapping[str, Any], key: str) -> str:
    tags = properties.get("Tags")
    named = [tag for tag in tags if isinstance(tag, dict) and tag.get("Key") == key] if isinstance(tags, list) else []
    said = named[0].get("Value") if named else ""
    return said if isinstance(said, str) else ""


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
