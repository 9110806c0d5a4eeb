"""What a load balancer in a server's place is and does: a second statement of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import lru_cache

from twipc.model import Member, Model
from twipc.routes import meant
from twipc.routes.routing import Routing
from twipc.spec import Http, Redirect

from ..edges import edges
from ..options import Options
from . import making
from .groups import balancers_group
from .nlb import balancer_subnets

Owner = tuple[str, str]
_DOTS = (("*/../*", "*/.."), ("*/./*", "*/."))
_STATUSES = {308: 301, 307: 302, 303: 302}


def alb_facts(model: Model, options: Options) -> dict[Owner, object]:
    """Of each server whose place one takes, by owner and place."""
    return {
        (name, place): value
        for name, http in edges(model, options).items()
        for place, value in _facts(model, options, name, http)
    }


def led(model: Model, name: str) -> list[tuple[str, int]]:
    """The groups that lead to a service which runs, and to which port: for each member of a server that does not."""
    return [
        (group(server, backend, name, member.number), member.number) for server, backend, member in _past(model).get(name, ())
    ]


@lru_cache(maxsize=4)
def _past(model: Model) -> dict[str, list[tuple[str, str, Member]]]:
    """Of each service its places as a member of a server that does not run."""
    found: dict[str, list[tuple[str, str, Member]]] = {}
    for (server, backend), members in model.members.items():
        for member in members if server not in model.environment.services else ():
            found.setdefault(member.service, []).append((server, backend, member))
    return found


def group(server: str, backend: str, service: str, number: int) -> str:
    """Called after the member, the backend and the server."""
    name = f"{making.logical_name(service, 'On')}{number}In{making.logical_name(backend, '')}"
    name += f"Of{making.logical_name(server, 'Targets')}"
    if any(re.fullmatch("(.*-)?(on|in|of)(-.*)?", one) for one in (server, backend, service)):
        name += "X" + hashlib.sha256(f"{service} {backend} {server}".encode()).hexdigest()[:8]
    return name


def ports(model: Model, options: Options, name: str, http: Http) -> dict[int, bool]:
    """Each port outside, and whether requests come there by https."""
    tls = http.tls.listen.port if http.tls and options.certificates.get(name) else None
    return {
        one.host: one.port == tls
        for one in reversed(model.environment.services[name].publish)
        if one.port in (http.listen.port, tls) and one.address is None and one.host
    }


def _facts(model: Model, options: Options, name: str, http: Http) -> Iterator[tuple[str, object]]:
    own = making.logical_name(name, "LoadBalancer")
    tags = [{"Key": key, "Value": value} for key, value in _tags(model, name).items()]
    doors = ports(model, options, name, http)
    by_https = any(doors.values())
    yield "in the template: load balancer", own
    yield f"{own}.Type", "application"
    said = options.load_balancer
    yield f"{own}.Scheme", said.scheme if said else "internet-facing"
    yield f"{own}.IpAddressType", "ipv4"
    yield f"{own}.Subnets", balancer_subnets(options)
    yield f"{own}.SecurityGroups", [f"{making.logical_name(name, 'Group')} of the template"]
    yield f"{own}.Tags", tags
    yield f"{own}: deletion_protection.enabled", "false" if said and not said.deletion_protection else "true"
    if said and said.access_logs:
        yield f"{own}: access_logs.s3.enabled", "true"
        yield f"{own}: access_logs.s3.bucket", said.access_logs.bucket
        if said.access_logs.prefix is not None:
            yield f"{own}: access_logs.s3.prefix", said.access_logs.prefix
    still = [int(http.timeouts.response), int(http.timeouts.idle)] + [
        int(one.websockets) for one in http.backends.values() if one.websockets
    ]
    yield f"{own}: idle_timeout.timeout_seconds", str(min(4000, max((time + 999) // 1000 for time in still)))
    for told, word in (("desync_mitigation_mode", "defensive"), ("drop_invalid_header_fields.enabled", "true")):
        yield f"{own}: routing.http.{told}", word
    yield f"{own}: routing.http.preserve_host_header.enabled", "true"
    yield f"{own}: routing.http.xff_header_processing.mode", "append"
    yield f"{own}: routing.http2.enabled", "true"
    for port, secure in doors.items():
        here = making.logical_name(name, f"Listener{port}")
        yield f"{here}.Protocol", "HTTPS" if secure else "HTTP"
        yield f"{here}.Port", port
        yield f"{here}: refuses", _DOTS
        if secure:
            yield f"{here}.SslPolicy", "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
            yield f"{here}.Certificates", [{"CertificateArn": options.certificates[name]}]
    for backend in sorted(http.backends):
        for member in model.members[name, backend]:
            id_ = group(name, backend, member.service, member.number)
            for leaf, value in _target_group(http, backend, model.ready[name, backend] is not None):
                yield f"{id_}{leaf}", value
    yield "requests", Routing(meant.server(_as_heard(model, name, http, all(doors.values())), name, https=by_https))
    yield from balancers_group(model, options, name, doors, tags).items()


def _target_group(http: Http, backend: str, checked: bool) -> Iterator[tuple[str, object]]:
    yield ".TargetType", "ip"
    yield ".VpcId", "<Vpc>"
    yield ".Protocol", "HTTP"
    yield ".ProtocolVersion", "HTTP1"
    yield ".HealthCheckEnabled", True
    yield ".HealthCheckProtocol", "HTTP"
    if http.backends[backend].sticky:
        yield ": stickiness.lb_cookie.duration_seconds", "86400"
    # So long a request may still be answered.
    delay = -(-int(http.timeouts.response) // 1000)
    yield ": deregistration_delay.timeout_seconds", str(min(delay, 3600))
    if not checked:
        yield ".HealthCheckPath", "/"
        yield ".HealthCheckPort", "traffic-port"
        yield ".Matcher", {"HttpCode": "200-499"}
        yield ".HealthCheckIntervalSeconds", 5
        for leaf in ("HealthCheckTimeoutSeconds", "HealthyThresholdCount", "UnhealthyThresholdCount"):
            yield f".{leaf}", 2


def _as_heard(model: Model, name: str, http: Http, secure: bool) -> Model:
    """The same with redirects as a load balancer has them."""
    routes = tuple(
        route.model_copy(update={"redirect": _sent(route.redirect)}) if route.redirect else route
        for route in http.routes
        if not (secure and route.redirect and route.redirect.scheme)
    )
    service = model.environment.services[name]
    changed = service.model_copy(update={"http": http.model_copy(update={"routes": routes})})
    services = {**model.environment.services, name: changed}
    return Model(
        model.environment.model_copy(update={"services": services}), model.tree, model.members, model.ready, {}, {}, None
    )


def _sent(redirect: Redirect) -> Redirect:
    """A URL that says no path has one nevertheless, and the port of its scheme need not be said."""
    to = redirect.to
    if to and "://" in to:
        found = re.fullmatch(r"(https?)://([^/?]*)([^?]*)(.*)", to)
        assert found, "it is a URL"
        scheme, host, path, query = found.groups()
        host = host.removesuffix(":443" if scheme == "https" else ":80")
        to = f"{scheme}://{host}{path or '/'}{query}"
    return redirect.model_copy(update={"status": _STATUSES.get(redirect.status, redirect.status), "to": to})


def _tags(model: Model, name: str) -> dict[str, str]:
    return {"project": model.environment.project, "environment": model.environment.environment, "service": name}
