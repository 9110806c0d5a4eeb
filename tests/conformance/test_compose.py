"""Docker Compose v2 accepts every compose file, and takes it as it was meant."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.compiling import ROOT, Outcome, committed, compiled_spec, compiled_text, write
from tests.strategies import CARRIED, CONFIGS, NASTY
from tests.tools import tool
from twipc.diagnostics import Report
from twipc.driver import Compiled
from twipc.formats.engines import ENGINES
from twipc.formats.yamltext import quote
from twipc.project import Project
from twipc.spec import Cpu, Duration, Size, assemble
from twipc.syntax import Tree
from twipc.target import OF_PROGRAMS, FactKey, Facts, facts_of

COMPARED = (
    *("image", "command", "env", "publish", "replicas", "health.", "resources.", "restart", "stop_grace", "mounts"),
    *("secrets", "configs", "depends_on"),
    "networks",
    "labels",
    "logging.",
    *OF_PROGRAMS,
    "no_new_privileges",
)
"""The fields of a service that a tool's own output shows."""
RESTART = {"unless-stopped": "always", "on-failure": "on-failure", "no": "never", "any": "always", "none": "never"}

NASTY_VARIABLES = ", ".join(f"A{number}: {quote(text)}" for number, text in enumerate((*NASTY, *CARRIED)))
EVERYTHING = f"""\
twipc: 1
project: shop
environment: prod
targets: {{compose: {{}}, compose-2.4: {{}}, swarm: {{}}}}
services:
  db:
    image: "registry.example:5000/shop/db:1.2@sha256:{"0" * 64}"
    entrypoint: ["{{{{enter}}}}", "$HOME", "", "a b", "-x=$$1"]
    working_dir: "/srv/$x {{{{y"
    user: "10001:10001"
    read_only: true
    tmpfs: [/tmp, {{path: /var/a-b.c_d, size: 68KiB}}]
    shm_size: 96MiB
    capabilities: [SETUID, CHOWN]
    stop_signal: SIGINT
    no_new_privileges: false
    ulimits: {{nofile: {{soft: 1024, hard: 2048}}, memlock: -1, core: 0, fsize: {(1 << 63) - 1}, rttime: {{soft: 0, hard: 10}}}}
    init: false
    command: [serve, "$HOME", "a b", "", "-x=$$1", "#c", "{{{{.Node.ID}}}}"]
    ports: {{sql: 5432, admin: 9000, extra: 9001, dns: {{number: 53, protocol: udp}}, dns-tcp: 53}}
    publish:
      - {{port: dns-tcp, host: 53}}
      - {{port: dns, host: 53}}
      - {{port: dns, host: ephemeral}}
      - {{port: dns, host: 5353, address: 127.0.0.1}}
      - {{port: sql, host: 15432}}
      - {{port: admin, host: ephemeral}}
      - {{port: admin, host: 19000}}
    health: {{command: [check, "${{B:?boom}}", "; true"], interval: 1500ms, timeout: 1m30s, failures: 10, start_period: 2m}}
    resources: {{cpu: 0.015, memory: 6291457B, pids: 77}}
    restart: on-failure
    labels: {{com.example.team: "$HOME ${{B:?boom}} {{{{.Node.ID}}}} 100% \\"#", on: "", a/b: "yes"}}
    logging:
      driver: json-file
      options: {{max-size: 10m, tag: "$HOME ${{B:?boom}} {{{{.Name}}}} 100% \\"#", labels: "on,a/b"}}
    networks: [front, {{network: back, aliases: [sql.shop, "0x1f.on", y]}}]
    stop_grace: 1h1m1s
    configs: {{/etc/a_b/x.conf: app/app.properties, /etc/a-b/x.conf: app/windows.ini, /odd: app/odd.txt, /one: app/one line}}
    secrets: [api-key, {{secret: tls-key, path: /etc/a-b/c_d.pem}}, {{secret: tls-key, path: /run/key}}]
    mounts: {{"/data": news, "/my files/$x{{{{y": shared, /seen: seen}}
  worker:
    image: busybox
    replicas: 3
    networks: [back, front]
    restart: never
    logging: {{driver: gelf, options: {{gelf-address: "udp://127.0.0.1:12201", gelf-compression-level: "0"}}}}
    depends_on: [db, {{service: cache, condition: started}}]
    env: {{DB: {{address: db.sql}}, STORE: {{address: store.sql}}, EMPTY: ""}}
    secrets: [api-key]
    resources: {{cpu: 2, memory: 1GiB}}
  cache: {{image: busybox, logging: none}}
  ledger:
    image: busybox
    entrypoint: [enter, "$x"]
    command: [serve]
    ports: {{http: 8080}}
    health: {{http: /live}}
    mounts: {{"/ledger $x{{{{y": ledger}}
    mode: {{active-standby: {{standbys: 2, lock: "/ledger $x{{{{y/$$lock {{{{x}}}} 100%"}}}}
  migrate: {{kind: job, image: busybox, depends_on: [db], restart: on-failure}}
  idle: {{image: busybox, replicas: 0, env: {{{NASTY_VARIABLES}}}}}
networks: {{front: {{}}, back: {{internal: true, encrypted: true}}}}
external: {{store: {{host: store.example.com, ports: {{sql: 5432}}}}}}
volumes:
  news: {{access: single-writer}}
  shared: {{access: shared, retention: delete}}
  seen: {{access: read-only}}
  ledger: {{access: single-writer}}
accept:
  - {{code: TW512, at: services.db.publish.3, target: swarm, because: only one host has addresses}}
  - {{code: TW513, at: services.db.resources.pids, target: swarm, because: its memory holds it}}
  - {{code: TW514, at: services.worker.depends_on.db, target: swarm, because: it tries again}}
  - {{code: TW511, at: services.worker.depends_on.cache, target: swarm, because: it tries again}}
  - {{code: TW514, at: services.migrate.depends_on.db, target: swarm, because: it tries again}}
secrets:
  api-key: {{file: ".secrets/a $$b{{{{", swarm: shop_api-key.1}}
  tls-key: {{file: .secrets/tls, swarm: shop-tls}}
"""
"""What the environments of this project leave out, and text that some reader takes for something else."""


