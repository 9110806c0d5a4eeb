"""A store has one writer while an environment changes: from no lock to one, back, to another lock, and to another name."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest

from tests.conformance.docker import Engine
from tests.conformance.docker.images import with_programs
from tests.conformance.test_running import Verbs

pytestmark = [pytest.mark.xdist_group("docker"), pytest.mark.timeout(600)]

IMAGE = "shop/writer:1"
WRITER = """\
#!/bin/busybox sh
read -r me </proc/sys/kernel/hostname
trap 'sleep 2; exit' TERM  # who is asked to end still writes for a while
(while echo "$me" >>/data/journal; do sleep 0.05; done) &
touch /alive
wait
"""
ALONE = f"""\
services:
  web:
    image: {IMAGE}
    command: [/writer]
    mounts: {{/data: news}}
    stop_grace: 10s
    health: {{command: [/bin/busybox, test, -e, /alive], interval: 300ms, timeout: 5s, start_period: 5s}}
volumes: {{news: {{access: single-writer}}}}
"""
LOCKED = ALONE.replace("    mounts", "    mode: {active-standby: {lock: /data/.lock}}\n    mounts")
ELSEWHERE = LOCKED.replace("/data/.lock", "/data/other.lock")
RENAMED = ALONE.replace("  web:", "  site:")


@pytest.fixture(params=["compose", "swarm"])
def shop(request: pytest.FixtureRequest, docker: Engine, tmp_path: Path) -> Iterator[tuple[Verbs, str]]:
    target: str = request.param
    docker.have_image(IMAGE, with_programs("flock") | {"writer": (WRITER.encode(), 0o755)})
    node = ""
    if target == "swarm":
        docker.available(True)
        node = docker.docker("node", "ls", "--quiet").strip()
        docker.docker("node", "update", "--label-add", "shop-prod.news=true", node)
    verbs = Verbs(docker, tmp_path)
    try:
        yield verbs, target
    finally:
        verbs.run("down")
        if node:
            docker.docker("node", "update", "--label-rm", "shop-prod.news", node)
            docker.available(False)
            docker.gone("label=com.docker.swarm.service.id")
        docker.docker("volume", "rm", "shop-prod_news")


def turns(docker: Engine) -> list[str]:
    """Who wrote, each once for all that it wrote before another did."""
    (there, *_) = docker.docker("ps", "--quiet", "--filter", "volume=shop-prod_news").split()
    journal = docker.docker("exec", there, "/bin/busybox", "cat", "/data/journal")
    return [name for name, _ in groupby(journal.split())]


def comes(docker: Engine, count: int) -> None:
    """Waits until so many have written."""
    end = time.monotonic() + 30
    while len(turns(docker)) < count:
        assert time.monotonic() < end, "nobody writes"
        time.sleep(0.2)


@pytest.mark.parametrize("steps", [[ALONE, LOCKED, ALONE], [LOCKED, ELSEWHERE], [ALONE, RENAMED]])
def test_the_old_has_ended_before_the_new_writes(shop: tuple[Verbs, str], steps: list[str]) -> None:
    verbs, target = shop
    for nth, body in enumerate(steps, 1):
        verbs.compiled(body, target)
        verbs.run("up")
        verbs.run("status")
        comes(verbs.docker, nth)
    wrote = turns(verbs.docker)
    assert len(wrote) == len(set(wrote)), "somebody wrote between the lines of another"
