"""What nginx can say of an `http` service (open source nginx, 1.28 or later)."""

from __future__ import annotations

from twipc.target import Absent, Approximate, EngineSupport, Exact, Outside, When, codes, spec_path

_PASSIVE = Absent(
    "open source nginx asks no member whether it is ready: it leaves out for 5s who failed a request, and tries the next",
    codes.HEALTH_LOST,
)
_NO_STATS = Outside("open source nginx has no statistics page, and a rule refuses one (TW411)")

SUPPORT: EngineSupport = {
    "service.ready.http.path": _PASSIVE,
    "service.ready.http.port": _PASSIVE,
    "service.ready.interval": _PASSIVE,
    "service.ready.timeout": _PASSIVE,
    "service.ready.failures": _PASSIVE,
    "service.ready.successes": _PASSIVE,
    "http.engine.name": Exact(),
    "http.engine.version": Exact(),
    "http.listen.port": Outside("the port's name is said by service.ports"),
    "http.listen.number": Exact(),
    "http.tls.listen.port": Outside("the port's name is said by service.ports"),
    "http.tls.listen.number": Exact(),
    "http.tls.certificate": Exact(),
    "http.tls.hsts": Exact(),
    "http.routes": Exact(),
    "http.default.status": Exact(),
    "http.default.backend": Exact(),
    "http.timeouts.request": Exact(),
    "http.timeouts.idle": Exact(),
    "http.timeouts.connect": Exact(),
    "http.timeouts.response": Exact(),
    "http.max_body": Exact(),
    "http.error_pages": Exact(),
    "http.expose_headers": Exact(),
    "http.response_headers": Exact(),
    "http.request_headers": Exact(),
    "http.access_log": Exact(),
    "http.rate_limit.requests": Exact(),
    "http.rate_limit.per": Exact(),
    "http.rate_limit.burst": Exact(),
    "http.stats.port": _NO_STATS,
    "http.stats.number": _NO_STATS,
    "http.stats.auth.secret": _NO_STATS,
    "backend.members": Exact(),
    "backend.balance": Exact(),
    "backend.sticky.cookie": Exact(),
    "backend.retries": Exact(),
    "backend.websockets": Approximate(
        lambda asked: asked.value,
        "nginx has one time for the answer to a request for an upgrade and for what it is upgraded to: such a request waits "
        "so long for its answer, not `timeouts.response`",
    ),
    "backend.hold": Absent(
        "open source nginx holds no request: while nobody is ready, who asks is answered 502 or 504",
        codes.BEHAVIOUR_LOST,
    ),
    "backend.max_members": When(
        "it is written",
        lambda asked: asked.model.written(spec_path(asked.key, asked.model)),
        then=Absent("nginx takes as many members as DNS names", codes.LOST),
        otherwise=Outside("nginx takes as many members as DNS names"),
    ),
}