def specs_for(target: str) -> list[str]:
    """The committed environments that have this target, and one spec of our own."""
    return [*(name for name in committed() if _tree(name).node(("targets", target)) is not None), "everything"]


def _tree(name: str) -> Tree:
    file = f"specs/{name}.yaml"
    return assemble(file, (ROOT / file).read_bytes(), Project(ROOT).read, Report())


def outcome_of(name: str, target: str) -> Outcome:
    return compiled_text(EVERYTHING, CONFIGS, targets=[target]) if name == "everything" else compiled_spec(name, [target])


def only(outcome: Outcome) -> Compiled:
    """What a spec was compiled to for its one target."""
    assert len(outcome.compiled) == 1, [finding.message for finding in outcome.findings]
    return outcome.compiled[0]


def placed(outcome: Outcome, tmp_path: Path) -> tuple[Compiled, Path]:
    """The folder on disk, as deep as in a project."""
    compiled = only(outcome)
    return compiled, write(compiled, tmp_path / "out")


def accepted(program: Path, *arguments: str, folder: Path) -> str:
    """What a tool prints of a folder that it accepts without a word of warning."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COMPOSE_")}
    done = subprocess.run(
        [program, *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def meant(compiled: Compiled) -> dict[FactKey, object]:
    """The compared facts of the model."""
    facts = dict(facts_of(compiled.model, compiled.target.discovery(compiled.options)))
    for name, http in compiled.model.servers:
        engine = ENGINES[http.engine.name]
        own = {"user": engine.user, "stop_signal": engine.stop_signal, "read_only": True, "init": False}
        own["ulimits"] = {"nofile": (16384, 16384)}
        own["tmpfs"] = {"/tmp": Size(64 << 20)}
        if http.stats:
            own["secrets"] = (f"/run/secrets/{http.stats.auth.secret}",)
        facts |= {FactKey(f"service.{leaf}", (name,)): value for leaf, value in own.items()}
    return {key: value for key, value in facts.items() if key.field.startswith(tuple(f"service.{leaf}" for leaf in COMPARED))}


def own_labels(labels: Mapping[str, str] | None) -> dict[str, str]:
    """The spec's own: Docker's, Compose's and twipc's begin with these."""
    return {name: text for name, text in (labels or {}).items() if not name.startswith(("com.docker.", "io.twipc."))}


class Told:
    """Collects what a tool says of one service."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.facts: dict[FactKey, object] = {}
        self.nth: dict[str, int] = {}

    def say(self, leaf: str, value: object) -> None:
        if value not in (None, "", (), {}):
            self.facts[FactKey(f"service.{leaf}", (self.name,))] = value

    def publish(self, target: object, protocol: str, host: object, address: str) -> None:
        port = str(target) if protocol == "tcp" else f"{target}/{protocol}"
        nth = self.nth.get(port, 0)
        self.nth[port] = nth + 1
        self.facts[FactKey("service.publish", (self.name, port, str(nth)))] = (int(str(host or 0)), address)

    def common(self, service: Mapping[str, Any]) -> None:
        self.say("image", service["image"])
        self.say("command", tuple(service.get("command") or ()))
        self.say("env", {name: ("value", value) for name, value in (service.get("environment") or {}).items()})
        self.say("stop_grace", go_duration(service["stop_grace_period"]))
        self.say("labels", own_labels(service.get("labels")))
        self.say("logging.driver", service["logging"]["driver"])
        self.say("logging.options", service["logging"].get("options"))
        volumes = [mount for mount in service.get("volumes") or () if mount["type"] == "volume"]
        self.say("mounts", {mount["target"]: mount["source"] for mount in volumes})
        binds = [mount for mount in service.get("volumes") or () if "/files/" in mount.get("source", "")]
        assert all(mount["read_only"] in (True, "true") for mount in binds)
        self.say("configs", {mount["target"]: exactly(mount["source"]) for mount in binds})
        self.say("secrets", tuple(sorted(secret["target"] for secret in service.get("secrets") or ())))
        attached = {name: how or {} for name, how in (service.get("networks") or {}).items() if name != "default"}
        self.say("networks", {name: tuple(sorted(how.get("aliases") or ())) for name, how in attached.items()})
        self._process(service)
        for other, how in (service.get("depends_on") or {}).items():
            self.facts[FactKey("service.depends_on", (self.name, other))] = how["condition"].split("_")[1]
        check = service.get("healthcheck")
        if check:
            assert check["test"][0] == "CMD"
            self.say("health.command", tuple(check["test"][1:]))
            self.say("health.failures", int(check["retries"]))
            for leaf in ("interval", "timeout", "start_period"):
                self.say(f"health.{leaf}", go_duration(check[leaf]))

    def _process(self, service: Mapping[str, Any]) -> None:
        self.say("entrypoint", tuple(service.get("entrypoint") or ()))
        self.say("capabilities", tuple(service.get("cap_add") or ()))
        for leaf in ("working_dir", "user", "stop_signal"):
            self.say(leaf, service.get(leaf))
        self.say("no_new_privileges", service.get("security_opt") == ["no-new-privileges:true"])
        limits = {name: {"soft": 0, "hard": 0, **both} for name, both in (service.get("ulimits") or {}).items()}
        self.say("ulimits", {name: (int(both["soft"]), int(both["hard"])) for name, both in limits.items()})
        for leaf in ("read_only", "init"):
            self.say(leaf, str(service.get(leaf, False)).lower() == "true")
        short = [one.split(":mode=1777,size=") for one in service.get("tmpfs") or ()]
        places = {path: memory(options.partition(",")[0].replace("m", "M")) for path, options in short}
        long = [mount for mount in service.get("volumes") or () if mount["type"] == "tmpfs"]
        places |= {mount["target"]: memory(mount["tmpfs"]["size"]) for mount in long}
        self.say("shm_size", memory(service.get("shm_size")) or places.pop("/dev/shm", None))
        self.say("tmpfs", places)


