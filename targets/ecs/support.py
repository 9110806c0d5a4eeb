"""What ECS can say."""

from __future__ import annotations

from collections.abc import Mapping

from twipc.formats.reading import ENGINE_SUPPORT
from twipc.target import (
    Absent,
    Approximate,
    EngineSupport,
    Exact,
    FieldSupport,
    Outside,
    When,
    codes,
)
from twipc.target.support import OUTSIDE_ORCHESTRATORS, waits_for_health

from .answers import asking, volumes
from .answers.alb import AlbSupport
from .answers.asking import health
from .codes import LISTENER
from .expected import sizes

_NO_TLS = Absent(
    "ECS brings secrets as variables only, and an engine reads its certificate from a file: let the load balancer end TLS, and "
    "send on to https who comes to it by http",
    codes.SECRET_LOST,
)
_ENGINES: Mapping[str, EngineSupport] = {
    engine: {**answers, "http.tls.listen.number": _NO_TLS, "http.tls.certificate": _NO_TLS, "http.tls.hsts": _NO_TLS}
    for engine, answers in ENGINE_SUPPORT.items()
}
_NO_HOSTS = Absent("Fargate shows no hosts to choose among: tasks are spread over the zones of the subnets", codes.LOST)
_NO_STANDBY = Absent(
    "a load balancer's target that waits is not healthy, and ECS replaces it for ever; nor is a lock on EFS proven to pass on: "
    "one task runs, under the lock, and its successor starts when it has ended",
    codes.BEHAVIOUR_LOST,
)
_NO_RANGE = "what follows the load is in the template alone, and this environment has none (ECS111): as many run as at first"
_RANGE = When("in a template", asking.templated, then=Exact(), otherwise=Absent(_NO_RANGE, codes.BEHAVIOUR_LOST))
_MEBIBYTES = "ECS counts what lies in memory in whole MiB"
_NO_TMPFS = Absent(
    "Fargate has no tmpfs: scratch files would lie on the task's disk, or, on a read-only root, could not be written",
    codes.HARDENING_LOST,
)
_INTERVAL = health(5, 300, "ECS checks at intervals of whole seconds, 5s or longer", "ECS checks every 300s at the latest")
_TIMEOUT = health(2, 60, "ECS waits whole seconds for a check, 2s or longer", "ECS takes a check that lasts 60s for failed")
_START_PERIOD = health(0, 300, "ECS counts whole seconds", "ECS counts failures from 300s after the start")

