"""Following the names in a spec; each that nothing bears is reported with what it may have meant."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from posixpath import normpath

from twipc.diagnostics import Code, Path, Report
from twipc.diagnostics.near import listed, near
from twipc.model import Member
from twipc.spec import Environment, External, Port, Service
from twipc.syntax import Gaps, Tree

from . import codes

LISTENERS: tuple[Path, ...] = (("listen",), ("tls",), ("stats",))
"""What of an `http` service has a port of its own."""


def _is_in(file: str, secret: str) -> bool:
    """Whether both are one file; names differ in case alone where file systems do not tell them apart."""
    return normpath(file).casefold() == normpath(secret).casefold()


class Names:
    """Looks names up in one environment, whose services have all their ports by now."""

    def __init__(self, environment: Environment, tree: Tree, report: Report) -> None:
        self.environment = environment
        self.tree = tree
        self.report = report

    @property
    def gaps(self) -> Gaps:
        return self.tree.gaps

    def known(self, name: str, among: Collection[str], code: Code, said: str, path: Path, *homes: Path) -> bool:
        """Whether `name` is one of `among`; if not, `said` is found at `path`, unless it may stand in one of its `homes`."""
        if name in among:
            return True
        if any(self.gaps.hide((*home, name)) for home in homes):
            return False
        meant = near(name, among)
        there = f"known are: {listed(among)}" if among else f"there is none at all{_first_one(name, *homes)}"
        self.report.add(
            code,
            said,
            self.tree.span(path),
            help=f"did you mean `{meant}`? {there}" if meant else there,
            at=self.tree.name(path),
        )
        return False

    def member(self, written: str, path: Path) -> Member | None:
        """The service and port number that `service.port` means; never of what is external."""
        service = written.partition(".")[0]
        if service in self.environment.external and service not in self.environment.services:
            self.report.add(
                codes.EXTERNAL_MEMBER,
                f"`{service}` is external: no backend can have it as a member",
                self.tree.span(path),
                help="clients reach it themselves, or a service here forwards to it; a variable can hold its address",
                at=self.tree.name(path),
            )
            return None
        found = self._port(written, self.environment.services, codes.UNKNOWN_MEMBER, path)
        return Member(service, found) if found else None

    def address(self, written: str, path: Path) -> None:
        """`service.port`, of a service here or of an external one."""
        self._port(written, {**self.environment.external, **self.environment.services}, codes.UNKNOWN_ADDRESS, path)

    def _port(self, written: str, among: Mapping[str, Service | External], code: Code, path: Path) -> int | None:
        """The number of a port."""
        service, dot, port = written.partition(".")
        if not dot:
            help = _meant(written, among) or "write `service.port`: its name, and that of its port"
            self.report.add(code, f"`{written}` names no port", self.tree.span(path), help=help, at=self.tree.name(path))
            return None
        homes: list[Path] = [("services",), ("external",)]
        if not self.known(service, among, code, f"there is no service named `{service}`", path, *homes):
            return None
        ports = among[service].ports
        if not self._has_port(service, port, ports, code, path):
            return None
        found = ports[port]
        return found.number if isinstance(found, Port) else found

    def port(self, service: str, port: str, path: Path) -> bool:
        return self._has_port(service, port, self.environment.services[service].ports, codes.UNKNOWN_PORT, path)

    def _has_port(self, service: str, port: str, ports: Collection[str], code: Code, path: Path) -> bool:
        here: Path = ("services", service)
        if port not in ports and self.gaps.touch(*((*here, "http", *listener) for listener in LISTENERS)):
            return False  # it may be the port of a listener that could not be read
        said = f"`{service}` has no port named `{port}`"
        return self.known(port, ports, code, said, path, (*here, "ports"), ("external", service, "ports"))

    def service(self, name: str, path: Path) -> bool:
        said = f"there is no service named `{name}`"
        if name in self.environment.external:
            said = f"`{name}` is external: it is there before all services"
        return self.known(name, self.environment.services, codes.UNKNOWN_DEPENDENCY, said, path, ("services",))

    def secret(self, name: str, path: Path) -> bool:
        said = f"there is no secret named `{name}`"
        return self.known(name, self.environment.secrets, codes.UNKNOWN_SECRET, said, path, ("secrets",))

    def network(self, name: str, path: Path) -> bool:
        said = f"there is no network named `{name}`"
        return self.known(name, self.environment.networks, codes.UNKNOWN_NETWORK, said, path, ("networks",))

    def keeps_secret(self, file: str, path: Path, report: Report) -> bool:
        """Whether a file that would be read, for what stands at `path`, is that of a secret: then it is not."""
        secret = next((name for name, one in self.environment.secrets.items() if one.file and _is_in(file, one.file)), None)
        if secret is None:
            return False
        report.add(
            codes.SECRET_READ,
            f"`{file}` holds the secret `{secret}`: it would be written into artifacts",
            self.tree.span(path),
            help="name another file; a service gets the secret by its name",
            at=self.tree.name(path),
        )
        return True

    def volume(self, name: str, path: Path) -> bool:
        said = f"there is no volume named `{name}`"
        return self.known(name, self.environment.volumes, codes.UNKNOWN_VOLUME, said, path, ("volumes",))


_FIRST = {
    "networks": "{{}}",
    "volumes": "{{access: single-writer}}",
    "secrets": "{{file: .secrets/{}}}",
    "ports": "8080",
}
"""What the first of a kind may be."""


def _first_one(name: str, *homes: Path) -> str:
    kind = str(homes[0][-1]) if homes else ""
    beside = "in the service" if kind == "ports" else "beside `services`"
    return f": write `{kind}: {{{name}: {_FIRST[kind].format(name)}}}` {beside}" if kind in _FIRST else ""


def _meant(written: str, among: Mapping[str, Service | External]) -> str:
    """The `service.port` that somebody may have meant who wrote a service, perhaps with a number as elsewhere."""
    service, _, number = written.partition(":")
    ports = (
        {name: str(getattr(port, "number", port)) for name, port in among[service].ports.items()} if service in among else {}
    )
    named = [name for name, port in sorted(ports.items()) if port == number or not number or len(ports) == 1]
    return f"write {' or '.join(f'`{service}.{name}`' for name in named)}" if named else ""
