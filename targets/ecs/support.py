"""What ECS can say."""

from __future__ import annotations

from collections.abc import Callable

from twipc.formats.reading import ENGINE_SUPPORT
from twipc.spec import Cpu, Duration, Service
from twipc.spec import Size as Bytes
from twipc.target import Absent, Approximate, Asked, Exact, FieldSupport, Outside, Support, When, codes, option
from twipc.target.support import OUTSIDE_ORCHESTRATORS

from . import limits
from .codes import LISTENER
from .options import Options, target_group_of


def _service(asked: Asked) -> Service:
    return asked.model.environment.services[asked.key.owner[0]]


def _launch(asked: Asked) -> str:
    options: Options = option(asked.options, Options)
    return options.launch


def _cpu(asked: Asked) -> object:
    units = limits.task_size(_launch(asked), _service(asked)).cpu
    return None if units is None else Cpu(units * 1000 // 1024)


def _memory(asked: Asked) -> object:
    """Of the task and of the container in it, where they differ."""
    service = _service(asked)
    task, own = limits.task_size(_launch(asked), service).memory, limits.own_memory(service)
    if task is None or own is None:
        return None
    whole, part = Bytes(task * limits.MIB), Bytes(own * limits.MIB)
    return whole if task == own else f"a task of {whole}, {part} of it for the container"


def _within(range_: limits.Range) -> Callable[[Asked], object]:
    return lambda asked: Duration(range_(asked.value) * 1000)


def _exceeds(range_: limits.Range) -> Callable[[Asked], bool]:
    return lambda asked: range_.exceeded(asked.value)


def _health(range_: limits.Range, rounded: str, exceeded: str) -> When:
    """Too short a time is made longer; too long a one can not be."""
    return When(
        f"over {range_.most}s",
        _exceeds(range_),
        then=Approximate(_within(range_), exceeded, codes.HEALTH_LOST),
        otherwise=Approximate(_within(range_), rounded),
    )


def _balanced(asked: Asked) -> bool:
    """Whether a load balancer's target group stands for this published port, which is open to all then."""
    _, number, nth = asked.key.owner
    publish = [one for one in _service(asked).publish if asked.model.number(asked.key.owner[0], one.port) == int(number)]
    one = publish[int(nth)]
    return one.address is None and target_group_of(option(asked.options, Options), asked.key.owner[0], one.port) is not None


def _first(asked: Asked) -> object:
    """A container port is one target, however many listeners lead to it."""
    return ("load balancer", "") if asked.key.owner[2] == "0" else None


def _mounted(asked: Asked) -> bool:
    services = asked.model.environment.services.values()
    return any(mount.volume == asked.key.owner[0] for service in services for mount in service.mounts.values())


def _read_by_nobody(asked: Asked) -> bool:
    http = _service(asked).http
    return asked.key.owner[1] == "stats" and http is not None and http.engine.name == "nginx"


_NOT_THERE = Absent("no service mounts it, and ECS knows volumes by their mounts alone", codes.LOST)
_SIZES = "tasks come in fixed sizes"
_INTERVAL = _health(
    limits.INTERVAL, "ECS checks every 5s at the soonest, in whole seconds", "ECS checks every 300s at the latest"
)
_TIMEOUT = _health(limits.TIMEOUT, "ECS waits for 2s at least, in whole seconds", "ECS takes a check that lasts 60s for failed")
_START_PERIOD = _health(limits.START_PERIOD, "ECS counts whole seconds", "ECS counts failures from 300s after the start")

_FIELDS: FieldSupport = {
    "environment.project": Exact(),
    "environment.environment": Exact(),
    "service.image": Exact(),
    "service.build.context": Outside(OUTSIDE_ORCHESTRATORS["service.build.context"]),
    "service.build.dockerfile": Outside(OUTSIDE_ORCHESTRATORS["service.build.dockerfile"]),
    "service.command": Exact(),
    "service.env": Exact(),
    "service.ports": Exact(),
    "service.publish": When(
        "a target group stands for it, and it is open to all",
        _balanced,
        then=Approximate(
            _first, "the port outside is that of the load balancer's listener, which twipc does not make", LISTENER
        ),
        otherwise=Absent(
            "a task has an address of its own: outside is only what a load balancer's target group leads to, and that is never "
            "one address of a host",
            codes.EXPOSURE_LOST,
        ),
    ),
    "service.replicas": Exact(),
    "service.health.http.path": Exact(),
    "service.health.http.port": Exact(),
    "service.health.http.client": Exact(),
    "service.health.command": Exact(),
    "service.health.interval": _INTERVAL,
    "service.health.timeout": _TIMEOUT,
    "service.health.failures": Exact(),
    "service.health.start_period": _START_PERIOD,
    "service.resources.cpu": Approximate(_cpu, _SIZES),
    "service.resources.memory": Approximate(_memory, _SIZES),
    "service.restart": Approximate(
        lambda _: "always", "an ECS service starts a new task for each that ends, however it ended", codes.BEHAVIOUR_LOST
    ),
    "service.stop_grace": When(
        "over 120s on Fargate",
        lambda asked: limits.STOP[_launch(asked)].exceeded(asked.value),
        then=Approximate(_within(limits.STOP["fargate"]), "Fargate kills after 120s", codes.BEHAVIOUR_LOST),
        otherwise=Approximate(_within(limits.STOP["ec2"]), "ECS waits for 2s at least, in whole seconds"),
    ),
    "service.mounts": Exact(),
    "volume.access": When("a service mounts it", _mounted, then=Exact(), otherwise=_NOT_THERE),
    "volume.retention": When(
        "a service mounts it",
        _mounted,
        then=Approximate(lambda _: "keep", "EFS keeps what is in it until somebody deletes the files", codes.LOST),
        otherwise=_NOT_THERE,
    ),
    "secret.file": Outside(OUTSIDE_ORCHESTRATORS["secret.file"]),
    "secret.swarm.name": Outside(OUTSIDE_ORCHESTRATORS["secret.swarm.name"]),
    "secret.ecs.arn": When(
        "it is for the statistics page of a nginx, which has none",
        _read_by_nobody,
        then=Outside(OUTSIDE_ORCHESTRATORS["secret.ecs.arn"]),
        otherwise=Exact(),
    ),
}
SUPPORT = Support(_FIELDS, ENGINE_SUPPORT)
