"""What haproxy can say of an `http` service (haproxy 2.8 or later)."""

from __future__ import annotations

from twipc.spec import Engine
from twipc.target import Approximate, EngineSupport, Exact, Outside

PAUSES = (3, 2)
"""`http-request pause` came with it; an older one refuses the word (measured on 2.6 and 2.8) and waits by Lua."""


def pauses(engine: Engine) -> bool:
    """Whether this engine, and any later one, has a word of its own for a request that waits."""
    return tuple(int(part) for part in engine.version.split(".")) >= PAUSES


SUPPORT: EngineSupport = {
    "service.ready.http.path": Exact(),
    "service.ready.http.port": Exact(),
    "service.ready.interval": Exact(),
    "service.ready.timeout": Exact(),
    "service.ready.failures": Exact(),
    "service.ready.successes": Exact(),
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
    "http.max_body": Approximate(
        lambda asked: asked.value,
        "of a chunked body haproxy counts what its first buffer holds (16 KiB, and only what has come): the rest passes",
    ),
    "http.error_pages": Exact(),
    "http.expose_headers": Exact(),
    "http.response_headers": Exact(),
    "http.request_headers": Exact(),
    "http.access_log": Exact(),
    "http.rate_limit.requests": Exact(),
    "http.rate_limit.per": Exact(),
    "http.rate_limit.burst": Exact(),
    "http.stats.port": Outside("the port's name is said by service.ports"),
    "http.stats.number": Exact(),
    "http.stats.auth.secret": Exact(),
    "backend.members": Exact(),
    "backend.balance": Exact(),
    "backend.sticky.cookie": Exact(),
    "backend.retries": Exact(),
    "backend.websockets": Exact(),
    "backend.hold": Exact(),
    "backend.max_members": Exact(),
}
