"""Reads facts from the engine's own account of its objects: what containers and services really are."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from typing import Any

from tests.conformance.docker.images import SAY
from tests.conformance.test_compose import RESTART, Told, exactly, own_labels
from tests.dockerd import Inspected
from twipc.spec import Cpu, Duration, Size
from twipc.target import FactKey

NANO = 1_000_000
_MIBI = 1 << 20


def of_containers(containers: Iterable[Inspected]) -> dict[FactKey, object]:
    """The facts of compose's containers; equal ones are the replicas of one service."""
    services: dict[str, list[Inspected]] = {}
    for container in containers:
        services.setdefault(container["Config"]["Labels"]["com.docker.compose.service"], []).append(container)
    found: dict[FactKey, object] = {}
    for name, equal in services.items():
        told = [_container(name, one) for one in equal]
        assert all(one == told[0] for one in told), f"the replicas of {name} differ"
        found |= {**told[0], FactKey("service.replicas", (name,)): len(equal)}
    return found


def _container(name: str, container: Inspected) -> dict[FactKey, object]:
    config, host = container["Config"], container["HostConfig"]
    told = Told(name)
    told.say("image", config["Image"])
    # Without a command it is the image's.
    told.say("command", () if config["Cmd"] == [SAY] else tuple(config["Cmd"] or ()))
    told.say("entrypoint", tuple(config["Entrypoint"] or ()))
    told.say("env", variables(config["Env"]))
    told.say("working_dir", config["WorkingDir"])
    told.say("labels", own_labels(config["Labels"]))
    told.say("logging.driver", host["LogConfig"]["Type"])
    told.say("logging.options", host["LogConfig"]["Config"])
    told.say("user", config["User"])
    told.say("stop_signal", config.get("StopSignal"))
    told.say("stop_grace", Duration(1000 * config["StopTimeout"]))
    _health(told, config.get("Healthcheck"))
    told.say("read_only", host["ReadonlyRootfs"])
    told.say("init", bool(host.get("Init")))
    told.say("capabilities", _capabilities(host["CapAdd"]))
    assert host["CapDrop"] == ["ALL"]
    assert not host["Privileged"]
    told.say("no_new_privileges", host["SecurityOpt"] == ["no-new-privileges:true"])
    told.say("ulimits", {one["Name"]: (one["Soft"], one["Hard"]) for one in host["Ulimits"] or ()})
    told.say("restart", RESTART[host["RestartPolicy"]["Name"]])
    told.say("resources.cpu", Cpu(host["NanoCpus"] // NANO) if host["NanoCpus"] else None)
    told.say("resources.memory", Size(host["Memory"]) if host["Memory"] else None)
    told.say("resources.pids", host["PidsLimit"])
    told.say("shm_size", Size(host["ShmSize"]) if host["ShmSize"] != 64 * _MIBI else None)
    told.say("tmpfs", {path: _scratch(options) for path, options in (host.get("Tmpfs") or {}).items()})
    for port, bindings in sorted((host["PortBindings"] or {}).items()):
        number, _, protocol = port.partition("/")
        for binding in bindings:
            told.publish(number, protocol, binding["HostPort"] or 0, binding["HostIp"])
    _mounts(told, container["Mounts"])
    own = {name, container["Name"].removeprefix("/"), container["Id"][:12]}
    there = {_cut(network): how for network, how in container["NetworkSettings"]["Networks"].items()}
    told.say(
        "networks",
        {network: tuple(sorted(set(how["Aliases"]) - own)) for network, how in there.items() if network != "default"},
    )
    return told.facts


def of_services(
    services: Iterable[Inspected], networks: Mapping[str, str], configs: Mapping[str, Inspected]
) -> dict[FactKey, object]:
    """The facts of a swarm's services; `networks` are names by id, `configs` the configs by id."""
    found: dict[FactKey, object] = {}
    for service in services:
        found |= _service(_cut(service["Spec"]["Name"]), service["Spec"], networks, configs)
    return found


def _service(
    name: str, spec: Mapping[str, Any], networks: Mapping[str, str], configs: Mapping[str, Inspected]
) -> dict[FactKey, object]:
    task = spec["TaskTemplate"]
    container = task["ContainerSpec"]
    told = Told(name)
    told.say("image", container["Image"])
    told.say("entrypoint", tuple(container.get("Command", ())))
    told.say("command", tuple(container.get("Args", ())))
    told.say("env", variables(map(filled_in, container.get("Env", ()))))
    told.say("working_dir", container.get("Dir"))
    told.say("labels", own_labels(container.get("Labels")))
    told.say("logging.driver", task["LogDriver"]["Name"])
    told.say("logging.options", task["LogDriver"].get("Options"))
    told.say("user", container.get("User"))
    told.say("stop_signal", container.get("StopSignal"))
    told.say("stop_grace", Duration(container["StopGracePeriod"] // NANO))
    _health(told, container.get("Healthcheck"))
    told.say("read_only", container.get("ReadOnly", False))
    told.say("init", container.get("Init", False))
    told.say("capabilities", _capabilities(container.get("CapabilityAdd")))
    assert container["CapabilityDrop"] == ["ALL"]
    told.say("ulimits", {one["Name"]: (one["Soft"], one["Hard"]) for one in container.get("Ulimits", ())})
    told.say("restart", RESTART[task["RestartPolicy"]["Condition"]])
    if "ReplicatedJob" in spec["Mode"]:
        told.say("replicas", spec["Mode"]["ReplicatedJob"]["TotalCompletions"])
    else:
        told.say("replicas", spec["Mode"]["Replicated"].get("Replicas"))
    limits = task["Resources"].get("Limits", {})
    told.say("resources.cpu", Cpu(limits["NanoCPUs"] // NANO) if "NanoCPUs" in limits else None)
    told.say("resources.memory", Size(limits["MemoryBytes"]) if "MemoryBytes" in limits else None)
    mounts = container.get("Mounts", ())
    volumes = {filled_in(one["Target"]): _cut(one["Source"]) for one in mounts if one["Type"] == "volume"}
    told.say("mounts", volumes)
    scratch = {one["Target"]: Size(one["TmpfsOptions"]["SizeBytes"]) for one in mounts if one["Type"] == "tmpfs"}
    told.say("shm_size", scratch.pop("/dev/shm", None))
    told.say("tmpfs", scratch)
    told.say("secrets", tuple(sorted(one["File"]["Name"] for one in container.get("Secrets", ()))))
    files = {one["File"]["Name"]: configs[one["ConfigID"]] for one in container.get("Configs", ())}
    # A service's own; an engine's configuration is no field of the language.
    own = {place: text(config) for place, config in files.items() if f"-{name}_" in config["Spec"]["Name"]}
    told.say("configs", own)
    there = {_cut(networks[one["Target"]]): set(one.get("Aliases", ())) - {name} for one in task.get("Networks", ())}
    told.say("networks", {network: tuple(sorted(names)) for network, names in there.items() if network != "default"})
    for port in spec["EndpointSpec"].get("Ports", ()):
        assert port["PublishMode"] == "host"
        told.publish(port["TargetPort"], port["Protocol"], port.get("PublishedPort", 0), "")
    return told.facts


def variables(pairs: Iterable[str] | None) -> dict[str, tuple[str, str]]:
    """Variables as facts have them."""
    return {name: ("value", value) for name, _, value in (pair.partition("=") for pair in pairs or ())}


def filled_in(value: str) -> str:
    """A variable or a mount's place as swarm fills in its templates: ours all print two braces."""
    return value.replace('{{"{{"}}', "{{")


def text(config: Inspected) -> str:
    """What a config holds."""
    return base64.b64decode(config["Spec"]["Data"]).decode()


def _health(told: Told, check: Mapping[str, Any] | None) -> None:
    if check is None:
        return
    assert check["Test"][0] == "CMD"
    told.say("health.command", tuple(check["Test"][1:]))
    told.say("health.failures", check["Retries"])
    for leaf, word in (("interval", "Interval"), ("timeout", "Timeout"), ("start_period", "StartPeriod")):
        told.say(f"health.{leaf}", Duration(check[word] // NANO))


def _capabilities(names: Iterable[str] | None) -> tuple[str, ...]:
    return tuple(sorted(name.removeprefix("CAP_") for name in names or ()))


def _scratch(options: str) -> Size:
    said = dict(one.partition("=")[::2] for one in options.split(","))
    assert {"noexec", "nosuid", "nodev"} <= said.keys()
    size = said["size"]
    units = {"k": 1 << 10, "m": _MIBI}
    return Size(int(size[:-1]) * units[size[-1]]) if size[-1] in units else Size(int(size))


def _mounts(told: Told, mounts: Iterable[Mapping[str, Any]]) -> None:
    volumes = {one["Destination"]: _cut(one["Name"]) for one in mounts if one["Type"] == "volume"}
    binds = {one["Destination"]: one for one in mounts if one["Type"] == "bind"}
    assert not any(one["RW"] for one in binds.values())
    told.say("mounts", volumes)
    told.say("secrets", tuple(sorted(place for place, one in binds.items() if "/.secrets/" in one["Source"])))
    told.say("configs", {place: exactly(one["Source"]) for place, one in binds.items() if "/files/" in one["Source"]})


def _cut(name: str) -> str:
    """`news` of `shop-prod_news`: a project's own name has no underscore."""
    return name.partition("_")[2]
