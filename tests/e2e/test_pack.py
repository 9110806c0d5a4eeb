"""Built here, pushed to a registry, locked, compiled, and run from the registry alone: twipc's own verbs on a real engine."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dockerd import Failed
from tests.e2e.lab import Lab
from tests.e2e.lab.bases import NGINX
from tests.tools import ROOT, tool

pytestmark = [pytest.mark.xdist_group("lab"), pytest.mark.timeout(900)]

SPEC = """\
twipc: 1
project: parcel
environment: prod
targets:
  compose: {}
  compose-2.4: {}
  swarm: {}
  ecs:
    launch: fargate
    region: eu-west-1
    cluster: parcel
    subnets: [subnet-0a1b2c3d4e5f60718]
    security_groups: [sg-0a1b2c3d4e5f60718]
    execution_role: "arn:aws:iam::111122223333:role/parcel"
    registry: REGISTRY
services:
  edge:
    image: "parcel/edge:1"
    build: app
    http:
      engine: {name: nginx, version: "1.30"}
      listen: 8080
      routes: [{match: {prefix: /pages/}, files: /srv}]
      default: {status: 404}
    publish: [{port: http, host: 18123}]
    resources: {cpu: 0.25, memory: 128MiB}
accept:
  - {code: TW512, at: services.edge.publish.http, target: ecs, because: "no load balancer in this test"}
"""


class Shop:
    """A project of its own, in which twipc is run with the lab's engine."""

    def __init__(self, lab: Lab, root: Path) -> None:
        self.lab = lab
        self.root = root
        self.lock = root / "specs" / "prod.lock"

    def run(self, verb: str, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        path = f"PATH={tool('docker').parent}:{os.environ['PATH']}"
        command = ("env", path, f"PYTHONPATH={ROOT}", sys.executable, "-m", "twipc", verb, "prod", *arguments)
        done = self.lab.run(*command, folder=self.root)
        assert done.returncode == code, done.stdout + done.stderr
        return done

    def images(self) -> dict[str, str]:
        """Id by name, of the project's own."""
        said = self.lab.engine.docker("image", "ls", "--no-trunc", "--format", "{{.Repository}}:{{.Tag}} {{.ID}}")
        rows = (line.split() for line in said.splitlines())
        return {name: id for name, id in rows if "parcel" in name}

    def forget(self) -> None:
        """As on another machine: the engine has none of the images."""
        if there := set(self.images().values()):
            self.lab.engine.docker("image", "rm", "--force", *sorted(there))


@pytest.fixture
def registry(lab: Lab) -> Iterator[str]:
    with lab.registry() as address:
        yield address


@pytest.fixture
def shop(lab: Lab, registry: str, tmp_path: Path) -> Iterator[Shop]:
    lab.have(NGINX)
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "prod.yaml").write_text(SPEC.replace("REGISTRY", registry))
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "page.html").write_text("packed\n")
    (tmp_path / "app" / "Dockerfile").write_text(f"FROM {NGINX.name}\nCOPY page.html /srv/pages/page.html\n")
    found = Shop(lab, tmp_path)
    try:
        yield found
    finally:
        found.run("down")
        found.forget()


