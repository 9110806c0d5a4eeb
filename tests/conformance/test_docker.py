"""A real Docker engine takes every compose file and stack, and makes of it what the spec means."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest

from tests.compiling import ROOT, compiled_text
from tests.conformance.docker import Engine, Failed
from tests.conformance.docker.inspected import of_containers, of_services, text
from twipc.driver import Compiled
from twipc.target import FactKey, codes

from .test_compose import as_commands, meant, outcome_of, placed, specs_for
from .test_swarm import PLACED

pytestmark = [pytest.mark.xdist_group("docker"), pytest.mark.timeout(300)]

STARTED = """
import time
from tests.conformance.docker import engine
with engine() as started:
    print(started.host.removeprefix("unix://"), flush=True)
    time.sleep(60)
"""
DIGEST = "@sha256:" + "0" * 64


def images(compiled: Compiled) -> set[str]:
    """What the services of a bundle run."""
    lines = "\n".join(text for path, text in compiled.bundle.texts.items() if path.endswith(".yml")).splitlines()
    return {line.partition('"')[2].rstrip('"') for line in lines if line.strip().startswith("image: ")}


def created(compiled: Compiled, folder: Path) -> None:
    """The secret files that a compose file names, and no digest, which only a registry gives."""
    for secret in compiled.model.environment.secrets.values():
        if secret.file:
            file = folder.parents[2] / secret.file
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("x\n")
    for file in folder.glob("*.yml"):
        file.write_text(file.read_text().replace(DIGEST, ""))


def wanted(compiled: Compiled, there: Iterable[FactKey]) -> dict[FactKey, object]:
    """The facts of those services that have a container."""
    names = {key.owner[0] for key in there}
    facts = as_commands(meant(compiled), compiled)
    # Who starts first is nothing that the engine knows.
    facts = {key: value for key, value in facts.items() if key.field != "service.depends_on"}
    facts |= {
        key: value.replace(DIGEST, "")
        for key, value in facts.items()
        if key.field == "service.image" and isinstance(value, str)
    }
    idle = {name for name, service in compiled.model.services if not service.replicas}
    assert names == {name for name, _ in compiled.model.services} - idle
    return {key: value for key, value in facts.items() if key.owner[0] in names}


def in_any_order(facts: Mapping[FactKey, object]) -> dict[FactKey, object]:
    """Facts of services in a swarm, which sorts published ports and writes out the tag that every image has."""
    found: dict[FactKey, object] = {}
    published: dict[FactKey, list[object]] = {}
    for key, value in facts.items():
        if key.field == "service.publish":
            published.setdefault(FactKey(key.field, key.owner[:2]), []).append(value)
        elif key.field == "service.image":
            found[key] = f"{value}:latest" if ":" not in str(value).rpartition("/")[2] else value
        else:
            found[key] = value
    return {**found, **{key: sorted(values, key=str) for key, values in published.items()}}


@pytest.mark.parametrize("name", specs_for("compose"))
def test_containers_are_what_the_spec_means(docker: Engine, name: str, tmp_path: Path) -> None:
    compiled, folder = placed(outcome_of(name, "compose"), tmp_path)
    created(compiled, folder)
    docker.have_images(image.replace(DIGEST, "") for image in images(compiled))
    with docker.composed(folder) as containers:
        seen = of_containers(containers)
        assert seen == wanted(compiled, seen)


@pytest.mark.parametrize("name", specs_for("compose-2.4"))
def test_containers_of_docker_compose_1_are_what_the_spec_means(docker: Engine, name: str, tmp_path: Path) -> None:
    compiled, folder = placed(outcome_of(name, "compose-2.4"), tmp_path)
    created(compiled, folder)
    docker.have_images(image.replace(DIGEST, "") for image in images(compiled))
    with docker.composed_by_1(folder) as containers:
        seen = of_containers(containers)
        facts = wanted(compiled, seen)
    # 1.29 joins all networks but one when it starts a container.
    joined = {key: facts.pop(key) for key in list(facts) if key.field == "service.networks"}
    for key, networks in joined.items():
        first = seen.pop(key)
        assert isinstance(first, dict)
        assert isinstance(networks, dict)
        assert len(first) == 1
        assert first.items() <= networks.items()
    assert seen == facts


@pytest.mark.parametrize("name", specs_for("swarm"))
def test_services_are_what_the_spec_means(docker: Engine, name: str, tmp_path: Path) -> None:
    compiled, folder = placed(outcome_of(name, "swarm"), tmp_path)
    secrets = [one.swarm.name for one in compiled.model.environment.secrets.values() if one.swarm]
    with docker.deployed(folder, compiled.model.name, secrets) as services:
        networks = {one["Id"]: one["Name"] for one in docker.inspect("network", docker.docker("network", "ls", "-q").split())}
        configs = {one["ID"]: one for one in docker.inspect("config", docker.docker("config", "ls", "-q").split())}
        seen = of_services(services, networks, configs)
        facts = as_commands(meant(compiled), compiled)
        # What is for one address of a host cannot be said, and is not published; the rest it has no word for.
        lost = {
            key
            for key, value in facts.items()
            if (key.field == "service.publish" and isinstance(value, tuple) and value[1])
            or key.field in ("service.no_new_privileges", "service.depends_on", "service.resources.pids")
        }
        assert in_any_order(seen) == in_any_order({key: value for key, value in facts.items() if key not in lost})
        # Every other file of the bundle is a config, byte for byte.
        assert {text(config) for config in configs.values()} == {
            body for path, body in compiled.bundle.texts.items() if path != "docker-stack.yml"
        }


SHARING = """\
twipc: 1
project: shop
environment: prod
targets: {compose: {}, compose-2.4: {}, swarm: {}}
services:
  more: {image: shop/say:1, shm_size: 96MiB, read_only: true}
  less: {image: shop/say:1, shm_size: 4KiB, tmpfs: [{path: /scratch, size: 64KiB}]}
  usual: {image: shop/say:1}
