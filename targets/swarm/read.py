"""What a Swarm stack means."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Mapping
from typing import Any

from twipc.formats.composefile import read as compose
from twipc.formats.reading import read_server
from twipc.regex import late_regex
from twipc.target import Discovery, FactKey, Facts, Unreadable

FILE = "docker-stack.yml"
_KIND = {"replicated": "service", "replicated-job": "job"}
_CONDITION = {"any": "always", "on-failure": "on-failure", "none": "never"}
_DISCOVERY = {"dnsrr": "dnsrr", "vip": "tasks"}
_CONFIG = late_regex(r"([a-z][A-Za-z0-9._-]{0,50})-([0-9a-f]{12})")
_LABEL = late_regex(r"node\.labels\.(\S+) == (\S+)")
_BRACES = '{{"{{"}}'


def read(texts: Mapping[str, str]) -> Facts:
    """The facts of the stack and of the configuration that it holds as configs."""
    document, facts = compose.load(texts, FILE)
    owners = compose.Owners()
    declared = {what: compose.table(document.pop(what, None), FILE, what) for what in ("configs", "secrets")}
    used: set[tuple[str, str]] = set()
    readers = deque(
        compose.ServiceReader(FILE, name, service, facts, owners)
        for name, service in compose.each(document.pop("services", None), FILE, "services")
    )
    deploys = {reader.name: reader.take_table("deploy") for reader in readers}
    chosen = sorted({str(deploy.pop("endpoint_mode", "not said")) for deploy in deploys.values()})
    facts[FactKey("option.discovery")] = " and ".join(_DISCOVERY.get(mode, mode) for mode in chosen)
    # Behind a virtual address the tasks are found under another name.
    discovery = Discovery(resolver="127.0.0.11", prefix="tasks." if chosen == ["vip"] else "")
    while readers:
        reader = readers.popleft()  # what was read is let go
        _service(reader, deploys.pop(reader.name), declared, used, texts, discovery)
        reader.rest()
    compose.networks(document, FILE, facts, owners)
    compose.volumes(document, FILE, facts, owners, _expanded)
    owners.tell(facts)
    for what, things in declared.items():
        compose.left(what, {name: thing for name, thing in things.items() if (what, name) not in used}, facts)
    compose.left("file", document, facts)
    return facts


def _service(
    reader: compose.ServiceReader,
    deploy: dict[str, Any],
    declared: Mapping[str, dict[str, Any]],
    used: set[tuple[str, str]],
    texts: Mapping[str, str],
    discovery: Discovery,
) -> None:
    variables = reader.table(reader.service.get("environment"), "environment")
    reader.service["environment"] = {name: _expanded(value) for name, value in variables.items()}
    reader.common()
    # A deploy drops `security_opt`: who writes it has nothing by it.
    reader.fact("no_new_privileges", False)
    lost = _deploy(reader, deploy)
    nth: dict[str, int] = {}
    for port in reader.take_tables("ports"):
        target = port.pop("target", 0)
        number = compose.port(target, port.pop("protocol", "unsaid"))
        if not isinstance(target, int):
            reader.baseline(f"port {number}.target", repr(target))
        while f"{number}.{nth.get(number, 0)}" in lost:
            nth[number] = nth.get(number, 0) + 1
        reader.publish(nth, number, port.pop("published", 0), "")
        if port != {"mode": "host"}:
            reader.baseline(f"port {number}", str(port))
    mounts = [{key: _expanded(value) for key, value in mount.items()} for mount in reader.take_tables("volumes")]
    mounted = _configs(reader, declared["configs"], used, texts)
    reader.facts.update(read_server(mounted, reader.name, discovery))
    reader.configs(mounted)
    _secrets(reader, declared["secrets"], used)
    for mount in reader.program(reader.mounts(mounts)):
        reader.baseline(f"{mount.pop('type', '')} at {mount.pop('target', '')}", mount or "no more is said")
    reader.labels({})


def _expanded(value: object) -> object:
    """What swarm makes of a text: a template that prints two braces is those, any other is filled in at run time."""
    if not isinstance(value, str):
        return value
    pieces = value.split(_BRACES)
    if any("{{" in piece for piece in pieces):
        raise Unreadable(FILE, f"`{value}` would be filled in by swarm")
    return "{{".join(pieces)


def _text(value: object) -> object:
    """What a stack takes as text only; another kind stays as it is, and fits nothing."""
    return value if value is None or isinstance(value, str) else f"{value} as a number"


def _deploy(reader: compose.ServiceReader, deploy: dict[str, Any]) -> set[str]:
    """Takes `deploy` apart; gives back which publications it says are left out."""
    reader.fact("kind", compose.named(_KIND, deploy.pop("mode", "no mode")))
    reader.replicas(deploy.pop("replicas", None))
    resources = reader.table(deploy.pop("resources", None), "deploy.resources")
    limits = reader.table(resources.pop("limits", None), "deploy.resources.limits")
    cpus, memory = (_text(limits.pop(key, None)) for key in ("cpus", "memory"))
    reader.limits(cpus, memory, None)
    restart = reader.table(deploy.pop("restart_policy", None), "deploy.restart_policy")
    reader.fact("restart", compose.named(_CONDITION, restart.pop("condition", "")))
    said = reader.table(deploy.pop("labels", None), "deploy.labels")
    owner = f"{said.get(f'{compose.LABEL}project')}-{said.get(f'{compose.LABEL}environment')}"
    _rollout(reader, reader.table(deploy.pop("update_config", None), "deploy.update_config"))
    _placement(reader, reader.table(deploy.pop("placement", None), "deploy.placement"), owner)
    labels = reader.owners.take(said, reader.name, "deploy.labels")
    left = {"deploy": deploy, "deploy.resources": resources, "deploy.resources.limits": limits, "deploy.labels": labels}
    for place, what in {**left, "deploy.restart_policy": restart}.items():
        reader.rest({f"{place}.{key}": value for key, value in what.items()})
    return set(str(labels.get(f"{compose.LABEL}unpublished", "")).split(","))


def _rollout(reader: compose.ServiceReader, update: dict[str, Any]) -> None:
    """How tasks are replaced; how they are when that failed is the target's own."""
    reader.fact("rollout.parallelism", update.pop("parallelism", None))
    reader.fact("rollout.order", update.pop("order", None))
    reader.fact("rollout.on_failure", update.pop("failure_action", None))
    for leaf in ("delay", "monitor"):
        reader.fact(f"rollout.{leaf}", compose.duration(update.pop(leaf, None)))
    reader.rest({f"deploy.update_config.{key}": value for key, value in update.items()})


