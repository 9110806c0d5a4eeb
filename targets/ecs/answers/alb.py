"""What an application load balancer in the place of an `http` service can say of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from twipc.model import Model
from twipc.spec import Duration, Http
from twipc.target import (
    Absent,
    Answer,
    Approximate,
    Asked,
    EngineSupport,
    Exact,
    FactKey,
    Outside,
    Support,
    When,
    codes,
    option,
    spec_path,
)

from ..edges import edges
from ..expected import sizes
from ..options import Options

NOTHING_RUNS = "no program runs in the place that a load balancer takes (ECS122 says so)"
_ALIKE = "it says in its own way who answers a request, and the reader compares that for all requests"
_OF_THE_TASK = (
    *("kind", "image", "build.context", "build.dockerfile", "init", "ports", "networks", "replicas", "depends_on", "restart"),
    *("health.http.path", "health.http.port", "health.http.client", "health.command", "health.interval", "health.timeout"),
    *("health.failures", "health.start_period", "resources.cpu", "resources.memory", "resources.pids", "stop_grace"),
    *("rollout.order", "rollout.parallelism", "rollout.delay", "rollout.monitor", "rollout.on_failure", "no_new_privileges"),
    *("placement.constraints", "placement.spread", "placement.max_per_host", "logging.driver", "logging.options"),
    *("autoscaling.max", "autoscaling.cpu", "autoscaling.memory"),
)
_TOLD = Absent("no program runs in its place that could be told", codes.LOST)
OUTSIDE: Mapping[str, str] = {
    **{f"service.{leaf}": NOTHING_RUNS for leaf in _OF_THE_TASK},
    "http.engine.name": NOTHING_RUNS,
    "http.engine.version": NOTHING_RUNS,
    "http.listen.port": "a listener has a number alone",
    "http.listen.number": "a listener has the port of `publish`, where clients ask",
    "http.tls.listen.port": "a listener has a number alone",
    "http.tls.listen.number": "a listener has the port of `publish`, where clients ask",
    "http.tls.certificate": "that of `targets.ecs.certificates` is in its place, and the listener's is compared with it",
    "http.routes": _ALIKE,
    "service.publish": "its listener is compared with it, port by port",
    "backend.websockets": "every upgrade is let through, and lasts as long as the load balancer's idle time, which is as long",
    "secret.ecs.arn": "the page or the program that would have it is lost, and says so",
    "secret.file": "only where secrets are files",
    "secret.swarm.name": "only swarm finds secrets by this name",
}
"""All that is not the business of a load balancer in a server's place: reviewed here and nowhere else."""
_NO_PORT = Absent(
    "a load balancer listens for what `http` and `tls` say, to all and on a port that is said; for https it wants its "
    "certificate, `targets.ecs.certificates`",
    codes.EXPOSURE_LOST,
)
_NO_CERTIFICATE = Absent(
    "a load balancer reads no file: say its certificate, `targets.ecs.certificates`, and it listens for https",
    codes.SECRET_LOST,
)
_OWN_TIME = Absent("a load balancer has times of its own for that", codes.LOST)
_UNLIMITED = Absent(
    "a load balancer takes a body of any size, and counts nobody's requests: that is AWS WAF's", codes.HARDENING_LOST
)
_HEADERS = Absent("a load balancer sets no headers of the spec", codes.BEHAVIOUR_LOST)
_NO_STATS = Absent("a load balancer has no such page: CloudWatch shows its numbers", codes.BEHAVIOUR_LOST)


def http_of(asked: Asked, at: int = 0) -> Http:
    http = asked.model.environment.services[asked.key.owner[at]].http
    assert http
    return http


def certified(asked: Asked) -> bool:
    return asked.key.owner[0] in option(asked.options, Options).certificates


