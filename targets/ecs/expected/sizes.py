"""Sizes and times as ECS should have them, stated a second time: what the artifacts are held to.

Nothing here knows `limits`, which the emitter goes by: other units, other formulas, a table of its own. Conformance tests hold
both against AWS's own tools.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from twipc.spec import Cpu, Duration, Service, Size
from twipc.target import Asked

_GIB = {
    "0.25": "0.5 1 2",
    "0.5": "1 2 3 4",
    "1": "2 3 4 5 6 7 8",
    "2": "4 5 6 7 8 9 10 11 12 13 14 15 16",
    "4": "8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30",
    "8": "16 20 24 28 32 36 40 44 48 52 56 60",
    "16": "32 40 48 56 64 72 80 88 96 104 112 120",
    "32": "60 120 244",
}
"""Fargate's sizes as AWS's page prints them: GiB of memory by vCPU."""
FARGATE = frozenset(
    (Cpu(float(vcpu) * 1000), Size(float(memory) * 1024**3)) for vcpu, sizes in _GIB.items() for memory in sizes.split()
)
_MIB = 1024**2
_LEAST_EC2 = Cpu(125)


def container_memory(service: Service) -> Size | None:
    """What the spec allows, in whole MiB; a part of one counts as one."""
    wanted = service.resources.memory
    return None if wanted is None else _whole(wanted)


def _whole(size: int) -> Size:
    return Size(size if size % _MIB == 0 else size + _MIB - size % _MIB)


def tmpfs(asked: Asked) -> dict[str, Size]:
    """Each place with its size in whole MiB."""
    return {path: _whole(size) for path, size in asked.value.items()}


def shared_memory(asked: Asked) -> Size | None:
    """Its size in whole MiB."""
    return None if asked.value is None else _whole(asked.value)


def task_size(launch: str, service: Service) -> tuple[Cpu | None, Size | None]:
    """On Fargate the least vCPU, and with it the least memory, with room for both; on EC2 what the spec says.

    Where Fargate has no room, nothing is rounded: `check` refuses it.
    """
    cpu, memory = service.resources.cpu, container_memory(service)
    if launch == "ec2":
        return (None if cpu is None else max(cpu, _LEAST_EC2), memory)
    return (cpu, memory) if cpu is None or memory is None else _on_fargate(cpu, memory)


@lru_cache(maxsize=64)
def _on_fargate(cpu: Cpu, memory: Size) -> tuple[Cpu, Size]:
    return min((size for size in FARGATE if size[0] >= cpu and size[1] >= memory), default=(cpu, memory))


def capabilities(asked: Asked) -> tuple[str, ...]:
    """What Fargate leaves of those that are asked for."""
    return tuple(name for name in asked.value if name == "SYS_PTRACE")


def ulimits(asked: Asked) -> dict[str, tuple[int, int]]:
    """What fits in the API's numbers."""
    return {name: pair for name, pair in asked.value.items() if not any(number >= 1 << 31 for number in pair)}


def ulimits_of_fargate(asked: Asked) -> dict[str, tuple[int, int]]:
    """What Fargate takes of that."""
    return {name: pair for name, pair in ulimits(asked).items() if name == "nofile"}


def seconds(least: int, most: int | None = None) -> Callable[[Asked], Duration]:
    """The time in whole seconds, not shorter than asked for, unless that is over `most`."""

    def expected(asked: Asked) -> Duration:
        part = asked.value % 1000
        whole = asked.value + 1000 - part if part else asked.value
        if most is not None and whole > most * 1000:
            return Duration(most * 1000)
        return Duration(whole if whole > least * 1000 else least * 1000)

    return expected


def over(most: int) -> Callable[[Asked], bool]:
    return lambda asked: asked.value > most * 1000