"""


SHARED = {"more": "98304k", "less": "4k 64k", "usual": "65536k"}
"""Of /dev/shm, and of a place for scratch files."""


@pytest.mark.parametrize("target", ["compose", "compose-2.4", "swarm"])
def test_what_lies_in_memory_has_the_size_that_the_spec_says(docker: Engine, target: str, tmp_path: Path) -> None:
    compiled, folder = placed(compiled_text(SHARING, targets=[target]), tmp_path)
    docker.have_images(images(compiled))

    def shared(container: str) -> str:
        mounts = docker.docker("exec", container, "/bin/busybox", "cat", "/proc/mounts").splitlines()
        found = {line.split()[1]: line.split()[3] for line in mounts if line.split()[1] in ("/dev/shm", "/scratch")}
        assert all({"rw", "nosuid", "nodev", "noexec"} <= set(options.split(",")) for options in found.values())
        return " ".join(re.findall("size=([0-9]+k)", ",".join(options for _, options in sorted(found.items()))))

    def running() -> dict[str, str]:
        names = docker.docker("ps", "--format", "{{.Names}}").split()
        return {next(one for one in SHARED if one in name): shared(name) for name in names}

    if target == "swarm":
        with docker.deployed(folder, compiled.model.name, [], start=True):
            end = time.monotonic() + 60
            while len(found := docker.docker("ps", "--quiet").split()) < len(SHARED) and time.monotonic() < end:
                time.sleep(0.2)
            assert len(found) == len(SHARED)
            assert running() == SHARED
        return
    with docker.composed(folder, start=True) if target == "compose" else docker.composed_by_1(folder) as containers:
        for container in containers:
            docker.docker("start", container["Id"])
        assert running() == SHARED


def test_a_swarm_places_and_updates_as_the_spec_says(docker: Engine, tmp_path: Path) -> None:
    compiled, folder = placed(compiled_text(PLACED), tmp_path)
    with docker.deployed(folder, compiled.model.name, []) as services:
        (spec,) = (service["Spec"] for service in services)
    placement = spec["TaskTemplate"]["Placement"]
    assert placement["Constraints"] == [
        *("node.labels.shop-prod.news == true", "node.labels.com.example.disk == ssd", "node.labels.zone == 1e3")
    ]
    spread = [one["Spread"]["SpreadDescriptor"] for one in placement["Preferences"]]
    assert spread == ["node.labels.zone", "node.labels.rack", "node.id"]
    assert placement["MaxReplicas"] == 3
    rolled = {
        "Parallelism": 2,
        "Order": "start-first",
        "Delay": 1_500_000_000,
        "Monitor": 150_000_000_000,
        "MaxFailureRatio": 0,
    }
    assert spec["UpdateConfig"] == {**rolled, "FailureAction": "continue"}
    assert spec["RollbackConfig"] == {**rolled, "FailureAction": "pause"}


def test_a_swarm_takes_a_job_and_none_that_is_updated(docker: Engine, tmp_path: Path) -> None:
    text = PLACED.split("services:")[0] + "services:\n  migrate: {kind: job, image: shop/migrate:1}\n"
    compiled, folder = placed(compiled_text(text), tmp_path)
    with docker.deployed(folder, compiled.model.name, []) as services:
        (spec,) = (service["Spec"] for service in services)
    assert spec["Mode"] == {"ReplicatedJob": {"MaxConcurrent": 1, "TotalCompletions": 1}}
    assert spec["TaskTemplate"]["RestartPolicy"]["Condition"] == "none"
    file = folder / "docker-stack.yml"
    mode = 'mode: "replicated-job"\n'
    file.write_text(file.read_text().replace(mode, f"{mode}      update_config:\n        parallelism: 1\n"))
    with pytest.raises(Failed, match="Jobs may not have an update config"), docker.deployed(folder, compiled.model.name, []):
        pass


GRACE = """\
twipc: 1
project: shop
environment: prod
targets: {compose: {}, compose-2.4: {}}
services:
  half: {image: "shop/half:1", stop_grace: 500ms}
  more: {image: "shop/half:1", stop_grace: 1001ms}
  whole: {image: "shop/half:1", stop_grace: 2s}
