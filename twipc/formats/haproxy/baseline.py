"""What every haproxy of ours has besides its spec: a second statement, held against what the reader finds left over.

Sources: haproxy's manual; timers and checks by what clients see while a member hangs or dies
(tests/conformance/test_haproxy.py); headers by gixy's `host_spoofing`; refusals
by what nginx makes of the same requests (tests/conformance/test_routes.py and test_semantics.py).
"""

from __future__ import annotations

from math import ceil

from twipc.model import Model
from twipc.target import BASELINE, Discovery, FactKey, Facts

from .backends import BY_PROGRAM, DIGEST, PROGRAM, backend, held_back, is_old, printed, sections

_EVERY = """
.alert "haproxy is older than this configuration needs"
.endif
global
    log stderr format raw local0 info
    maxconn 4000
    spread-checks 5
defaults
    mode http
    log global
    option dontlognull
    option http-ignore-probes
    option redispatch 1
    timeout client 30s
    timeout queue 1s
frontend in_http
    http-request deny deny_status 405 if METH_TRACE or METH_CONNECT
    http-request set-var(txn.path) path,url_dec,regsub(/+,/,g)
    http-request deny deny_status 400 unless { var(txn.path) -m beg -- '/' }
    http-request deny deny_status 400 if { var(txn.path) -m reg -- '(^|/)[.][.]?(/|$)' }
    http-request deny deny_status 400 if { path -m reg -i -- '%([01][0-9a-f]|7f)' }
    http-request deny deny_status 400 unless { req.fhdr(host) -m found } or HTTP_1.0 { url -m beg -- '/' }
    http-request deny deny_status 400 if { req.fhdr(host) -m found } !{ req.fhdr(host) -m reg -i -- A_HOST }
    http-request deny deny_status 400 if { req.fhdr(host) -m len gt 260 }
    http-request deny deny_status 400 if { req.fhdr(host),port_only gt 65535 }
    http-request deny deny_status 400 unless { url -m reg -- '^(/|[^/]+//[^/@_]+/)' }
    http-request deny deny_status 400 unless { method -m reg -- '^[A-Z_-]+$' }
    http-request return status 505 if { req.ver -m reg -- '^[2-9]' }
    http-request deny deny_status 400 if !HTTP_1.0 !HTTP_1.1
    http-request deny deny_status 404 if { var(txn.path) -m beg -- '/.twipc/' }
    http-request del-header Forwarded
    http-request del-header Proxy
    http-request del-header _ -m sub
    http-request set-header X-Real-IP %[src]
    http-request set-header X-Forwarded-For %[src]
CAME
frontend in_health
    bind 127.0.0.1:8079
    option dontlog-normal
    monitor-uri /health
    http-request deny deny_status 404
"""
_A_HOST = "'^([a-z0-9_-]+([.][a-z0-9_-]+)*[.]?|[[][0-9a-f:.]+])(:[0-9]{0,5})?$'"
_CAME = """\
    http-request set-header X-Forwarded-Proto http
    http-request set-header X-Forwarded-Host %[req.hdr(host)]
    http-request set-header X-Forwarded-Port 80
    http-request set-header X-Forwarded-Port %[req.hdr(host),port_only] if { req.hdr(host) -m reg -- ':[0-9]{1,5}$' }
"""
"""How a client came here: told by who is asked first."""
_BEHIND = """
frontend in_http
    http-request set-src req.hdr_ip(x-forwarded-for,-1)
"""
_TIMED = """
frontend in_http
    http-request set-var(txn.began) date(0,ms)
    http-response set-var(txn.upstream_ms) date(0,ms),sub(txn.began)
"""
_LOGGED = """
frontend in_http
    http-request set-var(txn.forwarded_for) req.fhdr(x-forwarded-for)
    http-request set-var-fmt(txn.request) '%[method] %[url] HTTP/%[req.ver]'
"""
_LOGGED_MEMBER = """
frontend in_http
    http-response set-var-fmt(txn.upstream_seconds) SECONDS
    http-after-response set-var-fmt(txn.upstream) '%[bc_dst]:%[bc_dst_port]' if { bc_dst -m found }
"""
_SECONDS = "'%[var(txn.upstream_ms),div(1000)].%[var(txn.upstream_ms),mod(1000),add(1000),regsub(^1,)]'"
_EXPOSED = """
frontend in_http
    http-after-response set-var(txn.request_ms) date(0,ms),sub(txn.began)
"""
_HOST = """
frontend in_http
    http-request set-var(txn.host) req.fhdr(host),host_only,lower,regsub([.]$,)
"""
_HSTS = """
frontend in_http
    http-after-response del-header Strict-Transport-Security
"""
_TLS = (
    "alpn http/1.1 ssl-min-ver TLSv1.2 no-tls-tickets prefer-client-ciphers ciphers "
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305 ciphersuites "
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256 curves X25519:prime256v1:secp384r1"
)
"""ssl-config.mozilla.org, guideline 5.7, intermediate, without DHE."""
_RESOLVERS = """
resolvers dns
    nameserver dns %s:53
    accepted_payload_size 8192
    resolve_retries 3
    timeout resolve 1s
    timeout retry 300ms
    hold valid 1s
    hold obsolete 3s
    hold nx 5s
    hold refused 5s
    hold timeout 5s
    hold other 5s
"""
_STATS = """
listen in_stats
    acl is_user http_auth_user -m str -- 'stats'
%s
    stats enable
    stats uri /
    stats hide-version
    stats refresh 5s
    stats http-request auth realm haproxy unless is_user is_password
"""
_VARIABLE = """
    acl has_password var(txn.password) -m len gt 0
    acl is_password http_auth_pass,secure_memcmp(txn.password)
    stats http-request deny unless has_password
"""
_NO_VARIABLE = """
.if !defined(%s)
    .alert "the password of the statistics page is not in the environment"
.endif
"""


