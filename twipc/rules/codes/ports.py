"""What can be wrong between ports of one host."""

from __future__ import annotations

from twipc.diagnostics import Code, Severity

from .examples import NGINX

HOST_PORT_TWICE = Code(
    "TW402",
    "two services publish one port",
    Severity.ERROR,
    why="An address of a host has each port of a protocol once: the second service would not start, or answer in place of the "
    "first.",
    bad="services:\n  a1:\n    image: shop/a:1\n    ports: {http: 8080}\n    publish: [{port: http, host: 80}]\n"
    "  b1:\n    image: shop/b:1\n    ports: {http: 8080}\n    publish: [{port: http, host: 80}]  #! TW402",
    good="services:\n  a1:\n    image: shop/a:1\n    ports: {http: 8080}\n    publish: [{port: http, host: 80}]\n"
    "  b1:\n    image: shop/b:1\n    ports: {http: 8080}\n    publish: [{port: http, host: 81}]",
)
RESERVED_PORT = Code(
    "TW407",
    "a port that an HTTP server keeps for itself",
    Severity.ERROR,
    why="8079 answers for the engine's own health, on the loopback.",
    bad=NGINX.replace("listen: 8080", "listen: 8079  #! TW407"),
    good=NGINX,
)
NOT_TCP = Code(
    "TW427",
    "HTTP is asked of a UDP port",
    Severity.ERROR,
    why="Health, readiness and requests to members are HTTP over TCP: on a UDP port nobody would answer.",
    bad="services:\n  web:\n    image: shop/web:1\n    ports: {dns: {number: 53, protocol: udp}}\n"
    "    health: {http: {path: /up, port: dns}}  #! TW427",
    good="services:\n  web:\n    image: shop/web:1\n    ports: {dns: {number: 53, protocol: udp}, http: 8080}\n"
    "    health: {http: {path: /up, port: http}}",
)

CODES = (
    HOST_PORT_TWICE,
    RESERVED_PORT,
    NOT_TCP,
)