"""


@pytest.mark.parametrize("target", ["compose", "compose-2.4"])
def test_the_time_to_end_is_never_cut_short(docker: Engine, target: str, tmp_path: Path) -> None:
    outcome = compiled_text(GRACE, targets=[target])
    assert [finding.at for finding in outcome.findings if finding.code == codes.APPROXIMATED] == [
        "services.half.stop_grace",
        "services.more.stop_grace",
    ]
    _, folder = placed(outcome, tmp_path)
    docker.have_images(["shop/half:1"])
    with docker.composed(folder) if target == "compose" else docker.composed_by_1(folder) as containers:
        seen = {one["Config"]["Labels"]["com.docker.compose.service"]: one["Config"]["StopTimeout"] for one in containers}
    assert seen == {"half": 1, "more": 2, "whole": 2}


def test_the_engine_ends_with_who_started_it(docker: Engine) -> None:
    assert docker.version()
    started = subprocess.Popen([sys.executable, "-c", STARTED], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    with started:
        assert started.stdout
        folder = Path(started.stdout.readline().strip()).parent
        assert running(folder)
        started.kill()
    deadline = time.monotonic() + 20
    while (folder.exists() or running(folder)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not folder.exists()
    assert not running(folder)
    assert not list(Path("/sys/fs/cgroup").glob(f"**/{folder.name}"))


def running(folder: Path) -> list[str]:
    """The processes whose command line names a folder."""
    named = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it has ended meanwhile
            command = process.read_bytes().decode(errors="replace")
            if str(folder) in command:
                named.append(command)
    return named


STARTS = """\
twipc: 1
project: shop
environment: prod
targets: {compose: {}}
services:
  db: {image: "shop/one:1", health: {command: [/bin/busybox, "true"], interval: 1s}}
  fill: {kind: job, image: "shop/one:1", command: [/bin/busybox, sleep, "1"], depends_on: [db]}
  web: {image: "shop/one:1", depends_on: [{service: fill, condition: completed}]}
"""


def test_who_waits_starts_when_it_may(docker: Engine, tmp_path: Path) -> None:
    _, folder = placed(compiled_text(STARTS), tmp_path)
    docker.have_images(["shop/one:1"])
    with docker.composed(folder, start=True) as containers:
        states = {one["Config"]["Labels"]["com.docker.compose.service"]: one["State"] for one in containers}
    assert states["db"]["Health"]["Status"] == "healthy"
    assert min(moment(check["End"]) for check in states["db"]["Health"]["Log"]) < moment(states["fill"]["StartedAt"])
    assert (states["fill"]["Status"], states["fill"]["ExitCode"]) == ("exited", 0)
    assert moment(states["fill"]["FinishedAt"]) < moment(states["web"]["StartedAt"])
    assert states["web"]["Status"] == "running"


def moment(text: str) -> datetime:
    """A time as the engine prints it, with as many digits as it needs."""
    return datetime.fromisoformat(text)
