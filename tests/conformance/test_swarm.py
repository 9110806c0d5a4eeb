"""`docker stack config` accepts every stack, and takes it as it was meant."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.compiling import Outcome, compiled_text
from tests.strategies import CONFIGS
from tests.tools import tool
from twipc.target import FactKey, codes

from .test_compose import (
    EVERYTHING,
    RESTART,
    Told,
    accepted,
    as_commands,
    cpu,
    exactly,
    meant,
    memory,
    networks_told,
    only,
    outcome_of,
    placed,
    scalars,
    specs_for,
)

IGNORED = {
    *("build", "cgroup_parent", "container_name", "depends_on", "devices", "expose", "external_links", "ipc", "links"),
    *("mac_address", "network_mode", "pid", "privileged", "restart", "security_opt", "shm_size", "userns_mode"),
}
"""What `docker stack config` prints back and the deploy drops (docker/cli, `UnsupportedProperties` of its compose types)."""
PUBLISHED = """\
twipc: 1
project: shop
environment: prod
targets: {swarm: {}}
services:
  web:
    image: shop/web:1
    ports: {http: 8080, admin: 9000}
    publish:
      - {port: http, host: 80, address: 127.0.0.1}
      - {port: http, host: 81}
      - {port: http, host: 82, address: 127.0.0.1}
      - {port: http, host: 83}
      - {port: admin, host: 90, address: 127.0.0.1}
accept:
  - {code: TW512, at: services.web.publish.0, target: swarm, because: it is a test}
  - {code: TW512, at: services.web.publish.2, target: swarm, because: it is a test}
  - {code: TW512, at: services.web.publish.admin, target: swarm, because: it is a test}
"""


@pytest.mark.parametrize("discovery", ["dnsrr", "tasks"])
def test_services_find_each_other(discovery: str, tmp_path: Path) -> None:
    text = EVERYTHING.replace("swarm: {}", f"swarm: {{discovery: {discovery}}}")
    _, services = _stack(compiled_text(text, CONFIGS, targets=["swarm"]), tmp_path)
    tasks = discovery == "tasks"
    assert {service["deploy"]["endpoint_mode"] for service in services.values()} == {"vip" if tasks else "dnsrr"}
    assert services["worker"]["environment"]["DB"] == ("tasks.db:5432" if tasks else "db:5432")
    assert services["worker"]["environment"]["STORE"] == "store.example.com:5432"


@pytest.mark.parametrize("name", specs_for("swarm"))
def test_stack_takes_it_as_it_was_meant(name: str, tmp_path: Path) -> None:
    outcome = outcome_of(name, "swarm")
    facts, services = _stack(outcome, tmp_path)
    compiled = only(outcome)
    wanted = as_commands(meant(compiled), compiled)
    # What is for one address of a host cannot be said, and is not published.
    lost = {key for key, value in wanted.items() if key.field == "service.publish" and isinstance(value, tuple) and value[1]}
    # Neither can what a deploy drops: nobody has it there.
    wanted |= {key: False for key in wanted if key.field == "service.no_new_privileges"}
    # No service of a stack waits for another, and none has a limit of processes.
    lost |= {key for key in wanted if key.field in ("service.depends_on", "service.resources.pids")}
    assert facts == {key: value for key, value in wanted.items() if key not in lost}
    for service in services.values():
        assert not IGNORED & service.keys()
        assert all(port["mode"] == "host" for port in service.get("ports", ()))


def test_a_secret_is_for_its_user_alone(tmp_path: Path) -> None:
    _, folder = placed(outcome_of("everything", "swarm"), tmp_path)
    printed = scalars(accepted(tool("docker"), "stack", "config", "-c", "docker-stack.yml", folder=folder))
    assert {name: secret["name"] for name, secret in printed["secrets"].items()} == {
        "api-key": "shop_api-key.1",
        "tls-key": "shop-tls",
    }
    assert all(secret["external"] == "true" for secret in printed["secrets"].values())
    mounted = printed["services"]["db"]["secrets"]
    assert {(one["uid"], one["gid"], one["mode"]) for one in mounted} == {("10001", "10001", str(0o400))}
    (worker,) = printed["services"]["worker"]["secrets"]
    assert (worker["uid"], worker["gid"], worker["mode"]) == ("0", "0", str(0o444))


def test_only_what_is_for_all_addresses_is_published(tmp_path: Path) -> None:
    outcome = compiled_text(PUBLISHED, targets=["swarm"])
    _, services = _stack(outcome, tmp_path)
    assert [port["published"] for port in services["web"]["ports"]] == ["81", "83"]
    assert codes.EXPOSURE_LOST.id not in outcome.codes
    assert codes.EXPOSURE_LOST.id in compiled_text(PUBLISHED.split("accept:")[0], targets=["swarm"]).codes


@pytest.mark.parametrize("name", specs_for("swarm"))
def test_configs_are_named_after_their_content(name: str, tmp_path: Path) -> None:
    compiled, folder = placed(outcome_of(name, "swarm"), tmp_path)
    printed = scalars(accepted(tool("docker"), "stack", "config", "-c", "docker-stack.yml", folder=folder))
    configs = (printed.get("configs") or {}).values()
    digests = [hashlib.sha256(Path(config["file"]).read_bytes()).hexdigest()[:12] for config in configs]
    assert [config["name"].rpartition("-")[2] for config in configs] == digests
    assert len({config["name"] for config in configs}) == len(compiled.bundle.artifacts) - 1


def test_long_names_of_configs_stay_apart() -> None:
    """Two services whose names differ only where a config's name is cut off."""
    words = "abcdefghijklmnopqrstuvwxyz"
    service = '    http: {engine: {name: nginx, version: "1.30"}, listen: 8080, default: {status: 404}}\n'
    text = f"twipc: 1\nproject: p{words[:15]}\nenvironment: prod\ntargets: {{swarm: {{}}}}\nservices:\n" + "".join(
        f"  {words}{end}:\n{service}" for end in ("one", "two")
    )
    stack = only(compiled_text(text, targets=["swarm"])).bundle.texts["docker-stack.yml"]
    names = re.findall(r'name: "(p[^"]*)"', stack)
    assert len(names) == len(set(names)) == 2
    assert all(len(name) <= 64 for name in names)


