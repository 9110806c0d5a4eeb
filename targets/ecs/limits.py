"""What ECS takes: sizes of tasks, ranges of times. What does not fit is rounded to the safe side or refused.

For `lower` and `check` only: what artifacts are held to is stated a second time, in `expected`.

Sources: AWS's "Task CPU and memory" table, as botocore's text of `cpu` and cfn-lint's fargate_cpu_memory.json have it (a
conformance test holds this one against cfn-lint's); botocore's texts of HealthCheck and stopTimeout.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from twipc.limit import Limit
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
"""MiB of memory by CPU units (1024 are one vCPU)."""
LEAST_CPU_EC2 = 128
ADDED = frozenset({"SYS_PTRACE"})
"""All that a container on Fargate may be allowed (botocore's text of KernelCapabilities)."""
RAISED = frozenset({"nofile"})
"""The one limit of processes that Fargate sets (botocore's text of Ulimit)."""
LARGEST = (1 << 31) - 1
"""The largest number that a limit of processes may have: the API has 32 bits for it (botocore's type is `integer`)."""
TASK_DEFINITION = Limit(what="a task definition of ECS", unit="bytes", most=64 << 10, source="ECS guide, service quotas")
ROLE_POLICIES = Limit(
    what="the inline policies of an IAM role", unit="characters", most=10_240, source="IAM guide, quotas; white space is free"
)
GROUP_RULES = Limit(
    what="the rules of a security group in one direction",
    unit="rules",
    most=60,
    source="VPC guide, quotas: what an account has until it asks for more",
)
LEAST_REPOSITORY = 2
"""The fewest characters of an ECR repository's name (botocore's shape RepositoryName)."""
ANSWERED = 8
"""The most instances that Cloud Map names at once (botocore's text of DnsConfig, RoutingPolicy MULTIVALUE)."""
LOG_DRIVERS: Mapping[str, frozenset[str]] = {
    "fargate": frozenset({"awslogs"}),
    "ec2": frozenset({"awslogs", "fluentd", "gelf", "journald", "json-file", "syslog"}),
}
"""Of those that a spec can name (botocore's text of LogConfiguration)."""
OF_AWSLOGS = frozenset(
    {"awslogs-group", "awslogs-region", "awslogs-create-group", "awslogs-datetime-format", "mode", "max-buffer-size"}
)
"""What ECS says of its own that it takes for awslogs (the same text); a stream is called after its task."""


class Seconds(Struct, frozen=True):
    """What ECS takes for a time: whole seconds, from `least` to `most`."""

    least: int
    most: int | None

    def fit(self, value: Duration) -> int:
        """Rounded up to a whole second and into the range; support.py says what is lost."""
        seconds = max(self.least, -(-int(value) // 1000))
        return min(seconds, self.most) if self.most is not None else seconds


INTERVAL = Seconds(5, 300)
TIMEOUT = Seconds(2, 60)
START_PERIOD = Seconds(0, 300)
IDLE = Seconds(1, 4000)
"""A connection without a byte, on both sides of a load balancer (botocore's text of LoadBalancerAttribute)."""
STOP = {"fargate": Seconds(2, 120), "ec2": Seconds(2, None)}
ASKED = Seconds(5, 300)
ANSWERED_WITHIN = Seconds(2, 120)
DRAINED = Seconds(0, 3600)
"""How often and how long a load balancer asks, and how long it drains (botocore's text of CreateTargetGroup)."""
IN_A_ROW = (2, 10)
"""So many answers are one of the target's health (the same text)."""
LISTENERS = Limit(
    what="the listeners of a load balancer",
    unit="listeners",
    most=50,
    source="ELB guide, quotas of Network Load Balancers: what an account has until it asks for more",
)


def is_page(text: str) -> bool:
    """Whether a load balancer answers with it: so many bytes, and nothing that CloudFormation would replace."""
    return len(text.encode()) <= 1024 and "{{resolve:" not in text


class TaskSize(Struct, frozen=True):
    """CPU units, None for no limit, and MiB of memory."""

    cpu: int | None
    memory: int


def mebibytes(size: int) -> int:
    """The MiB that a size takes, not one less."""
    return -(-size // MIB)


def container_memory(service: Service) -> int | None:
    """The MiB that the spec allows."""
    memory = service.resources.memory
    return None if memory is None else mebibytes(memory)


def cpu_units(service: Service) -> int | None:
    """The CPU units that the spec allows, not one less."""
    cpu = service.resources.cpu
    return None if cpu is None else -(-int(cpu) * 1024 // 1000)


def fargate(cpu: int, memory: int) -> TaskSize | None:
    """The smallest task of Fargate that has so much of both."""
    for units in sorted(FARGATE):
        fitting = [mib for mib in FARGATE[units] if mib >= memory]
        if units >= cpu and fitting:
            return TaskSize(units, fitting[0])
    return None


def task_size(launch: str, service: Service) -> TaskSize | None:
    """The task that holds a service; None if the spec says too little for one, or more than the largest has."""
    cpu, memory = cpu_units(service), container_memory(service)
    if memory is None:
        return None
    if launch == "ec2":
        return TaskSize(None if cpu is None else max(LEAST_CPU_EC2, cpu), memory)
    return None if cpu is None else fargate(cpu, memory)