def listened_for(asked: Asked) -> bool:
    name, number, nth = asked.key.owner
    service, http = asked.model.environment.services[name], http_of(asked)
    one = [one for one in service.publish if str(service.ports[one.port]) == number][int(nth)]
    tls = http.tls.listen.port if http.tls and certified(asked) else None
    return one.port in (http.listen.port, tls) and one.address is None and one.host > 0


def silence(asked: Asked) -> Duration:
    """The longest of all that may be silent, in whole seconds up to 4000."""
    http = http_of(asked)
    waits = [http.timeouts.response, http.timeouts.idle, *(one.websockets for one in http.backends.values() if one.websockets)]
    return Duration(min(4_000_000, -(-max(map(int, waits)) // 1000) * 1000))


def page(asked: Asked) -> tuple[object, ...]:
    """That of the status which the default gives, if it is small enough."""
    status = http_of(asked).default.status
    found = [text for statuses, text in asked.value if status in statuses and len(text.encode()) <= 1024]
    return (((status,), found[0]),) if found and "{{resolve:" not in found[0] else ()


def interval(asked: Asked) -> Duration:
    """In whole seconds from 5 to 300, and longer than a check may take."""
    ready = asked.model.environment.services[asked.key.owner[0]].ready
    assert ready
    whole = -(-int(asked.value) // 1000)
    within = max(2, min(120, -(-int(ready.timeout) // 1000)))
    return Duration(1000 * min(300, max(5, whole, within + 1)))


def _is_logged(asked: Asked) -> bool:
    said = option(asked.options, Options).load_balancer
    return said is not None and said.access_logs is not None


_ROUNDED = "a load balancer's checks are over before the next one: whole seconds, each lasting 2s to 120s, every 5s to 300s"
_COUNTED = Approximate(lambda asked: min(10, max(2, asked.value)), "a load balancer counts from 2 to 10")
_TLS = When("it has a certificate", certified, then=Outside(OUTSIDE["http.tls.certificate"]), otherwise=_NO_CERTIFICATE)
_SILENT = When(
    "over 4000s",
    lambda asked: asked.value > 4_000_000,
    then=Approximate(silence, "a load balancer ends what is silent for 4000s", codes.BEHAVIOUR_LOST),
    otherwise=Approximate(
        silence, "a load balancer has one time for all that is silent, of answers, connections and WebSockets, in whole seconds"
    ),
)
ANSWERS: EngineSupport = {
    "service.ready.http.path": Exact(),
    "service.ready.http.port": Exact(),
    "service.ready.interval": Approximate(interval, _ROUNDED),
    "service.ready.timeout": Approximate(sizes.seconds(2, 120), _ROUNDED),
    "service.ready.failures": _COUNTED,
    "service.ready.successes": _COUNTED,
    "http.engine.name": Outside(NOTHING_RUNS),
    "http.engine.version": Outside(NOTHING_RUNS),
    "http.listen.port": Outside(OUTSIDE["http.listen.port"]),
    "http.listen.number": Outside(OUTSIDE["http.listen.number"]),
    "http.tls.listen.port": Outside(OUTSIDE["http.tls.listen.port"]),
    "http.tls.listen.number": _TLS,
    "http.tls.certificate": _TLS,
    "http.tls.hsts": When("it has a certificate", certified, then=Exact(), otherwise=_NO_CERTIFICATE),
    "http.routes": Outside(OUTSIDE["http.routes"]),
    "http.default.status": Exact(),
    "http.default.backend": Exact(),
    "http.timeouts.request": _OWN_TIME,
    "http.timeouts.idle": _SILENT,
    "http.timeouts.connect": _OWN_TIME,
    "http.timeouts.response": _SILENT,
    "http.max_body": _UNLIMITED,
    "http.error_pages": Approximate(
        page,
        "a load balancer answers with a page of its own for the default's status alone, of 1024 bytes at most",
        codes.BEHAVIOUR_LOST,
    ),
    "http.expose_headers": _HEADERS,
    "http.response_headers": _HEADERS,
    "http.request_headers": _HEADERS,
    "http.access_log": When(
        "a bucket is said",
        _is_logged,
        then=Approximate(lambda _: "s3", "a load balancer logs to its bucket, in a form of its own"),
        otherwise=Approximate(
            lambda _: "none",
            "a load balancer logs to a bucket alone, and none is said: `load_balancer: {access_logs: {bucket: …}}`",
            codes.LOST,
        ),
    ),
    "http.rate_limit.requests": _UNLIMITED,
    "http.rate_limit.per": _UNLIMITED,
    "http.rate_limit.burst": _UNLIMITED,
    "http.stats.port": Outside("the port's name is said by service.ports"),
    "http.stats.number": _NO_STATS,
    "http.stats.auth.secret": _NO_STATS,
    "backend.members": Exact(),
    "backend.balance": Approximate(
        lambda asked: "round-robin" if asked.value == "source" else asked.value,
        "a load balancer looks at no address: clients stay with a member by `sticky` alone",
        codes.BEHAVIOUR_LOST,
    ),
    "backend.sticky.cookie": Approximate(lambda _: "AWSALB", "a load balancer calls its cookie AWSALB, and it lasts a day"),
    "backend.retries": Approximate(
        lambda _: 0, "a load balancer sends a request to one member, and never again", codes.BEHAVIOUR_LOST
    ),
    "backend.websockets": When(
        "over 4000s",
        lambda asked: asked.value > 4_000_000,
        then=Absent("a load balancer ends what is silent for 4000s", codes.BEHAVIOUR_LOST),
        otherwise=Outside(OUTSIDE["backend.websockets"]),
    ),
    "backend.hold": Absent(
        "a load balancer holds no request: while nobody is ready, who asks is answered 503", codes.BEHAVIOUR_LOST
    ),
    "backend.max_members": When(
        "it is written",
        lambda asked: asked.model.written(spec_path(asked.key, asked.model)),
        then=Absent("a load balancer takes as many members as there are", codes.LOST),
        otherwise=Outside("a load balancer takes as many members as there are"),
    ),
}
_OF_SERVICE: Mapping[str, Answer] = {
    **{f"service.{leaf}": Outside(NOTHING_RUNS) for leaf in _OF_THE_TASK},
    "service.publish": When("it is listened for", listened_for, then=Outside(OUTSIDE["service.publish"]), otherwise=_NO_PORT),
    "service.env": _TOLD,
    "service.labels": _TOLD,
    "service.secrets": Absent("no program runs in its place that could read it", codes.SECRET_LOST),
    "secret.ecs.arn": Outside(OUTSIDE["secret.ecs.arn"]),
    "secret.file": Outside(OUTSIDE["secret.file"]),
    "secret.swarm.name": Outside(OUTSIDE["secret.swarm.name"]),
}


def _gives_way(asked: Asked, at: int) -> bool:
    return asked.key.owner[at] in edges(asked.model, option(asked.options, Options))


ALB: Mapping[str, Answer] = {**cast(Mapping[str, Answer], ANSWERS), **_OF_SERVICE}
"""What it answers; of what is not here, an `http` service has nothing."""


class AlbSupport(Support, frozen=True):
    """What a target can say, but of an `http` service whose place a load balancer takes: that answers then."""

    def for_all(self, field: str) -> Answer | None:
        return None if field in ALB else Support.for_all(self, field)

    def for_programs(self, field: str) -> Answer | None:
        return Support.for_all(self, field)

    def answer(self, key: FactKey, model: Model) -> Answer:
        found = Support.answer(self, key, model)
        balanced = ALB.get(key.field)
        if balanced is None:
            return found
        at = 1 if key.field.startswith("service.ready.") else 0
        service = model.environment.services.get(key.owner[at]) if len(key.owner) > at else None
        if service is None or service.http is None:
            return found
        return When("a load balancer takes its place", lambda asked: _gives_way(asked, at), then=balanced, otherwise=found)
