"""What can be wrong with who waits for whom, and with jobs."""

from __future__ import annotations

from twipc.diagnostics import Code, Severity

from .examples import HAPROXY

_WAITS = """\
services:
  db: {image: shop/db:1, health: {command: [check]}}
  web:
    image: shop/web:1
    depends_on: [db]
"""
WAITING_LOOP = Code(
    "TW445",
    "services wait for each other",
    Severity.ERROR,
    why="Each waits for the next, and none of them starts.",
    bad=_WAITS.replace("[check]}}", "[check]}, depends_on: [{service: web, condition: started}]}  #! TW445"),
    good=_WAITS,
)
WAITS_TWICE = Code(
    "TW446",
    "a dependency stands twice",
    Severity.ERROR,
    why="A service waits for another until one condition holds; of two, a target would take one, and drop the other.",
    bad=_WAITS.replace("[db]", "[db, {service: db, condition: started}]  #! TW446"),
    good=_WAITS,
)
NEVER_HEALTHY = Code(
    "TW447",
    "waiting for the health of what has no health",
    Severity.ERROR,
    why="Nobody asks it, so it never becomes healthy: Docker accepts the file, and fails when the environment is started.",
    bad=_WAITS.replace(", health: {command: [check]}", "").replace("[db]", "[db]  #! TW447"),
    good=_WAITS.replace(", health: {command: [check]}", "").replace("[db]", "[{service: db, condition: started}]"),
)
NEVER_STARTED = Code(
    "TW448",
    "waiting for what has no instance",
    Severity.ERROR,
    why="With `replicas: 0` nothing of it starts: there is nothing to wait for, and the service would find nobody.",
    bad=_WAITS.replace("shop/db:1,", "shop/db:1, replicas: 0,").replace("[db]", "[db]  #! TW448"),
    good=_WAITS,
)
BLIND_MONITOR = Code(
    "TW451",
    "an update that looks away too early",
    Severity.WARNING,
    why="While an instance starts, its failed checks do not count: one that never becomes healthy is found out only after "
    "`start_period` and all its `failures`, when nobody watches any more, and nothing is rolled back.",
    bad="targets: {swarm: {}}\nservices:\n  web:\n    image: shop/web:1\n    health: {command: [check]}\n"
    "    rollout: {monitor: 30s}  #! TW451",
    good="targets: {swarm: {}}\nservices:\n  web:\n    image: shop/web:1\n    health: {command: [check]}\n"
    "    rollout: {monitor: 1m}",
)
_JOB = """\
services:
  migrate: {kind: job, image: shop/migrate:1}
  web:
    image: shop/web:1
    depends_on: [{service: migrate, condition: completed}]
"""
NOT_OF_JOBS = Code(
    "TW452",
    "what a job does not have",
    Severity.ERROR,
    why="A job runs to its end, once: nobody asks whether it lives or is ready, nobody reaches it from outside, there "
    "is one of it, and it is not replaced while it runs. One that is always started again never ends.",
    bad=_JOB.replace("migrate:1}", "migrate:1, restart: always}  #! TW452"),
    good=_JOB,
)
JOB_MEMBER = Code(
    "TW453",
    "a job that others would reach",
    Severity.ERROR,
    why="A job does its work and ends: a proxy, or who has its address, would find nobody.",
    bad=HAPROXY.replace("shop/web:1, ports", "shop/web:1, kind: job, ports").replace("[web.http]}}", "[web.http]}}  #! TW453"),
    good=HAPROXY,
)
NEVER_ENDS = Code(
    "TW454",
    "waiting for the end of what does not end",
    Severity.ERROR,
    why="Only a job comes to its end: who waits until a service is `completed` never starts.",
    bad=_JOB.replace("kind: job, ", "").replace("completed}]", "completed}]  #! TW454"),
    good=_JOB,
)

CODES = (
    WAITING_LOOP,
    WAITS_TWICE,
    NEVER_HEALTHY,
    NEVER_STARTED,
    BLIND_MONITOR,
    NOT_OF_JOBS,
    JOB_MEMBER,
    NEVER_ENDS,
)
