"""What a folder of ECS files means: its own reading of JSON, against the shapes of the API."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from twipc.formats.engines import variable_of
from twipc.formats.reading import read_server
from twipc.spec import Cpu, Duration, Size
from twipc.target import BASELINE, STATS_USE, Discovery, FactKey, Facts, standby
from twipc.target.probe import recognise

from .dockerfile import read_image
from .shapes import SERVICE, TASK_DEFINITION, load

RESOLVER = "169.254.169.253"
_TASK, _SERVICE = ".taskdef.json", ".service.json"
_CONSTRAINT = re.compile(r"attribute:(\S+) == (\S+)")
_LABEL = re.compile(r"io\.twipc\.volume\.([^.]+)\.(access|retention)")


def read(texts: Mapping[str, str]) -> Facts:
    """The facts of every service whose files are there, and of the images that they run."""
    names = {path.removesuffix(end) for path in texts for end in (_TASK, _SERVICE) if path.endswith(end)}
    facts: dict[FactKey, object] = {}
    for name in sorted(names):
        reader = _Reader(name, texts, facts)
        reader.task(load(texts, f"{name}{_TASK}", TASK_DEFINITION))
        if f"{name}{_SERVICE}" in texts:
            reader.service(load(texts, f"{name}{_SERVICE}", SERVICE))
        else:
            reader.job()
    return facts


class _Reader:
    """Takes what it understands out of one service's files; what stays is baseline."""

    def __init__(self, name: str, texts: Mapping[str, str], facts: dict[FactKey, object]) -> None:
        self.name = name
        self.texts = texts
        self.facts = facts
        self.family = ""
        self.namespace = ""
        self.registry = ""
        self.standing_by = False

    def fact(self, leaf: str, value: object) -> None:
        self._said(FactKey(f"service.{leaf}", (self.name,)), value)

    def option(self, leaf: str, value: object, *more: str) -> None:
        self._said(FactKey(f"options.{leaf}", (self.name, *more)), value)

    def baseline(self, place: str, value: object) -> None:
        """What is empty is there nevertheless: ECS may take it for something else than nothing."""
        self._said(FactKey(BASELINE, (self.name, place)), "empty" if value in (None, "", (), {}) else value)

    def rest(self, place: str, document: Mapping[str, Any]) -> None:
        """Everything that nobody took, each member by its place."""
        for key, value in document.items():
            if isinstance(value, dict) and value:
                self.rest(f"{place}.{key}", value)
            else:
                self.baseline(f"{place}.{key}", value)

    def _said(self, key: FactKey, value: object) -> None:
        """What two places say must be the same; if not, that is a fact of its own."""
        if value in (None, (), {}):
            return
        self.facts[key] = value if self.facts.get(key, value) == value else (self.facts[key], value)

    def task(self, task: dict[str, Any]) -> None:
        self._tags("task", task.pop("tags", []))
        self._family("family", task.pop("family", "missing"))
        self.option("launch", "+".join(task.pop("requiresCompatibilities", [])).lower())
        self.fact("resources.cpu", _units(task.pop("cpu", None)))
        memory = _mebibytes(task.pop("memory", None))
        self.option("execution_role", task.pop("executionRoleArn", None))
        self.option("task_role", task.pop("taskRoleArn", None))
        self._volumes(task.pop("volumes", []))
        first, *others = task.pop("containerDefinitions", []) or [{}]
        self._memory(memory, first)
        self._container(first)
        for index, other in enumerate(others, 2):
            self.baseline(f"container {index}", other)
        self.rest("task", task)

    def _memory(self, task: object, container: dict[str, Any]) -> None:
        """The container's own limit may be less than what the task has."""
        own = container.pop("memory", None)
        if task is None and own is None:
            return
        limit = Size(own << 20) if own is not None else "no limit"
        self.fact("resources.memory", task if task == limit else f"a task of {task}, {limit} of it for the container")

    def _family(self, place: str, said: str) -> None:
        if said != self.family:
            self.baseline(place, said)

    def _tags(self, place: str, pairs: list[dict[str, Any]]) -> None:
        """Whose it is and where it finds others."""
        tags = _pairs(pairs, "key", "value")
        for leaf in ("project", "environment"):
            self._said(FactKey(f"environment.{leaf}"), tags.pop(leaf, "missing"))
        project, environment = (self.facts[FactKey(f"environment.{leaf}")] for leaf in ("project", "environment"))
        self.family = f"{project}-{environment}-{self.name}"
        self.namespace = str(tags.pop("namespace", ""))
        self.option("namespace", self.namespace or None)
        if tags.pop("service", "missing") != self.name:
            self.baseline(f"{place}.tags.service", "of another service")
        self.rest(f"{place}.tags", tags)

    def _volumes(self, volumes: list[dict[str, Any]]) -> None:
        for volume in volumes:
            match volume:
                case {
                    "name": name,
                    "efsVolumeConfiguration": {
                        "fileSystemId": system,
                        "transitEncryption": "ENABLED",
                        "authorizationConfig": {"accessPointId": point, "iam": "ENABLED", **deep},
                        **inner,
                    },
                    **outer,
                } if not (deep or inner or outer):
                    self.option("volume", (system, point), name)
                case _:
                    self.baseline(f"volume {volume.get('name')}", volume)

    def _container(self, container: dict[str, Any]) -> None:
        take = container.pop
        if take("name", "missing") != self.name:
            self.baseline("container.name", "of another service")
        self._mode(container.get("dockerLabels", {}))
        self.fact("command", tuple(take("command", ())))
        self.fact("stop_grace", _seconds(take("stopTimeout", None)))
        self._ports(take("portMappings", []))
        self._mounts(take("mountPoints", []))
        self._health(take("healthCheck", None))
        self._labels(take("dockerLabels", {}))
        self._log(take("logConfiguration", {}))
        self._image(take("image", ""))
        self._variables(take("environment", []), take("secrets", []))
        self._security(take("dockerSecurityOptions", []))
        self._program(container)
        self.rest("container", container)

    def _mode(self, labels: dict[str, Any]) -> None:
        """Who waits for a lock is labelled; how it is locked stands in command and check."""
        said = labels.pop(standby.LABEL, None)
        self.standing_by = said == standby.ACTIVE_STANDBY
        if said is not None and not self.standing_by:
            self.baseline(f"label.{standby.LABEL}", said)

    def _security(self, options: list[str]) -> None:
        self.fact("no_new_privileges", options[:1] == ["no-new-privileges"])
        for nth, option in enumerate(options, 1):
            if nth > 1 or option != "no-new-privileges":
                self.baseline(f"security option {nth}", option)

    def _program(self, container: dict[str, Any]) -> None:
        """How a program runs; of an engine nothing is taken: all this is the target's own there."""
        if FactKey("http.engine.name", (self.name,)) in self.facts:
            return
        take = container.pop
        entrypoint = tuple(take("entryPoint", ()))
        locked = standby.under_lock(entrypoint) if self.standing_by else None
        if locked:
            self.fact("mode.active-standby.lock", locked[0])
        self.fact("entrypoint", locked[1] if locked else entrypoint)
        self.fact("working_dir", take("workingDirectory", None))
        self.fact("user", take("user", None))
        self.fact("read_only", take("readonlyRootFilesystem", False))
        self._ulimits(take("ulimits", []))
        linux = container.get("linuxParameters", {})
        self.fact("init", linux.pop("initProcessEnabled", False))
        self.fact("capabilities", tuple(sorted(linux.get("capabilities", {}).pop("add", ()))))
        shared = linux.pop("sharedMemorySize", None)
        self.fact("shm_size", None if shared is None else Size(shared << 20))
        places: dict[str, object] = {}
        for tmpfs in linux.pop("tmpfs", []):
            match tmpfs:
                case {
                    "containerPath": path,
                    "size": size,
                    "mountOptions": ["noexec", "nosuid", "nodev"],
                    **more,
                } if path not in places and not more:
                    places[path] = Size(size << 20)
                case _:
                    self.baseline(f"tmpfs {tmpfs.get('containerPath')}", tmpfs)
        self.fact("tmpfs", places)

    def _ulimits(self, limits: list[dict[str, Any]]) -> None:
        found: dict[str, object] = {}
        for limit in limits:
            match limit:
                case {"name": name, "softLimit": soft, "hardLimit": hard, **more} if name not in found and not more:
                    found[name] = (soft, hard)
                case _:
                    self.baseline(f"ulimit {limit.get('name')}", limit)
        self.fact("ulimits", found)

    def _ports(self, mappings: list[dict[str, Any]]) -> None:
        ports: dict[str, object] = {}
        for mapping in mappings:
            name = mapping.pop("name", "")
            number = str(mapping.pop("containerPort", "missing"))
            protocol = mapping.pop("protocol", "unsaid")
            number = number if protocol == "tcp" else f"{number}/{protocol}"
            ports[name] = number if name not in ports else (ports[name], number)
            self.rest(f"port {name}", mapping)
        self.fact("ports", ports)

    def _mounts(self, points: list[dict[str, Any]]) -> None:
        mounts: dict[str, object] = {}
        for point in points:
            source, path = point.pop("sourceVolume", ""), point.pop("containerPath", "")
            # No name in a spec has an underscore: such a volume is the target's own.
            if "_" in source:
                self.baseline(f"{source} at", path)
            else:
                mounts[path] = source if path not in mounts else (mounts[path], source)
            self.rest(f"mount of {source} at {path}", point)
        self.fact("mounts", mounts)

    def _health(self, check: dict[str, Any] | None) -> None:
        if check is None:
            return
        command = check.pop("command", [])
        argv = tuple(command[1:])
        if self.standing_by:
            asked = standby.while_active(argv)
            if asked is None:
                self.baseline("health.command", "asks who waits for the lock")
            argv = argv if asked is None else asked
        http = recognise(argv) if command[:1] == ["CMD"] else None
        if http:
            self.fact("health.http.client", http[0].client)
            self.fact("health.http.path", http[0].path)
            self.fact("health.http.port", http[1])
        else:
            self.fact("health.command", argv if command[:1] == ["CMD"] else tuple(command))
        for key, leaf in (("interval", "interval"), ("timeout", "timeout"), ("startPeriod", "start_period")):
            self.fact(f"health.{leaf}", _seconds(check.pop(key, None)))
        self.fact("health.failures", check.pop("retries", None))
        self.rest("health", check)

    def _labels(self, labels: dict[str, Any]) -> None:
        for key in list(labels):
            found = _LABEL.fullmatch(key)
            if found:
                self._said(FactKey(f"volume.{found[2]}", (found[1],)), labels.pop(key))
        self.registry = labels.pop("io.twipc.registry", "")
        self.fact("labels", {key: labels.pop(key) for key in list(labels) if not key.startswith("io.twipc.")})
        self.rest("label", labels)

    def _log(self, log: dict[str, Any]) -> None:
        """A stream's prefix is always the target's own."""
        options = log.pop("options", {})
        prefix = {key: options.pop(key) for key in list(options) if key == "awslogs-stream-prefix"}
        self.fact("logging.driver", log.pop("logDriver", None))
        self.fact("logging.options", options)
        self.rest("log", {**log, **prefix})

    def _image(self, image: str) -> None:
        """What a Dockerfile starts from, if the task runs what the folder of its own makes."""
        folder = f"images/{self.name}"
        if f"{folder}/Dockerfile" not in self.texts:
            self.fact("image", self._own(image))
            return
        baked = read_image(self.texts, folder)
        self.fact("image", self._own(baked.base, "FROM"))
        if baked.rest:
            self.baseline("Dockerfile", tuple(baked.rest))
        parts = [part for path in sorted(self.texts) if path.startswith(f"{folder}/") for part in (path, self.texts[path])]
        content = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]
        image, _, digest = image.partition("@")
        registry, _, name = image.rpartition("/")
        self.option("registry", registry or None)
        self.option("digest", digest or None)
        if name != f"{self.family}:{content}":
            self.baseline("image, not of its folder's content", name)
        discovery = Discovery(RESOLVER, suffix=f".{self.namespace}" if self.namespace else "", secrets="variable")
        served = read_server(baked.copied, self.name, discovery)
        self.facts.update(served)
        if not served:
            self.fact("configs", baked.copied)

    def _own(self, image: str, *more: str) -> str:
        """The image as the spec names it: its label tells what was put before that."""
        if not self.registry:
            return image
        if not image.startswith(f"{self.registry}/"):
            self.baseline("image, not of the labelled registry", image)
        self.option("registry", self.registry, *more)
        return image.removeprefix(f"{self.registry}/")

    def _variables(self, pairs: list[dict[str, Any]], secrets: list[dict[str, Any]]) -> None:
        env: dict[str, tuple[str, object]] = {}
        values = _pairs(pairs, "name", "value")
        env |= {name: ("value", value) for name, value in values.items()}
        stats = self.facts.get(FactKey("http.stats.auth.secret", (self.name,)))
        password = variable_of(stats) if isinstance(stats, str) else None
        for name, arn in _pairs(secrets, "name", "valueFrom").items():
            use = STATS_USE if name == password else name
            self._said(FactKey("secret.ecs.arn", (self.name, use)), arn)
            if name != password:
                env[name] = ("secret", "") if name not in env else ("value and secret", env[name])
        self.fact("env", env)

    def job(self) -> None:
        """A task definition alone is run once: nothing starts its task again."""
        self.fact("kind", "job")
        self.fact("replicas", 1)
        self.fact("restart", "never")

    def service(self, service: dict[str, Any]) -> None:
        take = service.pop
        self.fact("kind", "service")
        self._tags("service", take("tags", []))
        self._family("serviceName", take("serviceName", "missing"))
        self._family("taskDefinition", take("taskDefinition", "missing"))
        self.option("cluster", take("cluster", None))
        self.option("launch", str(take("launchType", "missing")).lower())
        self.fact("replicas", take("desiredCount", None))
        kept = take("schedulingStrategy", "missing")
        self.fact("restart", "always" if kept == "REPLICA" else kept)
        network = service.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
        self.option("subnets", tuple(network.pop("subnets", ())))
        self.option("security_groups", tuple(network.pop("securityGroups", ())))
        groups: dict[str, set[str]] = {}
        for nth, balancer in enumerate(take("loadBalancers", [])):
            self._load_balancer(nth, balancer, groups)
        for number, arns in groups.items():
            self.option("target_group", tuple(sorted(arns)), number)
        registries = [registry.pop("registryArn", "missing") for registry in service.get("serviceRegistries", [])]
        self.option("cloud_map_service", registries[0] if len(registries) == 1 else tuple(registries))
        for registry in take("serviceRegistries", []):
            self.rest("serviceRegistries", registry)
        self._deployment(take("deploymentConfiguration", {}))
        self._placement(take("placementConstraints", []), take("placementStrategy", []))
        self.rest("service", service)

    def _deployment(self, configuration: dict[str, Any]) -> None:
        """Who is first when tasks are replaced, and what is done when that fails."""
        least, most = (configuration.pop(f"{key}Percent", "missing") for key in ("minimumHealthy", "maximum"))
        order = {(0, 100): "stop-first", (100, 200): "start-first"}.get((least, most), f"{least} to {most} percent")
        self.fact("rollout.order", order)
        circuit = configuration.get("deploymentCircuitBreaker", {})
        ends, back = circuit.pop("enable", False), circuit.pop("rollback", False)
        words = {(True, True): "rollback", (True, False): "pause", (False, False): "continue"}
        self.fact("rollout.on_failure", words.get((ends, back), "rollback without an end"))
        if not circuit:
            configuration.pop("deploymentCircuitBreaker", None)
        self.rest("service.deploymentConfiguration", configuration)

    def _placement(self, constraints: list[dict[str, Any]], strategy: list[dict[str, Any]]) -> None:
        """Which hosts; of the ways to spread, those over labels of the spec stand between the target's own."""
        labels: dict[str, object] = {}
        for constraint in constraints:
            found = _CONSTRAINT.fullmatch(constraint.get("expression", ""))
            if constraint == {"type": "distinctInstance"}:
                self.fact("placement.max_per_host", 1)
            elif found and found[1] not in labels and constraint == {"type": "memberOf", "expression": found[0]}:
                labels[found[1]] = found[2]
            else:
                self.baseline(f"placement constraint {constraint.get('expression')}", constraint)
        self.fact("placement.constraints", labels)
        over = [one["field"].removeprefix("attribute:") if _is_label(one) else "" for one in strategy]
        self.fact("placement.spread", tuple(label for label in over if label))
        own = [one for one, label in zip(strategy, over, strict=True) if not label]
        if any(over[:1] + over[-1:]):
            self.baseline("order of placement strategies", over)
        if own:
            self.baseline("service.placementStrategy", own)

    def _load_balancer(self, nth: int, balancer: dict[str, Any], groups: dict[str, set[str]]) -> None:
        """A port is one target, however many publications it has: the artifact shows its target group, and no host port.

        A number that is TCP and UDP may be in two groups: which of them is which no artifact says.
        """
        number, arn = str(balancer.pop("containerPort", "missing")), balancer.pop("targetGroupArn", "missing")
        if arn in groups.setdefault(number, set()):
            self.baseline(f"load balancer {nth + 1}", f"{number} for a second time")
        groups[number].add(arn)
        if balancer.pop("containerName", "missing") != self.name:
            self.baseline(f"load balancer of {number}", "leads to another container")
        self.rest(f"load balancer of {number}", balancer)


