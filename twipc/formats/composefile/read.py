"""What a compose file means, read by a YAML 1.2 parser of its own and Docker's rules for `$`."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Mapping
from posixpath import normpath
from typing import Any

import yaml12

from twipc.spec import Cpu, Duration, Size
from twipc.target import BASELINE, STATS_USE, TLS_USE, FactKey, Unreadable
from twipc.target.probe import recognise

from .strict import comments

LABEL = "io.twipc."
_DURATION = re.compile(r"([0-9]+)(ms|s)")
_SIZE = re.compile(r"([0-9]+)(b|k|m|g)?", re.IGNORECASE)
_TMPFS = re.compile(r"(?P<path>[^:]+):mode=1777,size=(?P<size>[0-9]+m),noexec,nosuid,nodev")
_STARTS = {"service_healthy": "healthy", "service_started": "started", "service_completed_successfully": "completed"}
_VOLUME = re.compile(r"io\.twipc\.volume\.([^.]+)\.(?:access|retention|at)")
_NFS = re.compile(r"addr=([^,]+),nfsvers=4\.1,hard")
_CPU = re.compile(r"([0-9]+)(?:\.([0-9]{1,3}))?")


def load(texts: Mapping[str, str], path: str) -> tuple[dict[str, Any], dict[FactKey, object]]:
    """The document at `path` with every value as Docker takes it, and a fact for each comment beside a value."""
    if path not in texts:
        raise Unreadable(path, "the file is not there")
    beside = comments(texts[path], path)
    try:
        document = yaml12.parse_yaml(texts[path])
    except ValueError as problem:
        raise Unreadable(path, str(problem).splitlines()[0]) from None
    if not isinstance(document, dict):
        raise Unreadable(path, "the file does not hold a mapping")
    facts: dict[FactKey, object] = {
        FactKey(BASELINE, ("file", f"comment at the end of line {line}")): comment for line, comment in beside.items()
    }
    return {str(key): _interpolated(value, path) for key, value in document.items()}, facts


def _interpolated(value: Any, path: str) -> Any:
    if isinstance(value, dict):
        return {str(key): _interpolated(child, path) for key, child in value.items()}
    if isinstance(value, list):
        return [_interpolated(child, path) for child in value]
    if isinstance(value, str):
        if value.replace("$$", "").count("$"):
            raise Unreadable(path, f"`{value}` would be interpolated from the deployer's environment")
        return value.replace("$$", "$")
    return value


def table(value: object, path: str, place: str) -> dict[str, Any]:
    """A mapping, to be taken apart; what is left out is empty."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Unreadable(path, f"`{place}` is not a mapping")
    return dict(value)


def rows(value: object, path: str, place: str) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise Unreadable(path, f"`{place}` is not a list")
    return list(value)


class Owners:
    """Whose each object says it is."""

    def __init__(self) -> None:
        self.said: dict[str, dict[tuple[str, str], object]] = {"project": {}, "environment": {}}
        self.volumes: dict[str, tuple[object, object]] = {}
        """What services say of volumes that are no objects: who may write them, what is kept."""

    def take(self, labels: Mapping[str, Any], *place: str) -> dict[str, Any]:
        """The labels at `place` without the owner's."""
        left = dict(labels)
        for leaf, said in self.said.items():
            label = f"{LABEL}{leaf}"
            said[place[0], ".".join((*place[1:], label))] = left.pop(label, None)
        return left

    def tell(self, facts: dict[FactKey, object]) -> None:
        """What most say is the environment's own; who says something else, or nothing, is told by its place."""
        for leaf, said in self.said.items():
            count = Counter(str(value) for value in said.values() if value is not None)
            most = sorted(value for value, votes in count.items() if votes == max(count.values()))
            facts[FactKey(f"environment.{leaf}")] = " and ".join(most)
            for place, value in said.items():
                if most and (value is None or str(value) not in most):
                    facts[FactKey(BASELINE, place)] = "nothing" if value is None else value


