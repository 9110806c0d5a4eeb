"""The load balancer in the place of an `http` service: its listeners with their rules, and the groups of those whom it asks."""

from __future__ import annotations

from collections.abc import Iterator

from twipc.diagnostics import Path
from twipc.formats.document import At, Value
from twipc.formats.engines import HSTS_SECONDS
from twipc.model import Model
from twipc.spec import Duration, Http

from .. import limits
from ..edges import listeners
from ..network.groups import group_of
from ..network.subnets import balancer_subnets
from ..options import LoadBalancer, Options
from ..tags import own, pairs
from ..template.logical import logical
from .conditions import Conditions, conditions
from .redirects import redirect
from .targets import STICKY_SECONDS, group_id, target_group

POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
"""TLS 1.2 and 1.3, with forward secrecy and authenticated encryption alone (ELB guide, "Security policies")."""
OWN = "/.twipc/*"
"""What no server shows, whatever its routes say."""
_DOTS: tuple[tuple[str, ...], ...] = (("*/../*", "*/.."), ("*/./*", "*/."))
"""Paths with dot segments, which other servers refuse before they look at routes; in two rules, for their stars."""
_STEP = 10
_HERE: Path = ("targets", "ecs")
_Rule = tuple[Path, Conditions, Value]


def load_balancer(model: Model, options: Options, name: str, http: Http) -> dict[str, Value]:
    """All of it, by logical name."""
    here: Path = ("services", name)
    own = logical(name, "LoadBalancer")
    found: dict[str, Value] = {own: At(here, _load_balancer(model, options, name, http))}
    for listener, resources in _listeners(model, options, name, http, own):
        found[listener] = resources.pop(listener)
        found |= resources
    for backend in sorted(http.backends):
        for member in model.members[name, backend]:
            found[group_id(name, backend, member)] = At(
                (*here, "http", "backends", backend), target_group(model, name, http, backend, member)
            )
    return found


def _load_balancer(model: Model, options: Options, name: str, http: Http) -> Value:
    said_ = options.load_balancer or LoadBalancer()
    attributes: dict[str, Value] = {
        **_logged(said_),
        "deletion_protection.enabled": At((*_HERE, "load_balancer"), "true" if said_.deletion_protection else "false"),
        "idle_timeout.timeout_seconds": At(
            ("services", name, "http", "timeouts", "response"), str(limits.IDLE.fit(longest_silence(http)))
        ),
        "routing.http.desync_mitigation_mode": "defensive",
        "routing.http.drop_invalid_header_fields.enabled": "true",
        "routing.http.preserve_host_header.enabled": "true",
        "routing.http.xff_header_processing.mode": "append",
        "routing.http2.enabled": "true",
    }
    return {
        "Type": "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "Properties": {
            "Type": "application",
            "Scheme": At((*_HERE, "load_balancer"), said_.scheme),
            "IpAddressType": "ipv4",
            "Subnets": At((*_HERE, "load_balancer", "subnets"), [subnet.id for subnet in balancer_subnets(options)]),
            "SecurityGroups": [group_of(name)],
            "LoadBalancerAttributes": pairs(attributes),
            "Tags": own(model, service=name),
        },
    }


def _logged(said: LoadBalancer) -> dict[str, Value]:
    here: Path = (*_HERE, "load_balancer", "access_logs")
    logs = said.access_logs
    if logs is None:
        return {}
    prefix: dict[str, Value] = {"access_logs.s3.prefix": At((*here, "prefix"), logs.prefix)} if logs.prefix else {}
    return {"access_logs.s3.bucket": At((*here, "bucket"), logs.bucket), "access_logs.s3.enabled": At(here, "true"), **prefix}


def longest_silence(http: Http) -> Duration:
    """How long a connection may be still: one time for answers, for next requests and for WebSockets."""
    waits = [backend.websockets for backend in http.backends.values() if backend.websockets]
    return Duration(max(int(wait) for wait in (http.timeouts.response, http.timeouts.idle, *waits)))