def test_what_was_built_here_runs_from_the_registry(shop: Shop, registry: str) -> None:
    docker = shop.lab.engine.docker
    shop.run("compile")
    assert "TW623" in shop.run("pack", "--registry", registry, code=1).stdout
    unlabelled = docker("build", "--quiet", "--tag", "parcel/edge:1", str(shop.root / "app")).strip()
    assert "TW643" in shop.run("pack", "--registry", registry, code=1).stdout
    shop.run("build")
    # It has lost its name, and without our label no verb of ours removes it.
    docker("image", "rm", unlabelled)
    assert "TW642" in shop.run("pack", code=1).stdout
    packed = json.loads(shop.run("pack", "--registry", registry, "--format", "json").stdout)["images"]
    lock = shop.lock.read_text()
    assert {one["digest"] for one in packed} == set(re.findall("sha256:[0-9a-f]{64}", lock))
    assert [re.sub("[0-9a-f]{12}$", "#", one["pushed"]) for one in packed] == [
        f"{registry}/parcel-prod-edge:#",
        f"{registry}/parcel/edge:1",
    ]
    # The registry's own word, not the client's.
    for one in packed:
        name, _, tag = one["pushed"].partition("/")[2].partition(":")
        accept = {"Accept": "application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json"}
        port = int(registry.rpartition(":")[2])
        answer = shop.lab.ask(f"/v2/{name}/manifests/{tag}", port, to="127.0.0.1", headers=accept)
        assert (answer.status, answer.headers["docker-content-digest"]) == (200, one["digest"])
    assert "specs/prod.lock: as it was" in shop.run("pack").stderr
    assert shop.lock.read_text() == lock
    shop.run("compile", "--check", code=1)
    shop.run("compile")
    shop.run("verify")
    pinned = f"{registry}/parcel/edge:1@{packed[1]['digest']}"
    assert f"# edge runs {pinned}\n" in shop.run("up", "--dry-run").stdout
    shop.forget()
    shop.run("up")
    (edge,) = docker("ps", "--quiet", "--filter", "label=io.twipc.project=parcel").split()
    (found,) = shop.lab.engine.inspect("container", [edge])
    assert found["Config"]["Image"] == pinned
    assert shop.lab.ask("/pages/page.html", 18123).text == "packed\n"
    shop.run("status")
    assert "nothing was to change" in shop.run("up").stderr
    shop.run("down")


def test_a_registry_that_is_down_leaves_the_lock_as_it_was(shop: Shop, registry: str) -> None:
    shop.run("compile")
    shop.run("build")
    shop.run("pack", "--registry", registry)
    lock = shop.lock.read_bytes()
    nowhere = "127.0.0.1:9"
    said = shop.run("pack", "--target", "compose", "--registry", nowhere, code=3)
    assert "error[TW615]" in said.stdout
    assert "connection refused" in said.stdout
    assert "specs/prod.lock stays as it is" in said.stderr
    assert shop.lock.read_bytes() == lock


def test_the_other_engines_take_what_is_pinned(shop: Shop, registry: str) -> None:
    """docker-compose 1.29 and a swarm pull by it; `docker stack config` and compose's own reader leave it as it is."""
    docker, out = shop.lab.engine.docker, shop.root / "out" / "prod"
    shop.run("compile")
    shop.run("build")
    shop.run("pack", "--registry", registry)
    shop.run("compile")
    pinned = re.findall(f'"({registry}/parcel/edge:1)": "(.*)"', shop.lock.read_text())
    image = "@".join(pinned[0])
    assert f"image: {image}\n" in docker("stack", "config", "--compose-file", "docker-stack.yml", folder=out / "swarm")
    assert f"image: {image}\n" in docker("compose", "--file", "docker-compose.yml", "config", folder=out / "compose")
    old = [str(tool("docker-compose-1"))]
    shop.forget()
    try:
        done = shop.lab.run(*old, "up", "-d", folder=out / "compose-2.4")
        assert done.returncode == 0, done.stderr
        (edge,) = docker("ps", "--quiet", "--filter", "label=io.twipc.project=parcel").split()
        (found,) = shop.lab.engine.inspect("container", [edge])
        assert found["Config"]["Image"] == image
    finally:
        shop.lab.run(*old, "down", folder=out / "compose-2.4")
    if not shop.lab.clients:  # the machine's own Docker: whether that is a swarm is not ours to change
        return
    docker("swarm", "init", "--advertise-addr", "127.0.0.1")
    try:
        shop.forget()
        shop.run("up", "--target", "swarm")
        (service,) = docker("service", "ls", "--quiet").split()
        (found,) = shop.lab.engine.inspect("service", [service])
        assert found["Spec"]["TaskTemplate"]["ContainerSpec"]["Image"] == image
        shop.run("status", "--target", "swarm")
        shop.run("down", "--target", "swarm")
    finally:
        docker("swarm", "leave", "--force")


def test_an_image_of_several_names_is_cleaned_away(shop: Shop, registry: str) -> None:
    shop.run("compile")
    shop.run("build")
    shop.run("pack", "--registry", registry)
    assert len(set(shop.images().values())) < len(shop.images())
    shop.run("clean", "--images", "--yes")
    assert shop.images() == {}
    with pytest.raises(Failed):
        shop.lab.engine.docker("image", "inspect", "parcel/edge:1")