def exactly(path: str) -> str:
    """Every byte of a file."""
    return Path(path).read_bytes().decode()


def as_commands(facts: Facts, compiled: Compiled) -> dict[FactKey, object]:
    """The same facts with checks by HTTP, and what waits for a lock, as the commands that they are."""
    found = dict(facts)
    for name, _ in compiled.model.services:
        keys = {leaf: FactKey(f"service.health.http.{leaf}", (name,)) for leaf in ("client", "port", "path")}
        if keys["client"] in found:
            client, port, path = (found.pop(key) for key in keys.values())
            options = ["-fsS", "-o"] if client == "curl" else ["-q", "-O"]
            argv = (client, *options, "/dev/null", f"http://127.0.0.1:{port}{path}")
            found[FactKey("service.health.command", (name,))] = argv
    for name, service in compiled.model.services:
        if service.mode:
            entrypoint, check = (FactKey(f"service.{leaf}", (name,)) for leaf in ("entrypoint", "health.command"))
            lock = ("flock", "--exclusive", "--no-fork", service.mode.active_standby.lock)
            found[entrypoint] = (*lock, *(service.entrypoint or ()))
            waits = ("sh", "-c", 'grep -qsx flock /proc/[0-9]*/comm || exec "$@"', "sh")
            asked = found.get(check)
            found |= {check: (*waits, *asked)} if isinstance(asked, tuple) else {}
    return found