_FIELDS: FieldSupport = {
    "environment.project": Exact(),
    "environment.environment": Exact(),
    "service.kind": Exact(),
    "service.image": Exact(),
    "service.build.context": Outside(OUTSIDE_ORCHESTRATORS["service.build.context"]),
    "service.build.dockerfile": Outside(OUTSIDE_ORCHESTRATORS["service.build.dockerfile"]),
    "service.command": Exact(),
    "service.entrypoint": Exact(),
    "service.working_dir": Exact(),
    "service.user": Exact(),
    "service.read_only": Exact(),
    "service.tmpfs": When("on EC2", asking.on_ec2, then=Approximate(sizes.tmpfs, _MEBIBYTES), otherwise=_NO_TMPFS),
    "service.shm_size": When(
        "on EC2",
        asking.on_ec2,
        then=Approximate(sizes.shared_memory, _MEBIBYTES),
        otherwise=Absent("Fargate takes no size of shared memory: a program that wants more finds none", codes.BEHAVIOUR_LOST),
    ),
    "service.capabilities": When(
        "on EC2",
        asking.on_ec2,
        then=Exact(),
        otherwise=Approximate(sizes.capabilities, "Fargate adds SYS_PTRACE alone", codes.BEHAVIOUR_LOST),
    ),
    "service.no_new_privileges": When(
        "on EC2",
        asking.on_ec2,
        then=Exact(),
        otherwise=Approximate(
            lambda _: False, "Fargate takes no Docker security options, and says nothing of its own", codes.HARDENING_LOST
        ),
    ),
    "service.ulimits": When(
        "on EC2",
        asking.on_ec2,
        then=Approximate(sizes.ulimits, "ECS counts to 2147483647", codes.BEHAVIOUR_LOST),
        otherwise=Approximate(sizes.ulimits_of_fargate, "Fargate sets nofile alone", codes.BEHAVIOUR_LOST),
    ),
    "service.stop_signal": Absent(
        "a task definition has no stop signal: the one of the image counts, `STOPSIGNAL` in its Dockerfile",
        codes.BEHAVIOUR_LOST,
    ),
    "service.init": Exact(),
    "service.env": Exact(),
    "service.labels": Exact(),
    "service.logging.driver": When(
        "asked for, and ECS has it",
        asking.log_driver_is_kept,
        then=Exact(),
        otherwise=Approximate(
            lambda _: "awslogs",
            "logs go to CloudWatch by `awslogs`, the one driver of Fargate; on EC2 all but `local` and `none` can be asked for",
            codes.BEHAVIOUR_LOST,
        ),
    ),
    "service.logging.options": When(
        "the driver is there",
        asking.log_driver_is_kept,
        then=Approximate(
            asking.log_options,
            "for awslogs ECS takes awslogs-group, -region, -create-group and -datetime-format, mode and max-buffer-size; it "
            "calls a stream after service and task",
            codes.BEHAVIOUR_LOST,
        ),
        otherwise=Outside(OUTSIDE_ORCHESTRATORS["service.logging.options"]),
    ),
    "service.ports": Approximate(asking.without_tls, _NO_TLS.why, _NO_TLS.code),
    "service.networks": When(
        "they keep it apart from another service",
        asking.kept_apart,
        then=Absent("a task has no networks: who reaches whom is what the security groups say", codes.HARDENING_LOST),
        otherwise=Outside(OUTSIDE_ORCHESTRATORS["service.networks"]),
    ),
    "service.publish": When(
        "a target group of the spec stands for it, and it is open to all",
        asking.balanced,
        then=Approximate(
            lambda _: None,  # what is read back is the target group, an option
            "the port outside is that of the load balancer's listener, which twipc does not make",
            LISTENER,
        ),
        otherwise=When(
            "it is open to all on a port that is said",
            asking.led_to,
            then=Exact(),
            otherwise=Absent(
                "a task has an address of its own: outside is only what a load balancer leads to, from a port that is said and "
                "never on one address of a host",
                codes.EXPOSURE_LOST,
            ),
        ),
    ),
    "service.replicas": When(
        "some stand by",
        lambda asked: asking.service_of(asked).standby is not None,
        then=Approximate(lambda _: 1, _NO_STANDBY.why, _NO_STANDBY.code),
        otherwise=Exact(),
    ),
    "service.autoscaling.max": _RANGE,
    "service.autoscaling.cpu": _RANGE,
    "service.autoscaling.memory": _RANGE,
    "service.mode.active-standby.standbys": _NO_STANDBY,
    "service.mode.active-standby.lock": Exact(),
    "service.placement.constraints": When("on EC2", asking.on_ec2, then=Exact(), otherwise=_NO_HOSTS),
    "service.placement.spread": When("on EC2", asking.on_ec2, then=Exact(), otherwise=_NO_HOSTS),
    "service.placement.max_per_host": When(
        "over 1, on EC2",
        asking.several_on_ec2,
        then=Absent("ECS keeps tasks on distinct hosts, or on any: only `max_per_host: 1` can be said", codes.BEHAVIOUR_LOST),
        otherwise=Approximate(lambda asked: 1 if asking.on_ec2(asked) else None, _NO_HOSTS.why, codes.LOST),
    ),
    "service.rollout.order": Exact(),
    "service.rollout.parallelism": Absent(
        "ECS replaces as many tasks at once as there is room for: all of them, one with the other or one before the other",
        codes.LOST,
    ),
    "service.rollout.delay": Absent("ECS goes on as soon as a new task is there", codes.LOST),
    "service.rollout.monitor": Absent("ECS itself decides how many tasks must fail until a deployment has", codes.LOST),
    "service.rollout.on_failure": Exact(),
    "service.depends_on": When(
        "until it is healthy",
        waits_for_health,
        then=Absent("ECS starts each service by itself, and none waits for another's health", codes.HEALTH_LOST),
        otherwise=Absent(
            "ECS starts each service by itself: containers wait for others of their own task only", codes.BEHAVIOUR_LOST
        ),
    ),
    "service.health.http.path": Exact(),
    "service.health.http.port": Exact(),
    "service.health.http.client": Exact(),
    "service.health.command": Exact(),
    "service.health.interval": _INTERVAL,
    "service.health.timeout": _TIMEOUT,
    "service.health.failures": Exact(),
    "service.health.start_period": _START_PERIOD,
    "service.resources.cpu": asking.sized(asking.cpu, "ECS takes 0.125 vCPU or more"),
    "service.resources.memory": asking.sized(asking.memory, "ECS counts whole MiB"),
    "service.resources.pids": Absent("a task definition has no word for a limit of processes", codes.HARDENING_LOST),
    "service.restart": When(
        "of a job",
        lambda asked: asking.service_of(asked).kind == "job",
        then=Approximate(lambda _: "never", "a task that is run once is not started again", codes.BEHAVIOUR_LOST),
        otherwise=Approximate(
            lambda _: "always", "an ECS service starts a new task for each that ends, however it ended", codes.BEHAVIOUR_LOST
        ),
    ),
    "service.stop_grace": When(
        "over 120s on Fargate",
        asking.over_on_fargate,
        then=Approximate(sizes.seconds(2, 120), "Fargate kills after 120s", codes.BEHAVIOUR_LOST),
        otherwise=Approximate(sizes.seconds(2), "ECS waits whole seconds before it kills, 2s or longer"),
    ),
    "service.mounts": Exact(),
    "service.configs": Exact(),
    "service.secrets": Absent("ECS brings secrets as variables only: `env: {NAME: {secret: …}}`", codes.SECRET_LOST),
    "network.internal": Absent(
        "a task has no networks: what leads out is what its subnets' routes and its security groups say", codes.HARDENING_LOST
    ),
    "network.encrypted": Absent("nothing here encrypts what goes from one task to another", codes.HARDENING_LOST),
    "volume.access": volumes.ACCESS,
    "volume.host": volumes.ELSEWHERE,
    "volume.nfs.server": volumes.ELSEWHERE,
    "volume.nfs.path": volumes.ELSEWHERE,
    "volume.driver.name": volumes.ELSEWHERE,
    "volume.driver.options": volumes.ELSEWHERE,
    "volume.retention": volumes.RETENTION,
    "secret.file": Outside(OUTSIDE_ORCHESTRATORS["secret.file"]),
    "secret.swarm.name": Outside(OUTSIDE_ORCHESTRATORS["secret.swarm.name"]),
    "secret.ecs.arn": When(
        "a file would hold it",
        asking.of_file,
        then=Outside("the file that would hold it is lost, and says so"),
        otherwise=Exact(),
    ),
}


SUPPORT = AlbSupport(_FIELDS, _ENGINES)
