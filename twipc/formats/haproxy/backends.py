"""A part of the baseline: what every backend has besides its spec, and what stands before one where requests wait."""

from __future__ import annotations

from twipc.model import Model
from twipc.spec import Duration, Http
from twipc.target import BASELINE, FactKey, Facts

from .sections import parse

_SERVER = (
    "check",
    "fastinter",
    "200ms",
    "observe",
    "layer4",
    "error-limit",
    "1",
    "on-error",
    "mark-down",
    "resolvers",
    "dns",
    "init-addr",
    "none",
)
PROGRAM = "/usr/local/etc/haproxy/hold.lua"
DIGEST = "52861ccbb24ed540994cd4781fcdf421c8eb0438b305cc665ebcda0492031013"
"""Of the one program that was reviewed: it waits in steps of half a second, no longer than it is told, and does no more."""
BY_PROGRAM = """
global
.if version_atleast(3.1)
    tune.lua.bool-sample-conversion normal
.endif
"""
_HOLD = """
backend twipc_hold_NAME
    retries RETRIES
    timeout server WHOLEms
    server within abns@twipc_held_NAME send-proxy-v2
frontend twipc_held_NAME
    bind abns@twipc_held_NAME accept-proxy
    no log
    http-request deny deny_status 504 if { nbsrv(NAME) eq 0 }
    default_backend NAME
"""
_AGAIN = """
    retry-on conn-failure empty-response 502 503
    http-request disable-l7-retry if !METH_GET !METH_HEAD
"""
_HELD_LOG = """
    http-response set-var(txn.upstream) res.fhdr(X-Twipc-Upstream)
    http-response del-header X-Twipc-Upstream
"""
_WITHIN_LOG = "    http-after-response set-header X-Twipc-Upstream '%[bc_dst]:%[bc_dst_port]' if { bc_dst -m found }\n"
_WITHIN_HEADER = "    http-after-response set-header HEADER '%[bc_dst]:%[bc_dst_port]' if { bc_dst -m found }\n"


def held_back(http: Http) -> dict[str, tuple[object, ...]]:
    """The two tiers before each backend that is waited for."""
    places: dict[str, tuple[object, ...]] = {}
    for name, backend in http.backends.items():
        if backend.hold is None:
            continue
        tries = 1 + backend.retries
        whole = backend.hold + tries * http.timeouts.connect + tries * http.timeouts.response
        week = 7 * 24 * 3600 * 1000
        text = _HOLD.replace("NAME", name).replace("WHOLEms", printed(whole if whole < week else week))
        text = text.replace("RETRIES", "2" + _AGAIN.rstrip() if backend.retries else "0")
        if backend.websockets is not None:
            server = "    server within"
            text = text.replace(server, f"    timeout tunnel {printed(int(backend.websockets))}\n{server}")
        if http.access_log == "json":
            text = text.replace("    server within", f"{_HELD_LOG.strip()}\n    server within")
        shown = [header for header, what in sorted(http.expose_headers.items()) if what == "upstream-address"]
        told = "".join(_WITHIN_HEADER.replace("HEADER", header) for header in shown)
        told += _WITHIN_LOG if http.access_log == "json" else ""
        text = text.replace("    default_backend", f"{told}    default_backend")
        places |= sections(text)
        places[f"what lets a request to {name} wait"] = ("lua" if is_old(http) else "pause",)
    return places


def is_old(http: Http) -> bool:
    """Whether haproxy has no `http-request pause` yet."""
    return [int(part) for part in http.engine.version.split(".")] < [3, 2]


def backend(model: Model, service: str, name: str) -> Facts:
    """What is left over of a backend."""
    http = model.environment.services[service].http
    assert http
    places: dict[str, object] = {f"default-server of {name}": _SERVER}
    if http.backends[name].sticky:
        places[f"backend {name}"] = (("dynamic-cookie-key", name),)
    if http.backends[name].websockets is None:
        places[f"backend {name}"] = (*_lines(places, name), ("http-request", "del-header", "Upgrade"))
    places[f"backend {name}"] = (*_lines(places, name), ("http-request", "del-header", "Connection"))
    if http.backends[name].websockets:
        upgrade = ("http-request", "set-header", "Connection", "upgrade", "if", "{", "req.hdr(upgrade)", "-m", "found", "}")
        places[f"backend {name}"] = (*_lines(places, name), upgrade)
    if model.ready[service, name]:
        places[f"backend {name}"] = (*_lines(places, name), ("http-check", "expect", "status", "200"))
        places[f"check of {name}"] = ("ver", "HTTP/1.1", "hdr", "Host", name)
    else:
        places[f"times of {name}"] = (("failures", 2), ("interval", Duration(1000)), ("successes", 1))
    for member in model.members[service, name]:
        places[f"slots of {member.service} in {name}"] = (f"{member.service}-",)
    return {FactKey(BASELINE, (service, "haproxy", place)): value for place, value in places.items()}


def _lines(places: dict[str, object], name: str) -> tuple[object, ...]:
    lines = places.get(f"backend {name}", ())
    assert isinstance(lines, tuple)
    return lines


def sections(text: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    return {f"{section.kind} {section.name}".strip(): section.rest() for section in parse(text)[0] if section.lines}


def printed(millis: int) -> str:
    return f"{millis}ms" if millis % 1000 else f"{millis // 1000}s"
