"""What lies behind volumes outside of an environment, so that two names of one store are known as one."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from twipc.diagnostics import Finding, Path
from twipc.model import Model
from twipc.spec import OWN, Volume

from .codes.state import HOST_FOLDER, LOCKS_OF_A_SERVER, TWO_PLACES

# fmt: off
_HOSTS_OWN = (
    "/bin", "/boot", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/proc", "/root", "/run", "/sbin", "/sys", "/usr", "/var/run",
    "/var/lib/docker", "/var/lib/containerd", "/var/lib/containers", "/var/lib/kubelet",
)
# fmt: on
"""What compose-lint calls sensitive (CL-0001, CL-0013, version 0.36), and the engines' own folders and programs."""
_KEYS = frozenset({".ssh", ".gnupg", ".aws", ".docker", ".kube"})


class Store(Struct, frozen=True):
    """A folder: of the host, of a server, or of a device."""

    of: str
    path: str

    def overlaps(self, other: Store) -> bool:
        """Whether one is the other, or lies in it."""
        one, two = (path.rstrip("/") + "/" for path in (self.path, other.path))
        return self.of == other.of and (one.startswith(two) or two.startswith(one))

    @property
    def folders(self) -> list[str]:
        """Those that it lies in, and itself the last, each with a slash at its end."""
        path = self.path.rstrip("/") + "/"
        return [path[: at + 1] for at, sign in enumerate(path) if sign == "/"]

    def __str__(self) -> str:
        return f"{self.of}:{self.path}" if self.of else self.path


def store_of(volume: Volume) -> Store | None:
    """What is found under more than one name; None for what bears the environment's own."""
    if volume.host:
        return Store("", volume.host)
    if volume.nfs:
        return Store(volume.nfs.server, volume.nfs.path)
    if volume.driver and volume.driver.name == "local" and volume.driver.options.get("type") != "tmpfs":
        device = volume.driver.options.get("device")
        return Store("device", device) if device else None
    return None


def stores(model: Model) -> Iterator[Finding]:
    """Folders that are none of a service's business, locks that a server keeps, and an instance's own in two places."""
    for name, volume in sorted(model.environment.volumes.items()):
        here: Path = ("volumes", name)
        if volume.host and _is_hosts_own(volume.host):
            said = f"`{volume.host}` holds what the host lives on"
            yield _finding(model, (*here, "host"), said, "a folder of the service's own, such as /srv/" + name)
        if volume.nfs and volume.access == "single-writer":
            said = f"`{name}` has one writer, and only its server can say who that is"
            help = "try on two hosts with `flock -n` that the second fails, and how long after the first one's end it does not"
            at = model.tree.name((*here, "nfs"))
            yield Finding(LOCKS_OF_A_SERVER, said, model.span((*here, "nfs"), key=True), help=help, at=at)
    for service, noun in model.services:
        own = [(mount.volume, place) for place, mount in sorted(noun.mounts.items())]
        for index, (name, place) in enumerate(own):
            if model.environment.volumes[name].access in OWN and name in (other for other, _ in own[:index]):
                path: Path = ("services", service, "mounts", place)
                said = f"`{service}` has `{name}` at two places"
                help = "give each place a volume of its own"
                yield Finding(TWO_PLACES, said, model.span(path, key=True), help=help, at=model.tree.name(path))


def _is_hosts_own(folder: str) -> bool:
    if _KEYS & set(folder.split("/")) or folder == "/home":
        return True
    return any(Store("", folder).overlaps(Store("", own)) for own in _HOSTS_OWN)


def _finding(model: Model, path: Path, said: str, help: str) -> Finding:
    return Finding(HOST_FOLDER, said, model.span(path), help=help, at=model.tree.name(path))