def _listeners(model: Model, options: Options, name: str, http: Http, balancer: str) -> Iterator[tuple[str, dict[str, Value]]]:
    """Each with its rules."""
    led = listeners(options, name, model.environment.services[name])
    for index, publish in led:
        by_https = publish.port != http.listen.port
        here = logical(name, f"Listener{publish.host}")
        properties: dict[str, Value] = {
            "LoadBalancerArn": {"Ref": balancer},
            "Port": publish.host,
            "Protocol": "HTTPS" if by_https else "HTTP",
            "DefaultActions": [At(("services", name, "http", "default"), _default(model, name, http))],
        }
        if by_https:
            certificate: Value = {"CertificateArn": options.certificates[name]}
            properties["SslPolicy"] = POLICY
            properties["Certificates"] = [At((*_HERE, "certificates", name), certificate)]
            if http.tls and http.tls.hsts:
                hsts: Value = {
                    "Key": "routing.http.response.strict_transport_security.header_value",
                    "Value": f"max-age={HSTS_SECONDS}",
                }
                properties["ListenerAttributes"] = [At(("services", name, "http", "tls", "hsts"), hsts)]
        made: Value = {"Type": "AWS::ElasticLoadBalancingV2::Listener", "Properties": properties}
        found: dict[str, Value] = {here: At(("services", name, "publish", index), made)}
        rules = list(_rules(model, name, http, by_https=by_https))
        if any(other.port != publish.port for _, other in led) and not by_https:
            rules = _alive(rules)
        for number, (origin, asked, action) in enumerate(rules, 1):
            rule: Value = {
                "ListenerArn": {"Ref": here},
                "Priority": number * _STEP,
                "Conditions": _conditions(asked),
                "Actions": [action],
            }
            # Called by its place, so that a route which comes between changes rules and never moves one to a taken priority.
            found[f"{here}Rule{number}"] = At(origin, {"Type": "AWS::ElasticLoadBalancingV2::ListenerRule", "Properties": rule})
        yield here, found


def _rules(model: Model, name: str, http: Http, *, by_https: bool) -> Iterator[_Rule]:
    """What every server of ours does first, and the routes."""
    here: Path = ("services", name)
    for dots in _DOTS:
        yield here, Conditions((), (), dots), fixed("400")
    yield here, Conditions((), (), (OWN,)), fixed("404")
    ready = model.environment.services[name].ready
    if ready:
        yield (*here, "ready"), Conditions((), (), (ready.http.path_alone,)), fixed("200")
    for index, route in enumerate(http.routes):
        if by_https and route.redirect and route.redirect.scheme:
            continue
        action = redirect(route.redirect) if route.redirect else _forward(model, name, http, str(route.backend))
        for asked in conditions(route.match):
            yield (*here, "http", "routes", index), asked, action


def _alive(rules: list[_Rule]) -> list[_Rule]:
    """Up to the one that takes all that is left, behind which nothing is asked."""
    last = next((number for number, (_, asked, _) in enumerate(rules, 1) if asked == Conditions((), (), ("/*",))), len(rules))
    return rules[:last]


def rules_of(model: Model, options: Options, name: str, http: Http) -> int:
    """How many a load balancer has, those of all its listeners."""
    found = (resources for _, resources in _listeners(model, options, name, http, ""))
    return sum(len(resources) - 1 for resources in found)


def _conditions(asked: Conditions) -> list[Value]:
    kinds = (
        ("host-header", "HostHeaderConfig", asked.hosts),
        ("http-request-method", "HttpRequestMethodConfig", asked.methods),
        ("path-pattern", "PathPatternConfig", asked.paths),
    )
    return [{"Field": field, config: {"Values": list(values)}} for field, config, values in kinds if values]


def fixed(status: str, page: str | None = None) -> Value:
    told: dict[str, Value] = {"StatusCode": status}
    if page is not None:
        told |= {"ContentType": "text/html", "MessageBody": page}
    return {"Type": "fixed-response", "FixedResponseConfig": told}


def _default(model: Model, name: str, http: Http) -> Value:
    if http.default.backend:
        return _forward(model, name, http, http.default.backend)
    status = str(http.default.status)
    pages = [(index, page.page) for index, page in enumerate(http.error_pages) if http.default.status in page.status]
    for index, page in pages:
        text = model.pages[page]
        if limits.is_page(text):
            return At(("services", name, "http", "error_pages", index), fixed(status, text))
    return fixed(status)


def _forward(model: Model, name: str, http: Http, backend: str) -> Value:
    """To the one group, or to each alike."""
    groups = [group_id(name, backend, member) for member in model.members[name, backend]]
    if len(groups) == 1:
        return {"Type": "forward", "TargetGroupArn": {"Ref": groups[0]}}
    told: dict[str, Value] = {"TargetGroups": [{"TargetGroupArn": {"Ref": group}, "Weight": 1} for group in groups]}
    if http.backends[backend].sticky:
        told["TargetGroupStickinessConfig"] = {"Enabled": True, "DurationSeconds": STICKY_SECONDS}
    return {"Type": "forward", "ForwardConfig": told}
