"""What a pair of instances rests on is read back: a fault in the lock, the check or the wait is noticed."""

from __future__ import annotations

import pytest

from tests.compiling import Outcome, compiled_text
from twipc.verify.disk import verify_folder

SPEC = """\
twipc: 1
project: shop
environment: prod
targets: {compose: {}, compose-2.4: {}, swarm: {}, haproxy: {}, ecs: {launch: ec2, region: eu-west-1, cluster: shop,
  subnets: [subnet-0a1b2c3d], security_groups: [sg-0a1b2c3d], execution_role: "arn:aws:iam::111122223333:role/shop",
  registry: 111122223333.dkr.ecr.eu-west-1.amazonaws.com, task_roles: {web: "arn:aws:iam::111122223333:role/web"},
  namespace: shop.internal, volumes: {news: {file_system: fs-0a1b2c3d, access_point: fsap-0a1b2c3d}},
  cloud_map_services: {web: "arn:aws:servicediscovery:eu-west-1:111122223333:service/srv-0a1b2c3d4e5f6071"}}}
services:
  edge:
    resources: {memory: 64MiB}
    http:
      engine: {name: haproxy, version: "3.2"}
      listen: 8080
      backends: {app: {members: [web.http]}}
      routes: [{match: {prefix: /}, backend: app}]
      default: {backend: app}
  web:
    image: shop/web:1
    command: [serve]
    ports: {http: 8080}
    resources: {memory: 64MiB}
    mounts: {/data: news}
    health: {http: /live}
    mode: {active-standby: {lock: /data/.lock}}
volumes: {news: {access: single-writer}}
accept: [{code: TW511, at: services.web.mode, target: ecs, because: "one is enough"}]
"""
OUTCOME = compiled_text(SPEC)
BY_PROGRAM = compiled_text(SPEC.replace('version: "3.2"', 'version: "2.8"'))
FAULTS = {
    "docker-compose.yml": (
        ('      - "--no-fork"\n', ""),
        ('      - "--exclusive"\n', '      - "--shared"\n'),
        ('      - "/data/.lock"\n', '      - "/tmp/.lock"\n'),
        ('      - "flock"\n', '      - "timeout"\n'),
        ("-qsx flock", "-qsx java"),
        ('|| exec \\"$$@\\"', "|| true"),
        ('      io.twipc.mode: "active-standby"\n', ""),
        ('io.twipc.mode: "active-standby"', 'io.twipc.mode: "standby"'),
    ),
    "docker-stack.yml": (("replicas: 2", "replicas: 3"), ('order: "stop-first"', 'order: "start-first"')),
    "web.taskdef.json": (("--no-fork", "--close"), ("-qsx flock", "-qs flock"), ('"active-standby"', '"none"')),
    "edge/haproxy.cfg": (
        ("use_backend twipc_hold_app", "use_backend app"),
        ("default_backend twipc_hold_app", "default_backend app"),
        ("    http-request pause 500ms if { nbsrv(app) eq 0 }\n", ""),
        ("pause 500ms", "pause 501ms"),
        ("nbsrv(app) eq 0 }\n    #", "nbsrv(app) gt 0 }\n    #"),
        ("deny_status 504 if { nbsrv(app)", "deny_status 503 if { nbsrv(app)"),
        ("within abns@twipc_held_app", "within 127.0.0.1:80"),
        ("retry-on conn-failure empty-response 502 503\n", "retry-on all-retryable-errors\n"),
        ("502 503\n    http-request disable-l7-retry if !METH_GET !METH_HEAD\n", "502 503\n"),
        ("    timeout server 1", "    timeout server 2"),
    ),
}
FAULTS_BY_PROGRAM = {
    "edge/haproxy.cfg": (
        ("    http-request lua.twipc_hold app 10000 if { nbsrv(app) eq 0 }\n", ""),
        ("twipc_hold app 10000", "twipc_hold app 10001"),
        ("twipc_hold app 10000", "twipc_hold other 10000"),
        ("lua.twipc_hold", "lua.twipc_held"),
        ("lua.twipc_hold app 10000 if { nbsrv(app) eq 0 }", "pause 10s if { nbsrv(app) eq 0 }"),
        ("10000 if { nbsrv(app) eq 0 }", "10000 if { nbsrv(app) eq 1 }"),
        ("    lua-load-per-thread /usr/local/etc/haproxy/hold.lua\n", ""),
        ("lua-load-per-thread /usr/local", "lua-load /usr/local"),
        ("haproxy/hold.lua", "haproxy/other.lua"),
        ("    tune.lua.bool-sample-conversion normal\n", ""),
    ),
    "edge/hold.lua": (("left > 0 and", "true and"), ("500", "5000")),
    "images/edge/Dockerfile": (("COPY --chmod=0444 hold.lua /usr/local/etc/haproxy/hold.lua\n", ""),),
    "docker-compose.yml": (('target: "/usr/local/etc/haproxy/hold.lua"', 'target: "/usr/local/etc/haproxy/hold"'),),
    "docker-stack.yml": (('target: "/usr/local/etc/haproxy/hold.lua"', 'target: "/usr/local/etc/haproxy/hold"'),),
}
ALL = [
    (outcome, file, *fault)
    for outcome, known in ((OUTCOME, FAULTS), (BY_PROGRAM, FAULTS_BY_PROGRAM))
    for file, faults in known.items()
    for fault in faults
]


@pytest.mark.parametrize(("outcome", "file", "right", "wrong"), ALL)
def test_a_fault_is_noticed(outcome: Outcome, file: str, right: str, wrong: str) -> None:
    assert outcome.compiled, [finding.message for finding in outcome.findings]
    tried = 0
    for one in outcome.compiled:
        texts = one.bundle.texts
        if file not in texts:
            continue
        tried += 1
        assert right in texts[file]
        broken = {**texts, file: texts[file].replace(right, wrong, 1)}
        assert not list(verify_folder(one.model, one.target, one.options, one.bundle, "out", texts))
        assert list(verify_folder(one.model, one.target, one.options, one.bundle, "out", broken))
    assert tried
