"""docker-compose 1.29 accepts every file of format 2.4, and takes it as it was meant."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.compiling import compiled_text
from tests.tools import tool
from twipc.target import FactKey

from .test_compose import (
    JOBS,
    RESTART,
    Told,
    accepted,
    as_commands,
    cpu,
    meant,
    memory,
    networks_told,
    outcome_of,
    placed,
    scalars,
    single,
    specs_for,
)


@pytest.mark.parametrize("name", specs_for("compose-2.4"))
def test_docker_compose_1_takes_it_as_it_was_meant(name: str, tmp_path: Path) -> None:
    compiled, folder = placed(outcome_of(name, "compose-2.4"), tmp_path)
    printed = scalars(accepted(tool("docker-compose-1"), "config", folder=folder))
    assert printed["version"] == "2.4"
    assert _said(single(printed["services"])) == _echoed(as_commands(meant(compiled), compiled))


def test_docker_compose_1_waits_for_jobs(tmp_path: Path) -> None:
    _, folder = placed(compiled_text(JOBS, targets=["compose-2.4"]), tmp_path)
    printed = scalars(accepted(tool("docker-compose-1"), "config", folder=folder))["services"]
    assert printed["migrate"]["restart"] == "on-failure"
    assert printed["migrate"]["depends_on"] == {"fill": {"condition": "service_completed_successfully"}}
    assert printed["web"]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_the_project_has_its_name_without_an_option(tmp_path: Path) -> None:
    """Asked of Compose v2, which prints the name; 1.29 takes it from the same variable of the same file."""
    compiled, folder = placed(outcome_of("everything", "compose-2.4"), tmp_path)
    file = folder / "docker-compose.yml"
    file.write_text(file.read_text().replace('version: "2.4"\n', ""))
    printed = accepted(tool("docker"), "compose", "-f", str(file), "config", "--format", "json", folder=tmp_path)
    assert json.loads(printed)["name"] == compiled.model.name


def test_docker_compose_1_makes_internal_networks_internal(tmp_path: Path) -> None:
    _, folder = placed(outcome_of("everything", "compose-2.4"), tmp_path)
    printed = scalars(accepted(tool("docker-compose-1"), "config", folder=folder))
    assert networks_told(printed, "name", "driver", "internal") == {
        "back": {"name": None, "driver": "bridge", "internal": "true"},
        "front": {"name": None, "driver": "bridge", "internal": None},
    }


def _echoed(facts: dict[FactKey, object]) -> dict[FactKey, object]:
    """1.29 reads U+0085 right, but its own printer makes it a line end, which is a space to the next reader."""
    return {
        key: {name: (kind, text.replace("\x85", " ")) for name, (kind, text) in value.items()}
        if key.field == "service.env" and isinstance(value, dict)
        else value
        for key, value in facts.items()
    }


def _said(services: Mapping[str, Any]) -> dict[FactKey, object]:
    facts: dict[FactKey, object] = {}
    for name, service in services.items():
        told = Told(name)
        told.common(service)
        secrets = [mount["target"] for mount in service.get("volumes") or () if "/.secrets/" in mount["source"]]
        told.say("secrets", tuple(sorted(secrets)))
        told.say("replicas", int(service["scale"]))
        told.say("resources.cpu", cpu(service.get("cpus")))
        told.say("resources.memory", memory(service.get("mem_limit")))
        told.say("resources.pids", int(service["pids_limit"]))
        told.say("restart", RESTART[service["restart"]])
        for port in service.get("ports", ()):
            told.publish(*_port(port))
        facts |= told.facts
    return facts


def _port(port: Mapping[str, Any] | str) -> tuple[object, str, object, str]:
    """1.29 prints a port with an address as a string, any other as a mapping."""
    if not isinstance(port, str):
        return port["target"], port.get("protocol", "tcp"), port.get("published"), ""
    address, host, number = port.split(":")
    number, _, protocol = number.partition("/")
    return number, protocol or "tcp", host, address
