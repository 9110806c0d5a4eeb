"""Docker's own tools, and an engine, take each kind of volume as it was meant."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.compiling import Outcome, compiled_text
from tests.conformance.docker import Engine, Failed
from tests.tools import tool

from .test_compose import accepted, placed, scalars, single

KINDS = """\
twipc: 1
project: shop
environment: prod
targets: {compose: {}, compose-2.4: {}, swarm: {}}
services:
  db:
    image: shop/db:1
    mounts: {/data: news, /media: media, "/l $x{{y": logs, /own: own, /gone: gone, /odd: odd}
volumes:
  news: {access: single-writer}
  media: {access: shared, nfs: {server: nfs.example.com, path: "/e $$x{{y,z"}}
  logs: {access: read-only, host: "/srv/logs $$x{{y:z,a"}
  own: {access: per-replica, retention: delete}
  gone: {access: scratch}
  odd: {access: shared, driver: {name: "shop/disk:1", options: {size: "1 $$x{{y"}}}
"""
BRACES = '{{"{{"}}'
COMMANDS = {
    "compose": ("docker", "compose", "config", "--format", "json"),
    "compose-2.4": ("docker-compose-1", "config"),
    "swarm": ("docker", "stack", "config", "-c", "docker-stack.yml"),
}


def printed(target: str, tmp_path: Path) -> dict[str, Any]:
    """What the tool prints of all kinds, with templates of a swarm filled in."""
    _, folder = placed(compiled_text(KINDS, targets=[target]), tmp_path)
    program, *arguments = COMMANDS[target]
    text = accepted(tool(program), *arguments, folder=folder)
    read: dict[str, Any] = json.loads(text) if target == "compose" else scalars(text)
    found = _filled_in(read) if target == "swarm" else single(read)
    assert isinstance(found, dict)
    return found


def _filled_in(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _filled_in(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_filled_in(child) for child in value]
    return value.replace(BRACES, "{{") if isinstance(value, str) else value


@pytest.mark.parametrize("target", COMMANDS)
def test_nfs_is_mounted_hard_and_with_locks(target: str, tmp_path: Path) -> None:
    media = printed(target, tmp_path)["volumes"]["media"]
    assert media["driver"] == "local"
    assert media["driver_opts"] == {"type": "nfs", "o": "addr=nfs.example.com,nfsvers=4.1,hard", "device": ":/e $$x{{y,z"}


@pytest.mark.parametrize("target", COMMANDS)
def test_a_driver_is_told_what_the_spec_says(target: str, tmp_path: Path) -> None:
    odd = printed(target, tmp_path)["volumes"]["odd"]
    assert (odd["driver"], odd["driver_opts"]) == ("shop/disk:1", {"size": "1 $$x{{y"})


@pytest.mark.parametrize("target", COMMANDS)
def test_a_folder_of_the_host_is_mounted_and_never_made(target: str, tmp_path: Path) -> None:
    (mount,) = (one for one in printed(target, tmp_path)["services"]["db"]["volumes"] if one["target"].startswith("/l "))
    bind = mount.pop("bind", {})
    assert {key: str(value).lower() for key, value in mount.items()} == {
        "type": "bind",
        "source": "/srv/logs $$x{{y:z,a",
        "target": "/l $x{{y",
        "read_only": "true",
    }
    # Compose prints that it makes one only where it would; a swarm and 1.29 never do.
    assert not bind.get("create_host_path")


@pytest.mark.parametrize("target", COMMANDS)
def test_an_instance_has_its_own(target: str, tmp_path: Path) -> None:
    """A volume without a name is new for each container; a swarm has numbers for its tasks."""
    said = printed(target, tmp_path)
    mounts = {one["target"]: one for one in said["services"]["db"]["volumes"]}
    assert "source" not in mounts["/gone"]
    assert "gone" not in said["volumes"]
    if target == "swarm":
        assert said["volumes"]["own"]["name"] == "shop-prod_own_{{.Service.Name}}_{{.Task.Slot}}"
        assert mounts["/own"]["source"] == "own"
        assert said["services"]["db"]["deploy"]["update_config"]["order"] == "stop-first"
    else:
        assert "source" not in mounts["/own"]
        assert "own" not in said["volumes"]


def test_a_swarm_keeps_a_task_where_its_volumes_are(tmp_path: Path) -> None:
    constraints = printed("swarm", tmp_path)["services"]["db"]["deploy"]["placement"]["constraints"]
    assert constraints == [f"node.labels.shop-prod.{name} == true" for name in ("logs", "news", "odd", "own")]


def running(tmp_path: Path, target: str) -> tuple[Outcome, Path]:
    """What an engine without NFS and without plugins can have, and the folder that is mounted."""
    folder = tmp_path / "host $x,y"
    text = KINDS.replace("/srv/logs $$x{{y:z,a", str(folder)).replace("/media: media, ", "").replace(", /odd: odd", "")
    lines = [line for line in text.splitlines() if not line.startswith(("  media:", "  odd:"))]
    return compiled_text("\n".join(lines) + "\n", targets=[target]), folder


def own(docker: Engine) -> dict[str, Any]:
    """What is mounted in the one container, by place."""
    (container,) = docker.inspect("container", docker.docker("ps", "--all", "--quiet").split())
    return {mount["Destination"]: mount for mount in container["Mounts"]}


@pytest.mark.xdist_group("docker")
@pytest.mark.timeout(300)
def test_compose_finds_an_instances_own_again_until_it_is_told_otherwise(docker: Engine, tmp_path: Path) -> None:
    outcome, host = running(tmp_path, "compose")
    _, folder = placed(outcome, tmp_path)
    docker.have_images(["shop/db:1"])
    with pytest.raises(Failed, match="bind source path does not exist"), docker.composed(folder):
        pass
    assert not host.exists()
    host.mkdir()
    with docker.composed(folder):
        first = own(docker)
        assert (first["/l $x{{y"]["Source"], first["/l $x{{y"]["RW"]) == (str(host), False)
        assert first["/data"]["Name"] == "shop-prod_news"
        docker.docker("compose", "create", "--force-recreate", folder=folder)
        again = own(docker)
        assert {place: again[place]["Name"] for place in ("/own", "/gone")} == {
            place: first[place]["Name"] for place in ("/own", "/gone")
        }
        docker.docker("compose", "up", "--no-start", "--force-recreate", "--renew-anon-volumes", folder=folder)
        renewed = own(docker)
        assert {renewed[place]["Name"] for place in ("/own", "/gone")}.isdisjoint(
            {first[place]["Name"] for place in ("/own", "/gone")}
        )
        docker.docker("compose", "down", folder=folder)
        docker.docker("compose", "create", folder=folder)
        after = own(docker)
        assert after["/own"]["Name"] != renewed["/own"]["Name"]
        assert after["/data"]["Name"] == "shop-prod_news"


@pytest.mark.xdist_group("docker")
@pytest.mark.timeout(300)
def test_docker_compose_1_mounts_the_same(docker: Engine, tmp_path: Path) -> None:
    outcome, host = running(tmp_path, "compose-2.4")
    _, folder = placed(outcome, tmp_path)
    docker.have_images(["shop/db:1"])
    host.mkdir()
    with docker.composed_by_1(folder):
        mounts = own(docker)
    assert (mounts["/l $x{{y"]["Source"], mounts["/l $x{{y"]["RW"]) == (str(host), False)
    assert mounts["/data"]["Name"] == "shop-prod_news"
    assert len({mounts[place]["Name"] for place in ("/own", "/gone")}) == 2