def go_duration(text: str) -> Duration:
    """`1m30s`, `1.5s` as Go prints them."""
    units = {"h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}
    parts = re.findall(r"([0-9.]+)(ms|h|m|s)", text)
    assert "".join(number + unit for number, unit in parts) == text
    return Duration(round(sum(float(number) * units[unit] for number, unit in parts)))


def cpu(value: object) -> Cpu | None:
    return Cpu(round(float(str(value)) * 1000)) if value is not None else None


def memory(value: object) -> Size | None:
    """Bytes, or in 1.29's own echo with the unit that we wrote."""
    if value is None:
        return None
    found = re.fullmatch(r"([0-9]+)([bkMG]?)", str(value))
    assert found, value
    return Size(int(found[1]) * {"": 1, "b": 1, "k": 1 << 10, "M": 1 << 20, "G": 1 << 30}[found[2]])


def scalars(text: str) -> Any:
    """A tool's YAML with every scalar as its text: which of them are plain, and what plain means, differs."""
    return yaml.load(text, yaml.BaseLoader)  # noqa: S506 - it makes nothing but text


def single(value: Any) -> Any:
    """A tool that prints a compose file doubles each `$` in its values again."""
    if isinstance(value, dict):
        return {key: single(child) for key, child in value.items()}
    if isinstance(value, list):
        return [single(child) for child in value]
    return value.replace("$$", "$") if isinstance(value, str) else value


@pytest.mark.parametrize("name", specs_for("compose"))
def test_compose_takes_it_as_it_was_meant(name: str, tmp_path: Path) -> None:
    compiled, folder = placed(outcome_of(name, "compose"), tmp_path)
    printed = json.loads(accepted(tool("docker"), "compose", "config", "--format", "json", folder=folder))
    assert printed["name"] == compiled.model.name
    assert _said(single(printed["services"])) == as_commands(meant(compiled), compiled)


def test_compose_finds_secrets_where_the_spec_says(tmp_path: Path) -> None:
    _, folder = placed(outcome_of("everything", "compose"), tmp_path)
    printed = single(json.loads(accepted(tool("docker"), "compose", "config", "--format", "json", folder=folder)))
    files = {name: secret["file"] for name, secret in printed["secrets"].items()}
    assert files == {"api-key": f"{tmp_path}/.secrets/a $$b{{{{", "tls-key": f"{tmp_path}/.secrets/tls"}
    assert {(one["source"], one["target"]) for one in printed["services"]["db"]["secrets"]} == {
        ("api-key", "/run/secrets/api-key"),
        ("tls-key", "/etc/a-b/c_d.pem"),
        ("tls-key", "/run/key"),
    }


def networks_told(printed: Mapping[str, Any], *leaves: str) -> dict[str, dict[str, Any]]:
    """Of each network but the default one, whose it is and these."""
    found: dict[str, dict[str, Any]] = {}
    for name, network in printed["networks"].items():
        if name != "default":
            found[name] = {leaf: network.get(leaf) for leaf in leaves}
            assert network["labels"] == {"io.twipc.project": "shop", "io.twipc.environment": "prod"}
    return found


def test_compose_makes_internal_networks_internal(tmp_path: Path) -> None:
    _, folder = placed(outcome_of("everything", "compose"), tmp_path)
    printed = json.loads(accepted(tool("docker"), "compose", "config", "--format", "json", folder=folder))
    assert networks_told(printed, "name", "driver", "internal", "driver_opts") == {
        "back": {"name": "shop-prod_back", "driver": "bridge", "internal": True, "driver_opts": None},
        "front": {"name": "shop-prod_front", "driver": "bridge", "internal": None, "driver_opts": None},
    }
    # Who names no network is on the default one.
    assert list(printed["services"]["idle"]["networks"]) == ["default"]


JOBS = """\
twipc: 1
project: shop
environment: prod
targets: {compose: {}, compose-2.4: {}}
services:
  db: {image: shop/db:1, health: {command: [check]}}
  fill: {kind: job, image: shop/fill:1, depends_on: [db]}
  migrate: {kind: job, image: shop/migrate:1, restart: on-failure, depends_on: [{service: fill, condition: completed}]}
  web: {image: shop/web:1, depends_on: [{service: migrate, condition: completed}, db]}
"""


def test_compose_waits_for_jobs(tmp_path: Path) -> None:
    _, folder = placed(compiled_text(JOBS, targets=["compose"]), tmp_path)
    printed = json.loads(accepted(tool("docker"), "compose", "config", "--format", "json", folder=folder))["services"]
    restarts = {"db": "unless-stopped", "fill": "no", "migrate": "on-failure", "web": "unless-stopped"}
    assert {name: service["restart"] for name, service in printed.items()} == restarts
    assert printed["migrate"]["depends_on"] == {"fill": {"condition": "service_completed_successfully", "required": True}}
    assert printed["web"]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


def _said(services: Mapping[str, Any]) -> dict[FactKey, object]:
    facts: dict[FactKey, object] = {}
    for name, service in services.items():
        told = Told(name)
        told.common(service)
        limits = service["deploy"]["resources"]["limits"]
        told.say("replicas", service["deploy"]["replicas"])
        told.say("resources.cpu", cpu(limits.get("cpus")))
        told.say("resources.memory", memory(limits.get("memory")))
        told.say("resources.pids", limits["pids"])
        told.say("restart", RESTART[service["restart"]])
        for port in service.get("ports", ()):
            told.publish(port["target"], port["protocol"], port.get("published"), port.get("host_ip", ""))
        facts |= told.facts
    return facts