def _is_label(one: dict[str, Any]) -> bool:
    """Whether a way to spread is over a label of the spec's: those of `ecs.` are Amazon's."""
    field = one.get("field", "")
    return one == {"type": "spread", "field": field} and bool(re.fullmatch(r"attribute:(?!ecs\.).+", field))


def _pairs(pairs: list[dict[str, Any]], key: str, value: str) -> dict[str, Any]:
    """A list of pairs as a mapping; a name that stands twice, and a pair with more in it, keep all that they say."""
    found: dict[str, Any] = {}
    for pair in pairs:
        name, said = pair.get(key, "missing"), pair.get(value, "missing")
        if pair.keys() - {key, value}:
            said = tuple(sorted(pair.items()))
        found[name] = said if name not in found else (found[name], said)
    return found


def _seconds(value: int | None) -> object:
    return None if value is None else Duration(value * 1000)


def _units(text: str | None) -> object:
    """CPU units as ECS takes them: 1024 are one vCPU. What is no rounded-up thousandth of one stays as it is said."""
    if text is None or not (text.isascii() and text.isdecimal()):
        return text
    milli = int(text) * 1000 // 1024
    return Cpu(milli) if (milli * 1024 + 999) // 1000 == int(text) else f"{text} CPU units"


def _mebibytes(text: str | None) -> object:
    if text is None:
        return None
    return Size(int(text) << 20) if text.isascii() and text.isdecimal() else text
