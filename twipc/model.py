"""The model: an environment with every default in and every name followed, all that a target is given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from twipc.diagnostics import Path, Span
from twipc.spec import Backend, Environment, Health, Http, Ready, SecretFile, Service
from twipc.syntax import Tree

if TYPE_CHECKING:
    from twipc.spec.lock import Lock

HEALTH_PORT = 8079
"""Where an `http` service answers for its own health, on its loopback only."""
HEALTH_PORT_NAME = "health"
SECRETS_FOLDER = "/run/secrets"
"""Where a secret's file lies that says no place of its own."""
DEFAULT_NETWORK = ""
"""The network of services that name none; no network of a spec has this name."""


class Member(Struct, frozen=True, order=True):
    """One service that answers for a backend; `number` is its port's."""

    service: str
    number: int


class Locked(Struct, frozen=True, eq=False):
    """The lock beside a spec, and where it says what."""

    lock: Lock
    tree: Tree


class Model(Struct, frozen=True, eq=False, dict=True):
    """What is meant. Services have image, ports and health filled in; backends have their room.

    `members` and `ready` are by (http service, backend), `pages` and `configs` by their path in the project.
    """

    environment: Environment
    tree: Tree
    members: Mapping[tuple[str, str], tuple[Member, ...]]
    ready: Mapping[tuple[str, str], Ready | None]
    pages: Mapping[str, str]
    configs: Mapping[str, str]
    locked: Locked | None = None

    @property
    def name(self) -> str:
        """Names compose project, stack and task families."""
        return f"{self.environment.project}-{self.environment.environment}"

    @property
    def services(self) -> Iterator[tuple[str, Service]]:
        """By name: a mapping has no order."""
        return iter(sorted(self.environment.services.items()))

    @property
    def servers(self) -> Iterator[tuple[str, Http]]:
        """The `http` services, by name."""
        return ((name, service.http) for name, service in self.services if service.http)

    @cached_property
    def forwarding(self) -> Mapping[str, tuple[str, ...]]:
        """Of each `http` service that another forwards requests to those that do, by name."""
        doors = {name: http.listen.number for name, http in self.servers}
        found: dict[str, set[str]] = {}
        for (server, _), members in self.members.items():
            for member in members:
                if doors.get(member.service) == member.number:
                    found.setdefault(member.service, set()).add(server)
        return {name: tuple(sorted(servers)) for name, servers in found.items()}

    @cached_property
    def past(self) -> Mapping[str, tuple[Path, ...]]:
        """Where it is said of an `http` service that others ask it: it is published, or a program has its address."""
        doors = {name: {http.listen.port, *((http.tls.listen.port,) if http.tls else ())} for name, http in self.servers}
        found: dict[str, list[Path]] = {}
        for name, service in self.services:
            for index, publish in enumerate(service.publish):
                if publish.port in doors.get(name, ()):
                    found.setdefault(name, []).append(("services", name, "publish", index))
            for variable, value in sorted(service.env.items()):
                asked, _, port = (value.address or "").partition(".")
                if port in doors.get(asked, ()):
                    found.setdefault(asked, []).append(("services", name, "env", variable))
        return {name: tuple(paths) for name, paths in found.items()}

    @cached_property
    def mounts(self) -> Mapping[str, tuple[Path, ...]]:
        """Of each volume that services mount where they do, by their names."""
        found: dict[str, list[Path]] = {}
        for name, service in self.services:
            for place, mount in service.mounts.items():
                found.setdefault(mount.volume, []).append(("services", name, "mounts", place))
        return {volume: tuple(paths) for volume, paths in found.items()}

    def is_behind(self, service: str) -> bool:
        """Whether nobody but other `http` services asks this one: they tell it who the client is."""
        return service in self.forwarding and service not in self.past

    @property
    def registry(self) -> str | None:
        """Where images were pushed to, for targets that name no registry themselves."""
        return self.locked.lock.registry if self.locked else None

    def digest(self, image: str) -> str | None:
        """Of an image that was pushed under this name."""
        return self.locked.lock.images.get(image) if self.locked else None

    def number(self, service: str, port: str) -> int:
        """The number of a named port."""
        if port == HEALTH_PORT_NAME and self.environment.services[service].http:
            return HEALTH_PORT
        return self.environment.services[service].ports[port].number

    def networks(self, service: str) -> frozenset[str]:
        """The networks that a service is on, at least one."""
        return frozenset(one.network for one in self.environment.services[service].networks) or frozenset({DEFAULT_NETWORK})

    def writes_alone(self, service: Service) -> bool:
        """Whether its next instance must not begin before the last has ended: it writes what that one wrote."""
        accesses = {self.environment.volumes[mount.volume].access for mount in service.mounts.values()}
        return not accesses.isdisjoint(("single-writer", "per-replica"))

    def elsewhere(self, address: str) -> str | None:
        """host:port of an `external` service's port; None, if the address is of a service that runs here."""
        name, _, port = address.partition(".")
        external = self.environment.external.get(name)
        return f"{external.host}:{external.ports[port]}" if external else None

    def span(self, path: Path, *, key: bool = False) -> Span:
        return self.tree.span(path, key=key)

    def in_order(self, paths: Iterable[Path]) -> list[Path]:
        """Places in the order in which one reads them."""
        return sorted(paths, key=lambda path: (self.span(path), tuple(map(str, path))))

    def written(self, path: Path) -> bool:
        """Whether the spec says it, rather than a default."""
        return self.tree.node(path) is not None


def image_of(service: Service) -> str:
    assert service.image is not None, "resolve gives every service an image"
    return service.image


def place_of(file: SecretFile) -> str:
    """Where in the container a secret's file lies."""
    return file.path or f"{SECRETS_FOLDER}/{file.secret}"


def health_of(service: Service) -> Health | None:
    return service.health


def room_of(backend: Backend) -> int:
    assert backend.max_members is not None, "resolve gives every backend its room"
    return backend.max_members