def test_stack_makes_internal_networks_internal_and_encrypted_ones_encrypted(tmp_path: Path) -> None:
    _, folder = placed(outcome_of("everything", "swarm"), tmp_path)
    printed = scalars(accepted(tool("docker"), "stack", "config", "-c", "docker-stack.yml", folder=folder))
    assert networks_told(printed, "name", "driver", "internal", "driver_opts", "attachable") == {
        "back": {
            "name": "shop-prod_back",
            "driver": "overlay",
            "internal": "true",
            "driver_opts": {"encrypted": "true"},
            "attachable": None,
        },
        "front": {
            "name": "shop-prod_front",
            "driver": "overlay",
            "internal": None,
            "driver_opts": None,
            "attachable": None,
        },
    }


def test_long_names_of_networks_are_refused() -> None:
    """The default network's too, which has services without networks on it."""
    long = "a" * 31
    head = (
        f"twipc: 1\nproject: {long}\nenvironment: b{long[:24]}\ntargets: {{swarm: {{}}}}\nservices:\n  ab: {{image: shop/web:1"
    )

    def told(text: str) -> list[tuple[str, str]]:
        found = compiled_text(head + text, stem=f"b{long[:24]}").findings
        return [(one.at, one.message.split("`")[0]) for one in found if one.code.id == "SWARM102"]

    assert told("}") == [("environment", "the stack's own network ")]
    assert told(", networks: [back]}\nnetworks: {back: {}}") == []
    assert told(", networks: [frontier]}\nnetworks: {frontier: {}}") == [("networks.frontier", "")]


def test_an_empty_page_is_refused() -> None:
    text = """\
twipc: 1
project: shop
environment: prod
targets: {swarm: {}}
services:
  web:
    http:
      engine: {name: nginx, version: "1.30"}
      listen: 8080
      default: {status: 404}
      error_pages: [{status: [404], page: empty.html}]
"""
    found = [one for one in compiled_text(text, {"empty.html": ""}).findings if one.code.id == "SWARM104"]
    assert [one.at for one in found] == ["services.web.http.error_pages.0.page"]
    assert "SWARM104" not in compiled_text(text, {"empty.html": "x"}).codes


PLACED = """\
twipc: 1
project: shop
environment: prod
targets: {swarm: {}}
services:
  web:
    image: shop/web:1
    mounts: {/data: news}
    rollout: {order: start-first, parallelism: 2, delay: 1500ms, monitor: 2m30s, on_failure: continue}
    placement: {constraints: {com.example.disk: ssd, zone: "1e3"}, spread: [zone, rack], max_per_host: 3}
volumes:
  news: {access: shared}
"""


