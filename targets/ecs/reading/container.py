"""What the container of a task means."""

from __future__ import annotations

from typing import Any

from twipc.formats.engines import variable_of
from twipc.regex import late_regex
from twipc.spec import Size
from twipc.target import STATS_USE, Discovery, FactKey, standby
from twipc.target.probe import recognise

from .dockerfile import Folders
from .noted import Noted, pairs_of, seconds_of

RESOLVER = "169.254.169.253"
_LABEL = late_regex(r"io\.twipc\.volume\.([^.]+)\.(access|retention)")


class ContainerReader(Noted):
    """Takes what it understands out of a container, with the image that it runs where that is made here."""

    def __init__(self, name: str, folders: Folders, facts: dict[FactKey, object]) -> None:
        super().__init__(name, facts)
        self.folders = folders
        self.registry = ""
        self.standing_by = False

    def container(self, container: dict[str, Any]) -> None:
        take = container.pop
        if take("name", "missing") != self.name:
            self.baseline("container.name", "of another service")
        self._mode(container.get("dockerLabels", {}))
        self.fact("command", tuple(take("command", ())))
        self.fact("stop_grace", seconds_of(take("stopTimeout", None)))
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
            self.fact("health.command", argv if command[:1] == ["CMD"] else ("not run by CMD", *command))
        for key, leaf in (("interval", "interval"), ("timeout", "timeout"), ("startPeriod", "start_period")):
            self.fact(f"health.{leaf}", seconds_of(check.pop(key, None)))
        self.fact("health.failures", check.pop("retries", None))
        self.rest("health", check)

    def _labels(self, labels: dict[str, Any]) -> None:
        for key in list(labels):
            found = _LABEL.fullmatch(key)
            if found:
                self.said(FactKey(f"volume.{found[2]}", (found[1],)), labels.pop(key))
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
        baked = self.folders.image(self.name)
        if baked is None:
            self.fact("image", self._own(image))
            return
        self.fact("image", self._own(baked.base, "FROM"))
        if baked.rest:
            self.baseline("Dockerfile", tuple(baked.rest))
        image, _, digest = image.partition("@")
        registry, _, name = image.rpartition("/")
        self.option("registry", registry or None)
        self.option("digest", digest or None)
        if name != f"{self.family}:{self.folders.content(self.name)}":
            self.baseline("image, not of its folder's content", name)
        discovery = Discovery(RESOLVER, suffix=f".{self.namespace}" if self.namespace else "", secrets="variable")
        served = self.folders.served(self.name, discovery)
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
        values = pairs_of(pairs, "name", "value")
        env |= {name: ("value", value) for name, value in values.items()}
        stats = self.facts.get(FactKey("http.stats.auth.secret", (self.name,)))
        password = variable_of(stats) if isinstance(stats, str) else None
        for name, arn in pairs_of(secrets, "name", "valueFrom").items():
            use = STATS_USE if name == password else name
            self.said(FactKey("secret.ecs.arn", (self.name, use)), arn)
            if name != password:
                env[name] = ("secret", "") if name not in env else ("value and secret", env[name])
        self.fact("env", env)
