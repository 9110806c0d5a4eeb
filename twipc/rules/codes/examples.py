"""HTTP servers that are right, for examples that change one thing."""

from __future__ import annotations

SERVER = """\
services:
  web: {image: shop/web:1, ports: {http: 8080}}
  edge:
    http:
      engine: {name: %s, version: "%s"}
      listen: 8080
      backends: {app: {members: [web.http]}}
      routes:
        - {match: {prefix: /}, backend: app}
      default: {status: 404}
"""
NGINX = SERVER % ("nginx", "1.30")
HAPROXY = SERVER % ("haproxy", "3.2")
BEFORE = """\
  outer:
    http:
      engine: {name: nginx, version: "1.30"}
      listen: 8080
      backends: {app: {members: [edge.http]}}
      default: {backend: app}
"""
"""A server before `edge`."""
