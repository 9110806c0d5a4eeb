"""What is found of servers whose place a load balancer takes."""

from __future__ import annotations

from twipc.diagnostics import Code, Severity

from ..codes import _EC2, _WEB

_ALB = f"""\
{_EC2}    ingress: alb
{_WEB}    ports: {{http: 8080}}
  edge:
    resources: {{memory: 64MiB}}
    http:
      engine: {{name: haproxy, version: "3.2"}}
      listen: 8080
      backends: {{web: {{members: [web.http], retries: 0}}}}
      routes: [{{match: {{prefix: /}}, backend: web}}]
      default: {{status: 404}}
    publish: [{{port: http, host: 80}}]
"""
GIVES_WAY = Code(
    "ECS122",
    "a load balancer takes the place of a server",
    Severity.NOTE,
    why="With `ingress: alb` nothing runs there: image, resources, health and whatever else makes a program run are for other "
    "targets alone. What a load balancer does otherwise than every server of ours stands here too, for nobody asked for it in "
    "a field of its own.",
    bad=_ALB.replace("  edge:\n", "  edge:  #! ECS122\n"),
    good=_EC2 + _WEB,
)
UNSAYABLE = Code(
    "ECS123",
    "a route that a load balancer has no words for",
    Severity.ERROR,
    why="Its patterns are of 128 characters, of letters, digits and few signs, and their `*` crosses slashes; a host has a dot "
    "and ends with letters (ELB guide, condition types for listener rules). Left out, the route's requests would go elsewhere.",
    bad=_ALB.replace("{prefix: /}", "{prefix: /, host: intranet}").replace("backend: web}]", "backend: web}]  #! ECS123"),
    good=_ALB,
)
ONE_ZONE = Code(
    "ECS124",
    "a load balancer in one zone",
    Severity.ERROR,
    why="An application load balancer stands in two zones at least: AWS refuses one subnet (ELB guide, subnets for your load "
    "balancer). A network load balancer takes one.",
    bad=_ALB.replace("    ingress: alb\n", "    ingress: alb\n    load_balancer: {subnets: [subnet-0a1b2c3d]}  #! ECS124\n"),
    good=_ALB.replace(
        "    ingress: alb\n", "    ingress: alb\n    load_balancer: {subnets: [subnet-0a1b2c3d, subnet-1a1b2c3d]}\n"
    ),
)
ALB_CODES = (GIVES_WAY, UNSAYABLE, ONE_ZONE)
