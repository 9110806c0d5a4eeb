"""The limits of ECS and of Fargate. Neither botocore nor cfn-lint holds anybody to them: only AWS would say them."""

from __future__ import annotations

from twipc.limit import Limit
from twipc.spec.codes import BAD_VALUE
from twipc.spec.limits import CONSTRAINTS, MEMORY, NAME, REPLICAS, REQUEST_PATH, SPREAD, USER
from twipc.target import Held, OutOfReach
from twipc.target.codes import APPROXIMATED, BEHAVIOUR_LOST, HEALTH_LOST
from twipc.target.limits import Pairs, Table

from .. import limits
from ..codes import FULL, NO_SIZE, TOO_LARGE
from ..forms import LONGEST_LOG_GROUP, LONGEST_NAMESPACE
from .measures import (
    balanced_ports,
    documents,
    ec2_cpu,
    group_rules,
    images,
    policies,
    seconds,
    security_groups,
    subnets,
    target_groups,
    task_cpu,
    task_memory,
    ulimits,
)

_GUIDE = "ECS guide, service quotas"
_BOTOCORE = "botocore's text"
_FAMILY = 3 * NAME.most + 2

LIMITS: Table = (
    Held(
        limit=limits.TASK_DEFINITION,
        code=TOO_LARGE,
        written=documents,
        help="shorten `env`, `labels` and `command`, or bring files in the image",
    ),
    Held(
        limit=Limit(what="target groups of an ECS service", unit="target groups", most=5, source=_GUIDE),
        code=TOO_LARGE,
        measure=target_groups,
        help="publish fewer ports of one service",
    ),
    Held(
        limit=Limit(what="subnets of an ECS service", unit="subnets", most=16, source=f"{_BOTOCORE} of AwsVpcConfiguration"),
        code=TOO_LARGE,
        measure=subnets,
        help="name fewer: one in each zone is enough",
    ),
    Held(
        limit=Limit(
            what="security groups of an ECS service",
            unit="security groups",
            most=5,
            source=f"{_BOTOCORE} of AwsVpcConfiguration",
        ),
        code=TOO_LARGE,
        measure=security_groups,
        help="name fewer, and write their rules into one",
    ),
    Held(
        limit=Limit(
            what="the name of an image with ECS's registry",
            unit="characters",
            most=255,
            source="Docker's grammar (distribution, reference.go)",
        ),
        code=TOO_LARGE,
        measure=images,
        help="shorten it, or `targets.ecs.registry`",
    ),
    Held(limit=limits.ROLE_POLICIES, code=FULL, written=policies),
    Held(limit=limits.LISTENERS, code=TOO_LARGE, measure=balanced_ports, help="publish fewer ports"),
    Held(limit=limits.GROUP_RULES, code=FULL, written=group_rules),
    Held(
        limit=Limit(what="health.interval on ECS", unit="s", least=5, most=300, source=f"{_BOTOCORE} of HealthCheck"),
        code=HEALTH_LOST,
        below=APPROXIMATED,
        measure=seconds("health.interval"),
        answered=True,
    ),
    Held(
        limit=Limit(what="health.timeout on ECS", unit="s", least=2, most=60, source=f"{_BOTOCORE} of HealthCheck"),
        code=HEALTH_LOST,
        below=APPROXIMATED,
        measure=seconds("health.timeout"),
        answered=True,
    ),
    Held(
        limit=Limit(what="health.start_period on ECS", unit="s", most=300, source=f"{_BOTOCORE} of HealthCheck"),
        code=HEALTH_LOST,
        measure=seconds("health.start_period"),
        answered=True,
    ),
    Held(
        limit=Limit(what="stop_grace on Fargate", unit="s", least=2, most=120, source=f"{_BOTOCORE} of stopTimeout"),
        code=BEHAVIOUR_LOST,
        below=APPROXIMATED,
        measure=seconds("stop_grace", fargate=True),
        answered=True,
    ),
    Held(
        limit=Limit(
            what="CPU units of a task on Fargate",
            unit="CPU units",
            most=max(limits.FARGATE),
            source="cfn-lint's fargate_cpu_memory.json, to which a test holds the table (E3047)",
        ),
        code=NO_SIZE,
        measure=task_cpu,
        answered=True,
    ),
    Held(
        limit=Limit(
            what="memory of a task on Fargate",
            unit="MiB",
            most=max(max(sizes) for sizes in limits.FARGATE.values()),
            source="cfn-lint's fargate_cpu_memory.json, to which a test holds the table (E3047)",
        ),
        code=NO_SIZE,
        measure=task_memory,
        answered=True,
    ),
    Pairs(
        what="sizes of a task on Fargate",
        source="cfn-lint's fargate_cpu_memory.json (E3047, E3048)",
        heads=("CPU units", "MiB of memory"),
        pairs=limits.FARGATE,
        code=APPROXIMATED,
    ),
    Held(
        limit=Limit(
            what="CPU units of a task on EC2",
            unit="CPU units",
            least=limits.LEAST_CPU_EC2,
            most=196_608,
            source=f"{_BOTOCORE} of cpu; the language has no more (resources.cpu)",
        ),
        code=BAD_VALUE,
        below=APPROXIMATED,
        measure=ec2_cpu,
        answered=True,
    ),
    Held(
        limit=Limit(what="a limit of processes on ECS", most=limits.LARGEST, source=f"{_BOTOCORE}: the API has 32 bits for it"),
        code=BEHAVIOUR_LOST,
        measure=ulimits,
        answered=True,
    ),
    OutOfReach(
        limit=Limit(
            what="the path that a load balancer asks for", unit="characters", most=1024, source="botocore's HealthCheckPath"
        ),
        reach=REQUEST_PATH.most,
        why="`ready.http.path`",
    ),
    OutOfReach(
        limit=Limit(what="the folder of an EFS access point", unit="characters", most=100, source="botocore's EFS, Path"),
        reach=NAME.most + 1,
        why="a volume's name",
    ),
    OutOfReach(
        limit=Limit(what="a user or group of an EFS access point", most=(1 << 32) - 1, source="botocore's EFS, Uid and Gid"),
        reach=USER.most,
        why="`user` and `volume_owners`",
    ),
    OutOfReach(
        limit=Limit(what="security groups of an EFS mount target", most=5, source="EFS guide, quotas"),
        reach=1,
        why="each volume that the template makes has one for its mount targets",
    ),
    OutOfReach(
        limit=Limit(
            what="the names of an ECS task family and service, <project>-<environment>-<name>",
            unit="characters",
            most=255,
            source=f"{_BOTOCORE}; cfn-lint takes any",
        ),
        reach=_FAMILY,
        why="three names",
    ),
    OutOfReach(
        limit=Limit(what="the name of an ECS port mapping", unit="characters", most=64, source=f"{_BOTOCORE}"),
        reach=NAME.most,
        why="a port's own name",
    ),
    OutOfReach(
        limit=Limit(what="the name of a log group", unit="characters", most=512, source=f"{_BOTOCORE}"),
        reach=LONGEST_LOG_GROUP + 1 + NAME.most,
        why="`targets.ecs.log_group`, and the service below it",
    ),
    OutOfReach(
        limit=Limit(what="containers of a task definition", most=10, source=f"{_GUIDE}"),
        reach=1,
        why="each service is a task definition of its own",
    ),
    OutOfReach(
        limit=Limit(what="placement constraints of an ECS service", most=10, source=f"{_BOTOCORE}"),
        reach=CONSTRAINTS.most + 1,
        why="`placement.constraints`, and distinct hosts",
    ),
    OutOfReach(
        limit=Limit(what="placement strategies of an ECS service", most=5, source=f"{_BOTOCORE}"),
        reach=SPREAD.most + 2,
        why="`placement.spread`, zones and hosts",
    ),
    OutOfReach(
        limit=Limit(what="tags of an ECS task definition or service", most=50, source=f"{_BOTOCORE}"),
        reach=4,
        why="project, environment, service and namespace",
    ),
    OutOfReach(
        limit=Limit(what="the value of an ECS tag", unit="characters", most=256, source=f"{_BOTOCORE}"),
        reach=LONGEST_NAMESPACE,
        why="the namespace's name is the longest",
    ),
    OutOfReach(limit=Limit(what="tasks of an ECS service", most=5000, source=_GUIDE), reach=REPLICAS.most, why="`replicas`"),
    OutOfReach(
        limit=Limit(
            what="memory of a task on EC2", unit="MiB", most=limits.LARGEST, source=f"{_BOTOCORE}: the API has 32 bits for it"
        ),
        reach=MEMORY.most >> 20,
        why="`resources.memory`",
    ),
)
