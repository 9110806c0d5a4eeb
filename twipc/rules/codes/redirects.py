"""What can be wrong with where clients are sent."""

from __future__ import annotations

from twipc.diagnostics import Code, Severity

from .examples import NGINX

REDIRECT_LOOP = Code(
    "TW455",
    "a redirect that leads back to itself",
    Severity.ERROR,
    why="A browser gives up after some twenty rounds, other clients go on: nobody ever gets an answer. What a server forwards "
    "it forwards by http: one behind it that sends all who come by http to https sends each of them back.",
    bad=NGINX.replace("routes:\n", "routes:\n        - {match: {prefix: /old/}, redirect: /old/index.html}  #! TW455\n"),
    good=NGINX.replace("routes:\n", "routes:\n        - {match: {exact: /old/}, redirect: /old/index.html}\n"),
)
_TLS = NGINX.replace("  edge:\n", "  edge:\n    publish: [{port: http, host: 80}, {port: https, host: 9443}]\n").replace(
    "routes:\n", "tls: {listen: 8443, certificate: edge-cert}\n      routes:\n"
)
_SENT = "routes:\n        - {match: {prefix: /}, redirect: {scheme: https%s}}%s\n"
_PEM = "secrets: {edge-cert: {file: .secrets/edge.pem}}\n"
HTTPS_ELSEWHERE = Code(
    "TW456",
    "clients are sent to a port for https that is not published",
    Severity.WARNING,
    why="They ask at the port that the redirect says, 443 if it says none: unless something else leads from there to the "
    "published one, nobody answers. And if that is something in front of all that ends TLS and forwards to here by http, every "
    "client is sent round: it is what must send them on. Ignore this where https is served by other machines.",
    bad=_TLS.replace("routes:\n", _SENT % ("", "  #! TW456")) + _PEM,
    good=_TLS.replace("routes:\n", _SENT % (", port: 9443", "")) + _PEM,
)
_BEHIND = _TLS.replace("    publish: [{port: http, host: 80}, {port: https, host: 9443}]\n", "")
HTTP_TO_HTTPS = Code(
    "TW457",
    "plain HTTP is sent to a port for https",
    Severity.ERROR,
    why="Proxies and checks here speak plain HTTP: a port for https answers each of their requests with an error.",
    bad=_BEHIND + '  front:\n    http:\n      engine: {name: nginx, version: "1.30"}\n      listen: 8080\n'
    "      backends: {edge: {members: [edge.https]}}  #! TW457\n      default: {backend: edge}\n" + _PEM,
    good=_BEHIND + '  front:\n    http:\n      engine: {name: nginx, version: "1.30"}\n      listen: 8080\n'
    "      backends: {edge: {members: [edge.http]}}\n      default: {backend: edge}\n" + _PEM,
)

CODES = (
    REDIRECT_LOOP,
    HTTPS_ELSEWHERE,
    HTTP_TO_HTTPS,
)
