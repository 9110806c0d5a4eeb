"""What a load balancer of the template leads to: of each port outside, the service and the port that it reaches."""

from __future__ import annotations

from msgspec import Struct

from twipc.model import Model
from twipc.spec import EPHEMERAL

from ..options import Options
from ..task.wiring import https_of
from ..template.logical import logical
from ..template.making import target_group_of
from ..untemplated import obstacles

_PROTOCOLS = {("tcp",): "TCP", ("udp",): "UDP", ("tcp", "udp"): "TCP_UDP"}


class Targets(Struct, frozen=True):
    """A port of a service's tasks, by one protocol or by both: a target group."""

    service: str
    number: int
    protocol: str

    @property
    def id(self) -> str:
        both = {"TCP": "", "UDP": "udp", "TCP_UDP": "tcpudp"}
        return f"{logical(self.service, 'Targets')}{self.number}{both[self.protocol]}"

    @property
    def protocols(self) -> tuple[str, ...]:
        """As ports and rules of groups name them."""
        return tuple(self.protocol.lower().split("_"))


class Listener(Struct, frozen=True):
    """A port outside. `publications` are those that it stands for: of a port that is TCP and UDP two."""

    port: int
    targets: Targets
    publications: tuple[int, ...]

    @property
    def id(self) -> str:
        """Of its port alone: a port that goes to another service is changed, where two would want it at once."""
        return f"Listener{self.port}"


def is_balanced(model: Model, options: Options, name: str, index: int) -> bool:
    """Whether the template makes a way to a publication: to all, at a port that is said, and not another's already."""
    service = model.environment.services[name]
    publish = service.publish[index]
    open_ = publish.address is None and publish.host != EPHEMERAL and publish.port != https_of(service)
    return open_ and target_group_of(options, name, publish.port) is None and not any(obstacles(model))


def listeners_of(model: Model, options: Options, name: str) -> list[Listener]:
    """Those that lead to one service, by port."""
    service = model.environment.services[name]
    reached: dict[tuple[int, int], dict[str, int]] = {}
    for index, publish in enumerate(service.publish):
        if is_balanced(model, options, name, index):
            port = service.ports[publish.port]
            reached.setdefault((publish.host, port.number), {})[port.protocol] = index
    return [
        Listener(host, Targets(name, number, _PROTOCOLS[tuple(sorted(by))]), tuple(by[each] for each in sorted(by)))
        for (host, number), by in sorted(reached.items())
    ]


def listeners(model: Model, options: Options) -> list[Listener]:
    """By port, of which each leads to one: `check` refuses others."""
    found = (one for name, _ in model.services for one in listeners_of(model, options, name))
    return sorted(found, key=lambda one: one.port)


def targets_of(model: Model, options: Options, name: str) -> list[Targets]:
    """Those of a service, each once."""
    found = {one.targets for one in listeners_of(model, options, name)}
    return sorted(found, key=lambda one: (one.number, one.protocol))


def makes_balancer(model: Model, options: Options) -> bool:
    return any(listeners_of(model, options, name) for name, _ in model.services)