def test_a_stack_runs_and_is_updated_as_the_spec_says(tmp_path: Path) -> None:
    _, services = _stack(compiled_text(PLACED), tmp_path)
    assert services["web"]["deploy"]["placement"] == {
        "constraints": ["node.labels.shop-prod.news == true", "node.labels.com.example.disk == ssd", "node.labels.zone == 1e3"],
        "preferences": [{"spread": "node.labels.zone"}, {"spread": "node.labels.rack"}, {"spread": "node.id"}],
        "max_replicas_per_node": "3",
    }
    rolled = {"parallelism": "2", "order": "start-first", "delay": "1.5s", "monitor": "2m30s"}
    update, back = (services["web"]["deploy"][f"{way}_config"] for way in ("update", "rollback"))
    assert {**rolled, "failure_action": "continue"}.items() <= update.items()
    assert {**rolled, "failure_action": "pause"}.items() <= back.items()


def test_a_job_runs_once_and_is_never_updated(tmp_path: Path) -> None:
    """An update config is what only the engine refuses: "Jobs may not have an update config"."""
    text = PLACED.split("services:")[0] + "services:\n  migrate: {kind: job, image: shop/migrate:1}\n"
    _, services = _stack(compiled_text(text), tmp_path)
    deploy = services["migrate"]["deploy"]
    assert (deploy["mode"], deploy["replicas"], deploy["restart_policy"]["condition"]) == ("replicated-job", "1", "none")
    assert not {"update_config", "rollback_config"} & deploy.keys()


def _stack(outcome: Outcome, tmp_path: Path) -> tuple[dict[FactKey, object], dict[str, Any]]:
    """What `docker stack config` makes of a compiled spec: its facts, and its services."""
    _, folder = placed(outcome, tmp_path)
    printed = scalars(accepted(tool("docker"), "stack", "config", "-c", "docker-stack.yml", folder=folder))
    services: dict[str, Any] = printed["services"]
    return _said(services, printed.get("configs") or {}), services


def _said(services: Mapping[str, Any], configs: Mapping[str, Any]) -> dict[FactKey, object]:
    facts: dict[FactKey, object] = {}
    for name, service in services.items():
        told = Told(name)
        told.common(_filled_in(service))
        files = {one["target"]: configs[one["source"]]["file"] for one in service.get("configs") or ()}
        told.say("configs", {place: exactly(file) for place, file in files.items() if "/files/" in file})
        deploy = service["deploy"]
        limits = (deploy.get("resources") or {}).get("limits") or {}
        told.say("replicas", int(deploy["replicas"]))
        told.say("resources.cpu", cpu(limits.get("cpus")))
        told.say("resources.memory", memory(limits.get("memory")))
        told.say("restart", RESTART[deploy["restart_policy"]["condition"]])
        for port in service.get("ports", ()):
            told.publish(port["target"], port["protocol"], port.get("published"), "")
        facts |= told.facts
    return facts


def _filled_in(service: Mapping[str, Any]) -> dict[str, Any]:
    """Variables and mounts as swarm fills in their templates: ours all print two braces."""
    braces = '{{"{{"}}'
    variables = {name: value.replace(braces, "{{") for name, value in (service.get("environment") or {}).items()}
    mounts = [{**mount, "target": mount["target"].replace(braces, "{{")} for mount in service.get("volumes") or ()]
    return {**service, "environment": variables, "volumes": mounts}


PINNED = """\
twipc: 1
project: shop
environment: prod
targets: {swarm: {}}
services:
  web:
    image: shop/web:1
    ports: {http: 8080, admin: 9000}
    replicas: REPLICAS
    publish: [{port: admin, host: ephemeral}, {port: http, host: HOST}]
    mounts: {/data: news}
volumes:
  news: {access: ACCESS}
"""


@pytest.mark.parametrize("access", ["shared", "read-only"])
def test_replicas_that_one_node_has_no_ports_for_are_refused(access: str) -> None:
    def codes_of(replicas: int, host: str, text: str = PINNED) -> list[str]:
        text = text.replace("REPLICAS", str(replicas)).replace("HOST", host).replace("ACCESS", access)
        return compiled_text(text).codes

    assert "SWARM105" in codes_of(2, "80")
    assert "SWARM105" not in codes_of(1, "80")
    assert "SWARM105" not in codes_of(2, "ephemeral")
    assert "SWARM105" not in codes_of(2, "80", PINNED.replace("mounts: {/data: news}", "restart: never"))
    # For one address it is not published at all.
    assert "SWARM105" not in codes_of(2, "80, address: 127.0.0.1")


def test_exactly_one_node_holds_a_volume() -> None:
    text = PINNED.replace("REPLICAS", "1").replace("HOST", "80").replace("ACCESS", "shared")
    (pinned,) = (finding for finding in compiled_text(text).findings if finding.code.id == "SWARM101")
    assert pinned.help is not None
    assert "exactly one NODE" in pinned.help
