"""Findings stand at what they are of, and one mistake is one finding."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_codes import MARK, lint, whole
from tests.compiling import compiled_text

SERVER = """\
    http:
      engine: {name: nginx, version: "1.30"}
      listen: 8080
      backends: {app: {members: [%s.http]}}
      routes: [{match: {prefix: /}, backend: app}]
      default: {status: 404}
"""
PLACES = {
    "a volume, not its mount": """\
services:
  web:
    image: shop/web:1
    mounts:
      /data:
        volume: nws  #! TW304
""",
    "the header that is said twice": """\
services:
  web: {image: shop/web:1, ports: {http: 80}}
  edge:
"""
    + SERVER % "web"
    + """\
      tls: {listen: 8443, certificate: key}
      response_headers:
        X-A: a
        strict-transport-security: max-age=5  #! TW202
        x-a: b  #! TW202
secrets: {key: {file: .secrets/key}}
""",
    "the status that has a page already": """\
services:
  web: {image: shop/web:1, ports: {http: 80}}
  edge:
"""
    + SERVER % "web"
    + """\
      error_pages:
        - {status: [404], page: pages/404.html}
        - status:
            - 500
            - 404  #! TW202
            - 500  #! TW202
          page: pages/50x.html
        - {status: [404], page: pages/404.html}  #! TW202
""",
    "the later of two ports": """\
services:
  zoo:
    image: shop/zoo:1
    ports: {http: 80}
    publish: [{port: http, host: 80}]
  ant:
    image: shop/ant:1
    ports: {http: 80}
    publish: [{port: http, host: 80}]  #! TW402
""",
    "the later of two writers": """\
services:
  zoo: {image: shop/zoo:1, mounts: {/z: news}}
  ant: {image: shop/ant:1, mounts: {/a: news}}  #! TW401
volumes: {news: {access: single-writer}}
""",
    "the later of two names": """\
services:
  zoo: {image: shop/zoo:1, networks: [{network: back, aliases: [db]}]}
  ant: {image: shop/ant:1, networks: [{network: back, aliases: [db]}]}  #! TW430
networks: {back: {}}
""",
}
ONCE = {
    "a field called otherwise": """\
services:
  web:
    image: shop/web:1
    networks: [{name: back}]  #! TW201
    depends_on: [{of: db}]  #! TW201
  db: {image: shop/db:1}
""",
    "what a job does not have": """\
targets: {compose: {}, compose-2.4: {}, swarm: {}}
services:
  web:
    kind: job
    image: shop/web:1
    ports: {http: 80}
    replicas: 2  #! TW452
    health: {http: /up}  #! TW452
    publish: [{port: http, host: 80, address: 127.0.0.1}]  #! TW452
    ready: {http: /up}  #! TW452
    rollout: {delay: 1s}  #! TW452
accept: [{code: TW512, at: services.web.publish.http, target: swarm, because: known}]
""",
    "a server that is asked past another": """\
services:
  web: {image: shop/web:1, ports: {http: 80}}
  inner:
    publish: [{port: http, host: 8081}]  #! TW475
"""
    + SERVER % "web"
    + """\
      rate_limit: {requests: 5, per: 1s, burst: 5}
  edge:
    publish: [{port: http, host: 80}]
"""
    + SERVER % "inner",
}
TWICE = """\
twipc: 1
project: shop
environment: prod
targets: {swarm: {}}
services:
  web:
    image: shop/web:1
    ports: {http: 80}
    publish: [{port: http, host: 80, address: 127.0.0.1}, {port: http, host: 81, address: 127.0.0.1}]
accept: [%s]
"""


@pytest.mark.parametrize("spec", [*PLACES.values(), *ONCE.values()], ids=[*PLACES, *ONCE])
def test_a_finding_stands_once_at_what_it_is_of(spec: str, tmp_path: Path) -> None:
    spec = whole(spec)
    marked = [(code, number) for number, line in enumerate(spec.splitlines(), 1) for code in MARK.findall(line)]
    assert sorted(lint(tmp_path, spec)) == sorted(marked)


def test_what_came_first_stands_before() -> None:
    for spec in PLACES.values():
        for finding in compiled_text(whole(spec)).findings:
            assert all(one.span < finding.span for one in finding.related if finding.span and "first" in one.message)


def test_one_port_that_is_published_twice_is_accepted_by_number() -> None:
    def left(*places: str) -> list[tuple[str, str]]:
        rows = [f"{{code: TW512, at: services.web.publish.{one}, target: swarm, because: known}}" for one in places]
        findings = compiled_text(TWICE % ", ".join(rows)).findings
        return [(one.code.id, one.at) for one in findings if one.code.id in ("TW512", "TW521")]

    both = [("TW512", "services.web.publish.0"), ("TW512", "services.web.publish.1")]
    assert left() == both
    assert left("1") == both[:1]
    assert left("0", "1") == []
    assert left("http") == [*both, ("TW521", "accept.0")]
