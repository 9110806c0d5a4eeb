"""What application load balancers of a template do with requests, and whom they ask: read from their rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from twipc.routes import pattern
from twipc.routes.routing import Routing
from twipc.routes.table import Answer, Outcome, Rule, Table
from twipc.spec import Duration
from twipc.target import BASELINE, FactKey

from .alb_rules import ReadRule, answer_of, read_rule
from .fitting import Shape, fitting
from .noted import pairs_of
from .resolving import TEMPLATE_FILE, Resolving
from .shapes import BALANCER, LISTENER, LISTENER_RULE, TARGET_GROUP

_KIND = "AWS::ElasticLoadBalancingV2::"
_HSTS = "routing.http.response.strict_transport_security.header_value"
_BALANCE = {"round_robin": "round-robin", "least_outstanding_requests": "least-connections"}


class Alb:
    """`facts` is what is said of the servers in whose place they stand; `owners` whose each resource is that was read."""

    def __init__(self, resources: Mapping[str, Mapping[str, Any]], parameters: Mapping[str, object]) -> None:
        self.facts: dict[FactKey, object] = {}
        self.owners: dict[str, str] = {}
        self.leading: dict[str, set[str]] = {}
        """The listeners and rules that lead to each target group."""
        self._resources = resources
        self._resolving = Resolving(resources, parameters)
        self._members: dict[tuple[str, str], list[tuple[str, int]]] = {}
        self._sticky: dict[tuple[str, str], set[str]] = {}
        self._groups: dict[str, tuple[str, str]] = {}
        servers = {id_: self._balancer(id_, one) for id_, one in self._of("LoadBalancer", BALANCER)}
        targets = dict(self._of("TargetGroup", TARGET_GROUP))
        self._ports = {id_: (_tag(one, "service"), int(one.get("Port", 0))) for id_, one in targets.items()}
        for id_, one in targets.items():
            self._target_group(id_, one)
        rules: dict[str, list[tuple[int, str, dict[str, Any]]]] = {}
        for id_, one in self._of("ListenerRule", LISTENER_RULE):
            rules.setdefault(_id(one.pop("ListenerArn", "")), []).append((int(one.pop("Priority", 0)), id_, one))
        found: dict[str, dict[str, tuple[tuple[ReadRule, ...], Outcome]]] = {}
        for id_, one in self._of("Listener", LISTENER):
            server = servers.get(_id(one.pop("LoadBalancerArn", "")), "template")
            said = self._listener(server, id_, one, sorted(rules.pop(id_, []), key=lambda rule: rule[:2]))
            found.setdefault(server, {})[id_] = said
        for server, listeners in found.items():
            self._requests(server, listeners)
        for (server, backend), members in self._members.items():
            self.facts[FactKey("backend.members", (server, backend))] = tuple(members)

    def _of(self, kind: str, shape: Shape) -> Iterator[tuple[str, dict[str, Any]]]:
        for id_, resource in sorted(self._resources.items()):
            if resource.get("Type") == f"{_KIND}{kind}" and _is_ours(self._resources, id_):
                yield id_, fitting(TEMPLATE_FILE, self._resolving.value(resource.get("Properties", {})), shape, id_)

    def _note(self, owner: str, place: str, value: object) -> None:
        self.facts[FactKey(BASELINE, (owner, place))] = "empty" if value in (None, "", (), {}, []) else value

    def _rest(self, owner: str, id_: str, properties: Mapping[str, object]) -> None:
        """What nobody took of a resource, and what stands beside its properties."""
        self.owners[id_] = owner
        for key, value in properties.items():
            self._note(owner, f"{id_}.{key}", value)
        for key, value in self._resources[id_].items():
            if key not in ("Type", "Properties"):
                self._note(owner, f"{id_}: {key}", value)

    def _balancer(self, id_: str, properties: dict[str, Any]) -> str:
        server = _tag(properties, "service")
        tags = pairs_of(properties.get("Tags", []), "Key", "Value")
        for leaf in ("project", "environment"):
            self._said(FactKey(f"environment.{leaf}"), tags.get(leaf, "missing"))
        attributes = pairs_of(properties.pop("LoadBalancerAttributes", []), "Key", "Value")
        silence = attributes.get("idle_timeout.timeout_seconds", "missing")
        for leaf in ("response", "idle"):
            self.facts[FactKey(f"http.timeouts.{leaf}", (server,))] = _seconds(silence)
        logged = attributes.get("access_logs.s3.enabled", "false")
        self.facts[FactKey("http.access_log", (server,))] = {"true": "s3", "false": "none"}.get(logged, logged)
        for key, value in attributes.items():
            self._note(server, f"{id_}: {key}", value)
        self._note(server, "in the template: load balancer", id_)
        self._rest(server, id_, properties)
        return server

    def _target_group(self, id_: str, properties: dict[str, Any]) -> None:
        take = properties.pop
        server, backend = _tag(properties, "server"), _tag(properties, "backend")
        service, port = self._ports[id_]
        tags = pairs_of(take("Tags", []), "Key", "Value")
        for key in ("service", "server", "backend"):
            tags.pop(key, None)
        for leaf in ("project", "environment"):
            self._said(FactKey(f"environment.{leaf}"), tags.pop(leaf, "missing"))
        for key, value in tags.items():
            self._note(server, f"{id_}: tag {key}", value)
        self._groups[id_] = (server, backend)
        take("Port", None)
        attributes = pairs_of(take("TargetGroupAttributes", []), "Key", "Value")
        balance = attributes.pop("load_balancing.algorithm.type", "round_robin")
        owner = (server, backend)
        self._said(FactKey("backend.balance", owner), _BALANCE.get(balance, balance))
        self._said(FactKey("backend.retries", owner), 0)
        sticky = attributes.pop("stickiness.enabled", "false"), attributes.pop("stickiness.type", "lb_cookie")
        if sticky[0] != "false":
            self._said(FactKey("backend.sticky.cookie", owner), "AWSALB" if sticky == ("true", "lb_cookie") else sticky)
        self._sticky.setdefault(owner, set()).add(sticky[0])
        if len(self._sticky[owner]) > 1:
            self._note(server, f"stickiness of {backend}", "not of all")
        for key, value in attributes.items():
            self._note(server, f"{id_}: {key}", value)
        if properties.get("Matcher") == {"HttpCode": "200"}:
            del properties["Matcher"]
            asked = take("HealthCheckPort", "missing")
            number = port if asked == "traffic-port" else int(asked) if str(asked).isdecimal() else asked
            said = {
                "http.path": take("HealthCheckPath", "missing"),
                "http.port": number,
                "interval": _seconds(take("HealthCheckIntervalSeconds", "missing")),
                "timeout": _seconds(take("HealthCheckTimeoutSeconds", "missing")),
                "failures": take("UnhealthyThresholdCount", "missing"),
                "successes": take("HealthyThresholdCount", "missing"),
            }
            for leaf, value in said.items():
                self.facts[FactKey(f"service.ready.{leaf}", (service, server, backend))] = value
        self._rest(server, id_, properties)

    def _listener(
        self, server: str, id_: str, properties: dict[str, Any], rules: list[tuple[int, str, dict[str, Any]]]
    ) -> tuple[tuple[ReadRule, ...], Outcome]:
        """Its rules in order, and what it does with what none takes; one that is called or numbered oddly is noted."""
        attributes = pairs_of(properties.pop("ListenerAttributes", []), "Key", "Value")
        if properties.get("Protocol") == "HTTPS":
            self._said(FactKey("http.tls.hsts", (server,)), attributes.get(_HSTS) == "max-age=63072000")
            if attributes.get(_HSTS) == "max-age=63072000":
                del attributes[_HSTS]
        for key, value in attributes.items():
            self._note(server, f"{id_}: {key}", value)
        actions = properties.pop("DefaultActions", [])
        default = self._answer(server, id_, actions)
        self._default(server, actions, default)
        read: list[ReadRule] = []
        refused: list[tuple[str, ...]] = []
        for nth, (priority, rule_id, rule) in enumerate(rules, 1):
            if (rule_id, priority) != (f"{id_}Rule{nth}", 10 * nth):
                self._note(server, f"{id_}: rule {nth}", (rule_id, priority))
            asked = rule.pop("Conditions", [])
            found = read_rule(asked)
            if found is None:
                self._note(server, f"{rule_id}: not understood", asked)
                found = ReadRule((), (), ())
            leads = self._answer(server, rule_id, rule.pop("Actions", []))
            if leads == (Answer("status", "400"),) and not (found.hosts or found.methods):
                refused.append(found.paths)
            else:
                read.append(ReadRule(found.hosts, found.methods, found.paths, leads))
            self._rest(server, rule_id, rule)
        self._note(server, f"{id_}: refuses", tuple(refused))
        self._rest(server, id_, properties)
        return tuple(read), default

    def _answer(self, server: str, id_: str, actions: list[dict[str, Any]]) -> Outcome:
        """What an action comes to; where it leads to groups, all of one backend and to each alike."""
        groups, answer = answer_of(actions)
        for group in groups:
            self.leading.setdefault(group, set()).add(id_)
        if not groups:
            return (answer,)
        owners = {self._groups.get(group, ("", group)) for group in groups}
        if len(owners) > 1 or answer.kind != "backend":
            return (Answer("several", f"{answer} {sorted(owners)}"),)
        [(_, backend)] = owners
        members = [self._ports[group] for group in groups if group in self._ports]
        if self._members.setdefault((server, backend), members) != members:
            self._note(server, f"{id_}: members", tuple(members))
        sticky = FactKey("backend.sticky.cookie", (server, backend)) in self.facts
        if len(groups) > 1 and (answer.what == "sticky") != sticky:
            self._note(server, f"{id_}: stickiness", answer.what)
        return (Answer("backend", backend),)

    def _default(self, server: str, actions: list[dict[str, Any]], default: Outcome) -> None:
        [answer] = default
        assert isinstance(answer, Answer)
        kind, what = answer.kind, answer.what
        said: object = int(what) if kind == "status" and what.isdecimal() else what
        self._said(FactKey(f"http.default.{kind}", (server,)), said)
        fixed = actions[0].get("FixedResponseConfig", {}) if len(actions) == 1 else {}
        if "MessageBody" in fixed:
            self._said(FactKey("http.error_pages", (server,)), (((said,), fixed["MessageBody"]),))
            if fixed.get("ContentType") != "text/html":
                self._note(server, "the type of its page", fixed.get("ContentType"))

    def _said(self, key: FactKey, value: object) -> None:
        self.facts[key] = value if self.facts.get(key, value) == value else (self.facts[key], value)

    def _requests(self, server: str, listeners: Mapping[str, tuple[tuple[ReadRule, ...], Outcome]]) -> None:
        """What all of its listeners do: those of one scheme the same."""
        by: dict[str, tuple[tuple[ReadRule, ...], Outcome]] = {}
        for id_, said in listeners.items():
            scheme = str(self.facts.get(FactKey(BASELINE, (server, f"{id_}.Protocol")), "")).lower()
            if by.setdefault(scheme, said) != said:
                self._note(server, f"{id_}: does otherwise than another listener", repr(said))
        several = len(by) > 1
        rules: list[Rule] = []
        for scheme in sorted(by):
            rules += [rule for one in by[scheme][0] for rule in one.as_rules(scheme if several else "")]
            if several:
                rules.append(Rule("default", (pattern.ALL,), by[scheme][1], scheme=scheme))
        default = next(iter(by.values()))[1]
        self._note(server, "requests", Routing(Table(tuple(rules), default, https="https" in by)))


def _is_ours(resources: Mapping[str, Mapping[str, Any]], id_: str) -> bool:
    """Whether it is of an application load balancer."""
    properties = resources[id_].get("Properties", {})
    kind = resources[id_].get("Type", "").removeprefix(_KIND)
    if kind == "LoadBalancer":
        return bool(properties.get("Type", "application") == "application")
    return kind == "ListenerRule" or properties.get("Protocol") in ("HTTP", "HTTPS")


def _tag(properties: Mapping[str, Any], key: str) -> str:
    return str(pairs_of(properties.get("Tags", []), "Key", "Value").get(key, "template"))


def _id(arn: str) -> str:
    return str(arn).removesuffix(" of the template")


def _seconds(said: object) -> object:
    return Duration(int(str(said)) * 1000) if str(said).isdecimal() else said