def _placement(reader: compose.ServiceReader, placement: dict[str, Any], owner: str) -> None:
    """Where tasks run; a constraint that bears the owner's name pins a volume, and the last spread is over nodes."""
    asked: dict[str, object] = {}
    for constraint in reader.rows(placement.pop("constraints", None), "deploy.placement.constraints"):
        found = _LABEL.fullmatch(str(constraint))
        if found is None or found[1].startswith(f"{owner}."):
            reader.baseline(f"constraint {constraint}", True)
        else:
            asked[found[1]] = found[2] if found[1] not in asked else (asked[found[1]], found[2])
    reader.fact("placement.constraints", asked)
    preferences = reader.rows(placement.pop("preferences", None), "deploy.placement.preferences")
    spread: list[object] = []
    while preferences and _spread(preferences[0]):
        spread.append(_spread(preferences.pop(0)))
    reader.fact("placement.spread", tuple(spread))
    reader.baseline("deploy.placement.preferences", preferences)
    reader.fact("placement.max_per_host", placement.pop("max_replicas_per_node", None))
    reader.rest({f"deploy.placement.{key}": value for key, value in placement.items()})


def _spread(preference: object) -> str:
    """The label that tasks are spread over."""
    match preference:
        case {"spread": str(over), **more} if not more and over.startswith("node.labels."):
            return over.removeprefix("node.labels.")
    return ""


def _configs(
    reader: compose.ServiceReader, declared: dict[str, Any], used: set[tuple[str, str]], texts: Mapping[str, str]
) -> dict[str, str]:
    """The files that arrive as configs, as texts by their place; each must bear the digest of its content."""
    mounted: dict[str, str] = {}
    for config in reader.take_tables("configs"):
        source, place = str(config.pop("source", "")), str(config.pop("target", ""))
        used.add(("configs", source))
        thing = compose.table(declared.get(source), FILE, f"configs.{source}")
        file = str(thing.pop("file", ""))
        text = texts.get(compose.local(file), f"no file {file}")
        if place in mounted:
            reader.baseline(f"second config at {place}", source)
        mounted[place] = text
        name = str(thing.pop("name", ""))
        found = _CONFIG.fullmatch(name)
        reader.baseline(f"config at {place}", found[1] if found else f"{name}, without a digest")
        if found and found[2] != hashlib.sha256(text.encode()).hexdigest()[:12]:
            reader.baseline(f"config at {place} digest", found[2])
        labels = compose.table(thing.pop("labels", None), FILE, f"configs.{source}.labels")
        labels = reader.owners.take(labels, reader.name, f"config at {place}", "labels")
        reader.rest({f"config at {place}.{key}": value for key, value in {**config, **thing, **labels}.items()})
    return mounted


def _secrets(reader: compose.ServiceReader, declared: dict[str, Any], used: set[tuple[str, str]]) -> None:
    files: list[tuple[str, object, object]] = []
    for secret in reader.take_tables("secrets"):
        source, place = str(secret.pop("source", "")), str(secret.pop("target", ""))
        used.add(("secrets", source))
        thing = compose.table(declared.get(source), FILE, f"secrets.{source}")
        files.append((place, thing.pop("name", ""), {**secret, **thing}))
    reader.secrets("swarm.name", files)