def baseline(model: Model, service: str, discovery: Discovery) -> Facts:
    """The facts that are left over when every field of the spec has been read."""
    noun = model.environment.services[service]
    http = noun.http
    assert http, "only http services have a server's configuration"
    behind = model.is_behind(service)
    places: dict[str, tuple[object, ...]] = dict(
        sections(_EVERY.replace("A_HOST", _A_HOST).replace("CAME\n", "" if behind else _CAME))
    )
    places["drain"] = (printed(max(1000, int(noun.stop_grace) - 1000)),)
    if noun.resources.cpu is not None:
        places["global"] += (("nbthread", str(min(64, ceil(noun.resources.cpu / 1000)))),)
    tls = http.tls if discovery.secrets == "file" else None
    if tls:
        places["frontend in_http"] = _by_https(places["frontend in_http"])
        places["bind by https"] = tuple(_TLS.split())
    if tls and tls.hsts:
        places["frontend in_http"] = sections(_HSTS)["frontend in_http"] + places["frontend in_http"]
    # Before anything that may refuse a request.
    json = http.access_log == "json"
    first = (
        _LOGGED if json else "",
        _BEHIND if behind else "",
        _TIMED if json or http.expose_headers else "",
        _LOGGED_MEMBER.replace("SECONDS", _SECONDS) if json else "",
    )
    lines = (line for text in (*first, _EXPOSED if http.expose_headers else "") for line in _in_http(text))
    places["frontend in_http"] = (*lines, *places["frontend in_http"])
    held = held_back(http)
    if held and is_old(http):
        places["global"] += sections(BY_PROGRAM)["global"]
        places[f"program {PROGRAM}"] = (DIGEST,)
    if held:
        places["frontend in_http"] = (("maxconn", "4000"), *places["frontend in_http"])
        places["global"] = tuple(("maxconn", "8000") if line == ("maxconn", "4000") else line for line in places["global"])
        places |= held
    if http.rate_limit:
        # As long as somebody can owe anything, and a second.
        owed = -(-http.rate_limit.burst * int(http.rate_limit.per) // http.rate_limit.requests)
        table = ("stick-table", "type", "ipv6", "size", "100k", "expire", printed(owed + 1000), "store", "gpt0")
        places["frontend in_http"] = (table, *places["frontend in_http"])
    if noun.ready:
        ready = ("http-request", "return", "status", "200", "content-type", "text/plain", "string", "ready")
        test = ("if", "{", "var(txn.path)", "-m", "str", "--", noun.ready.http.path.split("?")[0], "}")
        silent = ("http-request", "set-log-level", "silent", *test)
        places["frontend in_http"] += (silent, (*ready, *test))
    if any(route.match.host or (route.redirect and route.redirect.scheme) for route in http.routes):
        places["frontend in_http"] += sections(_HOST)["frontend in_http"]
    if http.backends:
        places |= sections(_RESOLVERS % discovery.resolver)
    if http.stats:
        places |= sections(_STATS % (_VARIABLE if discovery.secrets == "variable" else ""))
        if discovery.secrets == "variable":
            variable = http.stats.auth.secret.upper().replace("-", "_")
            places["head"] += sections(_NO_VARIABLE % variable)["head"]
    if http.stats:
        places["listen in_stats"] = (*(_in_http(_LOGGED) if json else ()), *places["listen in_stats"])
    facts: dict[FactKey, object] = {FactKey(BASELINE, (service, "haproxy", place)): lines for place, lines in places.items()}
    if http.stats:
        facts[FactKey(BASELINE, (service, "haproxy", "log of in_stats"))] = http.access_log
    for listener in ("in_http", *(["in_stats"] if http.stats else [])):
        if tls and http.access_log != "none":
            facts[FactKey(BASELINE, (service, "haproxy", f"failed handshakes of {listener}"))] = "logged alike"
        if behind and json:
            facts[FactKey(BASELINE, (service, "haproxy", f"peer of {listener}"))] = "who asks, not whom it asks for"
    for name in http.backends:
        facts.update(backend(model, service, name))
    return facts


def _by_https(lines: tuple[object, ...]) -> tuple[object, ...]:
    """Scheme and port are told once more for who came by https, each after what is told of all."""
    both: list[object] = []
    for line in lines:
        both.append(line)
        for header, plain, by_https in (("X-Forwarded-Proto", "http", "https"), ("X-Forwarded-Port", "80", "443")):
            if line == ("http-request", "set-header", header, plain):
                both.append(("http-request", "set-header", header, by_https, "if", "{", "ssl_fc", "}"))
    return tuple(both)


def _in_http(text: str) -> tuple[tuple[str, ...], ...]:
    return sections(text).get("frontend in_http", ())