class ServiceReader:
    """Takes what it understands out of one service of the file at `path`; what stays is baseline."""

    def __init__(self, path: str, name: str, service: object, facts: dict[FactKey, object], owners: Owners) -> None:
        self.path = path
        self.name = name
        self.service = table(service, path, f"services.{name}")
        self.facts = facts
        self.owners = owners

    def fact(self, leaf: str, value: object) -> None:
        if value not in (None, (), {}):
            self.facts[FactKey(f"service.{leaf}", (self.name,))] = value

    def baseline(self, place: str, value: object) -> None:
        """Mappings are told leaf by leaf; what is there twice is told twice."""
        if isinstance(value, dict):
            for key, child in value.items():
                self.baseline(f"{place}.{key}", child)
            return
        key = FactKey(BASELINE, (self.name, place))
        if key in self.facts:
            self.baseline(f"{place} again", value)
        else:
            self.facts[key] = value

    def table(self, value: object, place: str) -> dict[str, Any]:
        return table(value, self.path, f"services.{self.name}.{place}")

    def rows(self, value: object, place: str) -> list[Any]:
        return rows(value, self.path, f"services.{self.name}.{place}")

    def take_table(self, key: str) -> dict[str, Any]:
        return self.table(self.service.pop(key, None), key)

    def take_tables(self, key: str) -> list[dict[str, Any]]:
        """A list of mappings."""
        return [self.table(row, key) for row in self.rows(self.service.pop(key, None), key)]

    def common(self) -> None:
        """What every dialect says alike."""
        take = self.service.pop
        self.fact("image", take("image", None))
        self.fact("command", tuple(self.rows(take("command", None), "command")))
        self.fact("env", {key: ("value", value) for key, value in self.take_table("environment").items()})
        self.fact("stop_grace", duration(take("stop_grace_period", None)))
        self._networks(take("networks", None))
        self._health(self.take_table("healthcheck"))

    def _networks(self, said: object) -> None:
        """A list of names, or what is said of each name."""
        attached = dict.fromkeys(map(str, said)) if isinstance(said, list) else self.table(said, "networks")
        found: dict[str, tuple[str, ...]] = {}
        for name, how in attached.items():
            place = f"networks.{name}"
            attachment = self.table(how, place)
            found[name] = tuple(sorted(map(str, self.rows(attachment.pop("aliases", None), f"{place}.aliases"))))
            self.rest({f"{place}.{key}": value for key, value in attachment.items()})
        self.fact("networks", found)

    def kind(self) -> None:
        """A job is labelled; all else is a service."""
        labels = self.table(self.service.get("labels"), "labels")
        said = labels.pop(f"{LABEL}kind", None)
        self.fact("kind", "service" if said is None else "job" if said == "job" else f"labelled {said}")
        self.service["labels"] = labels

    def depends_on(self) -> None:
        """Whom it waits for; what is said of each besides its condition stays."""
        for other, said in self.take_table("depends_on").items():
            how = self.table(said, f"depends_on.{other}")
            condition = named(_STARTS, how.pop("condition", "no condition"))
            self.facts[FactKey("service.depends_on", (self.name, other))] = condition
            self.rest({f"depends_on.{other}.{key}": value for key, value in how.items()})

    def _health(self, check: dict[str, Any]) -> None:
        if not check:
            return
        test = self.rows(check.pop("test", None), "healthcheck.test") or [""]
        if test[0] != "CMD":
            self.baseline("healthcheck.test", f"begins with {test[0]!r}")
        argv = tuple(test[1:])
        http = recognise([str(word) for word in argv])
        if http:
            self.fact("health.http.client", http[0].client)
            self.fact("health.http.path", http[0].path)
            self.fact("health.http.port", http[1])
        else:
            self.fact("health.command", argv)
        for key, leaf in (("interval", "interval"), ("timeout", "timeout"), ("start_period", "start_period")):
            self.fact(f"health.{leaf}", duration(check.pop(key, None)))
        self.fact("health.failures", check.pop("retries", None))
        self.rest({f"healthcheck.{key}": value for key, value in check.items()})

    def program(self, mounts: list[dict[str, Any]] | None = None) -> list[dict[str, Any]]:
        """How a program runs, with its places in memory, which may be among the mounts; gives back the others.

        Of an engine nothing is taken: all this is the target's own there.
        """
        mounts = mounts or []
        if FactKey("http.engine.name", (self.name,)) in self.facts:
            return mounts
        take = self.service.pop
        self.fact("entrypoint", tuple(self.rows(take("entrypoint", None), "entrypoint")))
        for key in ("working_dir", "user", "stop_signal"):
            self.fact(key, take(key, None))
        for key in ("read_only", "init"):
            self.fact(key, take(key, False))
        self.fact("capabilities", tuple(sorted(map(str, self.rows(take("cap_add", None), "cap_add")))))
        self.fact("ulimits", {limit: _ulimit(said) for limit, said in self.take_table("ulimits").items()})
        places: dict[str, object] = {}
        others: list[dict[str, Any]] = []
        for mount in mounts:
            match mount:
                case {"type": "tmpfs", "target": str(path), "tmpfs": {"size": int(bytes_), **inner}, **outer} if (
                    path not in places and not inner and not outer
                ):
                    places[path] = Size(bytes_)
                case _:
                    others.append(mount)
        for one in self.rows(take("tmpfs", None), "tmpfs"):
            found = _TMPFS.fullmatch(str(one))
            if found and found["path"] not in places:
                places[found["path"]] = size(found["size"])
            else:
                self.baseline("tmpfs", one)
        self.fact("tmpfs", places)
        return others

    def security(self) -> None:
        options = self.rows(self.service.pop("security_opt", None), "security_opt")
        asked = "no-new-privileges:true" in options
        self.fact("no_new_privileges", asked)
        if asked:
            options.remove("no-new-privileges:true")
        for option in options:
            self.baseline("security_opt", option)

    def limits(self, cpu: object, memory: object) -> None:
        self.fact("resources.cpu", cpus(cpu))
        self.fact("resources.memory", size(memory))

    def labels(self, mounted: Mapping[str, str]) -> None:
        """Owner and ports by name. `mounted` are the texts of mounted files by place, of which a label has the digest."""
        labels = self.owners.take(self.take_table("labels"), self.name, "labels")
        ports = {
            key.removeprefix(f"{LABEL}port."): str(labels.pop(key)) for key in list(labels) if key.startswith(f"{LABEL}port.")
        }
        self.fact("ports", ports)
        said = labels.pop(f"{LABEL}config", "")
        if said != digest(mounted):
            self.baseline("configuration digest", said or "no digest")
        own = {key: value for key, value in labels.items() if isinstance(value, str) and not key.startswith(LABEL)}
        self.fact("labels", own)
        self.rest({f"labels.{key}": value for key, value in labels.items() if key not in own})

    def mounts(self, mounts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Takes the volumes; gives back all other mounts."""
        volumes: dict[str, str] = {}
        others: list[dict[str, Any]] = []
        labelled = self._labelled()
        for mount in mounts:
            match mount:
                case {"type": "volume", "target": str(target), "read_only": bool(read_only), **rest} if (
                    not rest and target in labelled
                ):
                    volumes[target] = labelled.pop(target)
                    self.baseline(f"mount of {volumes[target]} at {target}", read_only)
                case {
                    "type": "bind",
                    "source": str(source),
                    "target": str(target),
                    "read_only": bool(read_only),
                    **how,
                } if source.startswith("/") and target in labelled:
                    volumes[target] = labelled.pop(target)
                    self._agreed("volume.host", volumes[target], source)
                    self.baseline(f"mount of {volumes[target]} at {target}", read_only)
                    self.baseline(f"mount of {volumes[target]} at {target}", how)
                case {
                    "type": "volume",
                    "source": str(source),
                    "target": str(target),
                    "read_only": bool(read_only),
                    **rest,
                } if not rest and target not in volumes:
                    volumes[target] = source
                    self.baseline(f"mount of {source} at {target}", read_only)
                case _:
                    others.append(mount)
        self.fact("mounts", volumes)
        for place, name in labelled.items():
            self.baseline(f"labels.{LABEL}volume.{name}.at", place)
        return others

    def _labelled(self) -> dict[str, str]:
        """The volumes that only labels name, by their place."""
        labels = self.table(self.service.get("labels"), "labels")
        found = {match[1]: "" for key in labels if (match := _VOLUME.fullmatch(key))}
        places: dict[str, str] = {}
        for name in found:
            access, retention, at = (labels.pop(f"{LABEL}volume.{name}.{leaf}", None) for leaf in ("access", "retention", "at"))
            places |= dict.fromkeys(str(at).split("\n"), name)
            self._agreed("volume.access", name, access or "missing")
            self._agreed("volume.retention", name, retention)
            if self.owners.volumes.setdefault(name, (access, retention)) != (access, retention):
                self.baseline(f"labels.{LABEL}volume.{name}", "other services say otherwise")
        self.service["labels"] = labels
        return places

    def _agreed(self, field: str, name: str, value: object) -> None:
        """What two services say of one volume must be the same; if not, that is a fact of its own."""
        key = FactKey(field, (name,))
        self.facts[key] = value if self.facts.get(key, value) == value else (self.facts[key], value)

    def files(self, mounts: list[dict[str, Any]], texts: Mapping[str, str]) -> dict[str, str]:
        """Takes the mounted files, as texts by their place; all that is said of a mount besides is told by its place."""
        mounted: dict[str, str] = {}
        for mount in mounts:
            match mount:
                case {"type": "bind", "source": str(source), "target": str(target), **how} if target not in mounted:
                    mounted[target] = texts.get(local(source), f"no file {source}")
                    self.baseline(f"file at {target}", {"type": "bind", **how})
                case _:
                    self.baseline(f"volume {mount.get('target')}", mount)
        return mounted

    def configs(self, mounted: Mapping[str, str]) -> None:
        """The files of a program; those of an engine are read as what they configure."""
        if FactKey("http.engine.name", (self.name,)) not in self.facts:
            self.fact("configs", mounted)

    def publish(self, nth: dict[str, int], target: object, host: object, address: object) -> None:
        """A published port; 0 is one that the engine chooses."""
        count = nth.get(str(target), 0)
        nth[str(target)] = count + 1
        self.facts[FactKey("service.publish", (self.name, str(target), str(count)))] = (host or 0, address)

    def secrets(self, leaf: str, files: list[tuple[str, object, object]]) -> None:
        """Files that hold secrets: the place of each, where the target finds it, and how it lies there.

        An engine's configuration, read before, says what it reads its own for.
        """
        stats = self.facts.get(FactKey("http.stats.auth.secret", (self.name,)))
        certificate = self.facts.get(FactKey("http.tls.certificate", (self.name,)))
        own = {f"/run/secrets/{stats}": STATS_USE, f"/run/secrets/{certificate}": TLS_USE}
        for place, found, how in files:
            use = own.get(place, place)
            self.facts[FactKey(f"secret.{leaf}", (self.name, use))] = found
            self.baseline(f"secret at {place}", how)
        if FactKey("http.engine.name", (self.name,)) not in self.facts:
            self.fact("secrets", tuple(sorted(place for place, _, _ in files)))

    def rest(self, service: Mapping[str, Any] | None = None) -> None:
        """Everything that nobody took."""
        for key, value in (self.service if service is None else service).items():
            self.baseline(key, value)


def networks(document: dict[str, Any], path: str, facts: dict[FactKey, object], owners: Owners) -> None:
    """Takes the declared networks out of a document."""
    for name, declared in table(document.pop("networks", None), path, "networks").items():
        place = f"network {name}"
        network = table(declared, path, f"networks.{name}")
        labels = owners.take(table(network.pop("labels", None), path, f"networks.{name}.labels"), place, "labels")
        options = table(network.pop("driver_opts", None), path, f"networks.{name}.driver_opts")
        facts[FactKey("network.internal", (name,))] = network.pop("internal", False) or None
        if "encrypted" in options:
            # An overlay is encrypted by the option, whatever its value is.
            facts[FactKey("network.encrypted", (name,))] = True
            value = options.pop("encrypted")
            left(place, {} if value == "true" else {"driver_opts.encrypted": value}, facts)
        left(place, {**network, **labels, **{f"driver_opts.{key}": value for key, value in options.items()}}, facts)


def volumes(
    document: dict[str, Any],
    path: str,
    facts: dict[FactKey, object],
    owners: Owners,
    text: Callable[[object], object] = lambda value: value,
) -> None:
    """Takes the declared volumes out of a document; `text` is what the engine makes of an option's value."""
    for name, declared in table(document.pop("volumes", None), path, "volumes").items():
        volume = table(declared, path, f"volumes.{name}")
        labels = owners.take(table(volume.pop("labels", None), path, f"volumes.{name}.labels"), f"volume {name}", "labels")
        for leaf in ("access", "retention"):
            facts[FactKey(f"volume.{leaf}", (name,))] = labels.pop(f"{LABEL}{leaf}", "missing")
        options = table(volume.pop("driver_opts", None), path, f"volumes.{name}.driver_opts")
        _driver(name, volume.pop("driver", None), {key: text(value) for key, value in options.items()}, facts)
        left(f"volume {name}", {**volume, **labels}, facts)


def _driver(name: str, driver: object, options: dict[str, Any], facts: dict[FactKey, object]) -> None:
    """What makes a volume: the local driver mounts NFS, and locks there."""
    match driver, options:
        case "local", {"type": "nfs", "o": str(given), "device": str(device), **rest} if not rest and (
            (server := _NFS.fullmatch(given)) and device.startswith(":")
        ):
            facts[FactKey("volume.nfs.server", (name,))] = server[1]
            facts[FactKey("volume.nfs.path", (name,))] = device[1:]
        case _:
            facts[FactKey("volume.driver.name", (name,))] = driver
            facts[FactKey("volume.driver.options", (name,))] = options


def left(place: str, what: Mapping[str, Any], facts: dict[FactKey, object]) -> None:
    """What nobody took of something that belongs to no service."""
    for key, value in what.items():
        facts[FactKey(BASELINE, (place, key))] = value


def named(words: Mapping[str, str], value: object) -> object:
    """A word of the dialect as the language says it; another stays as it is, and is no word of the language's."""
    if not isinstance(value, str) or value in words:
        return words.get(value, value) if isinstance(value, str) else value
    return f"the dialect's {value}" if value in words.values() else value


def digest(mounted: Mapping[str, str]) -> str:
    """The digest over configuration files in the order of their places, as the label has it."""
    if not mounted:
        return ""
    joined = "\0".join(part for place in sorted(mounted) for part in (place, mounted[place]))
    return "sha256:" + hashlib.sha256(joined.encode()).hexdigest()


def local(path: str) -> str:
    """`./proxy/haproxy.cfg` as the name of a file in the target's folder."""
    return normpath(path)


def project_file(path: str) -> str:
    """`../../../.secrets/x`, seen from `out/<environment>/<target>/`, as a path of the project."""
    return path.removeprefix("../../../") if path.startswith("../../../") else f"outside the project: {path}"


def _ulimit(said: object) -> object:
    match said:
        case {"soft": int(soft), "hard": int(hard), **more} if not more:
            return (soft, hard)
    return said


def duration(text: object) -> object:
    if text is None:
        return None
    found = _DURATION.fullmatch(str(text))
    return Duration(int(found[1]) * (1000 if found[2] == "s" else 1)) if found else str(text)


def size(text: object) -> object:
    if text is None:
        return None
    found = _SIZE.fullmatch(str(text))
    return (
        Size(int(found[1]) * {"": 1, "b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}[(found[2] or "").lower()])
        if found
        else text
    )


def cpus(text: object) -> object:
    if text is None:
        return None
    found = _CPU.fullmatch(str(text))
    return Cpu(int(found[1]) * 1000 + int((found[2] or "0").ljust(3, "0"))) if found else str(text)


def port(target: object, protocol: object) -> str:
    """A container's port as Docker writes it, where TCP is not said."""
    return str(target) if protocol == "tcp" else f"{target}/{protocol}"


def number(value: object) -> object:
    """Docker takes a published port as a number or as a string of digits."""
    if isinstance(value, str) and value.isdecimal():
        return int(value)
    return value
