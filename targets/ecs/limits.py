"""What ECS takes: sizes of tasks, ranges of times. What does not fit is rounded to the safe side or refused.

Sources: AWS's "Task CPU and memory" table, as botocore's text of `cpu` and cfn-lint's fargate_cpu_memory.json have it (a
conformance test holds this one against cfn-lint's); botocore's texts of HealthCheck and stopTimeout.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from twipc.spec import Duration, Service

MIB = 1 << 20
FARGATE: Mapping[int, Sequence[int]] = {
    256: (512, 1024, 2048),
    512: range(1024, 4096 + 1, 1024),
    1024: range(2048, 8192 + 1, 1024),
    2048: range(4096, 16384 + 1, 1024),
    4096: range(8192, 30720 + 1, 1024),
    8192: range(16384, 61440 + 1, 4096),
    16384: range(32768, 122880 + 1, 8192),
    32768: (61440, 122880, 249856),
}
"""MiB of memory by cpu units (1024 are one processor)."""
LEAST_CPU_EC2 = 128
TASK_DEFINITION = 64 << 10
"""The most bytes that a task definition may have (ECS guide, service quotas)."""
TARGET_GROUPS = 5
"""The most target groups that a service may have (ECS guide, service quotas)."""


@dataclass(frozen=True, slots=True)
class Range:
    """Whole seconds, from `least` to `most`."""

    least: int
    most: int | None

    def __call__(self, value: Duration) -> int:
        """The next longer one, as far as there is one."""
        seconds = max(self.least, -(-int(value) // 1000))
        return min(seconds, self.most) if self.most is not None else seconds

    def exceeded(self, value: Duration) -> bool:
        return self.most is not None and int(value) > self.most * 1000


INTERVAL = Range(5, 300)
TIMEOUT = Range(2, 60)
START_PERIOD = Range(0, 300)
STOP = {"fargate": Range(2, 120), "ec2": Range(2, None)}


@dataclass(frozen=True, slots=True)
class Size:
    """Of a task: cpu units, if there is a limit, and MiB; `sold` if ECS has such a task."""

    cpu: int | None
    memory: int | None
    sold: bool = True


def own_memory(service: Service) -> int | None:
    """The MiB that the spec allows, not one less."""
    memory = service.resources.memory
    return None if memory is None else -(-int(memory) // MIB)


def own_cpu(service: Service) -> int | None:
    """The cpu units that the spec allows, not one less."""
    cpu = service.resources.cpu
    return None if cpu is None else -(-int(cpu) * 1024 // 1000)


def fargate(cpu: int, memory: int) -> Size | None:
    """The smallest task of Fargate that has so much of both."""
    for units in sorted(FARGATE):
        fitting = [mib for mib in FARGATE[units] if mib >= memory]
        if units >= cpu and fitting:
            return Size(units, fitting[0])
    return None


def task_size(launch: str, service: Service) -> Size:
    """The task that holds a service."""
    cpu, memory = own_cpu(service), own_memory(service)
    if launch == "ec2":
        return Size(None if cpu is None else max(LEAST_CPU_EC2, cpu), memory, sold=memory is not None)
    fitting = None if cpu is None or memory is None else fargate(cpu, memory)
    return fitting or Size(cpu, memory, sold=False)
