"""What ECS can say."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from twipc.formats.reading import ENGINE_SUPPORT
from twipc.spec import OWN, Service
from twipc.target import (
    TLS_USE,
    Absent,
    Approximate,
    Asked,
    EngineSupport,
    Exact,
    FieldSupport,
    Outside,
    Support,
    When,
    codes,
    option,
)
from twipc.target.support import OUTSIDE_ORCHESTRATORS, waits_for_health

from . import expected
from .codes import LISTENER
from .options import Options


def _service(asked: Asked) -> Service:
    return asked.model.environment.services[asked.key.owner[0]]


def _launch(asked: Asked) -> str:
    options: Options = option(asked.options, Options)
    return options.launch


def _on_ec2(asked: Asked) -> bool:
    return _launch(asked) == "ec2"


def _several_on_ec2(asked: Asked) -> bool:
    return _on_ec2(asked) and bool(asked.value > 1)


def _cpu(asked: Asked) -> object:
    return expected.task_size(_launch(asked), _service(asked))[0]


def _memory(asked: Asked) -> object:
    """Of the task and of the container in it, where they differ."""
    service = _service(asked)
    task, own = expected.task_size(_launch(asked), service)[1], expected.container_memory(service)
    return task if task == own else f"a task of {task}, {own} of it for the container"


def _sized(how: Callable[[Asked], object], on_ec2: str) -> When:
    return When(
        "on EC2",
        _on_ec2,
        then=Approximate(how, on_ec2),
        otherwise=Approximate(how, "Fargate has fixed task sizes"),
    )


def _health(least: int, most: int, rounded: str, exceeded: str) -> When:
    """A time that is too short is made longer; one that is too long cannot be."""
    how = expected.seconds(least, most)
    return When(
        f"over {most}s",
        expected.over(most),
        then=Approximate(how, exceeded, codes.HEALTH_LOST),
        otherwise=Approximate(how, rounded),
    )


def _over_on_fargate(asked: Asked) -> bool:
    return _launch(asked) == "fargate" and expected.over(120)(asked)


def _balanced(asked: Asked) -> bool:
    """Whether a load balancer's target group stands for this publication, which is open to all then."""
    name, number, nth = asked.key.owner
    service, options = _service(asked), option(asked.options, Options)
    one = [one for one in service.publish if str(service.ports[one.port]) == number][int(nth)]
    return one.address is None and one.port != expected.lost_port(service) and one.port in options.target_groups.get(name, {})


def _kept_apart(asked: Asked) -> bool:
    """Whether some service is on none of a service's networks."""
    own, model = asked.key.owner[0], asked.model
    return any(not model.networks(own) & model.networks(name) for name, _ in model.services)


def _of_its_own(asked: Asked) -> bool:
    return asked.model.environment.volumes[asked.key.owner[0]].access in OWN


def _mounted(asked: Asked) -> bool:
    services = asked.model.environment.services.values()
    return any(mount.volume == asked.key.owner[0] for service in services for mount in service.mounts.values())


def _of_file(asked: Asked) -> bool:
    return asked.key.owner[1].startswith("/") or asked.key.owner[1] == TLS_USE


def _log_driver_is_kept(asked: Asked) -> bool:
    written = asked.model.written(("services", asked.key.owner[0], "logging"))
    return expected.log_driver_is_kept(_launch(asked), _service(asked), written=written)


def _log_options(asked: Asked) -> object:
    """More than was asked for is no loss."""
    return expected.log_options(asked.model, option(asked.options, Options), asked.key.owner[0])


_NO_TLS = Absent(
    "ECS brings secrets as variables only, and an engine reads its certificate from a file: let the load balancer end TLS, and "
    "send on to https who comes to it by http",
    codes.SECRET_LOST,
)
_ENGINES: Mapping[str, EngineSupport] = {
    engine: {**answers, "http.tls.listen.number": _NO_TLS, "http.tls.certificate": _NO_TLS, "http.tls.hsts": _NO_TLS}
    for engine, answers in ENGINE_SUPPORT.items()
}


def _without_tls(asked: Asked) -> object:
    """The ports that somebody listens on."""
    lost = expected.lost_port(_service(asked))
    return {name: port for name, port in asked.value.items() if name != lost}


_NOT_THERE = Absent("no service mounts it, and ECS knows volumes by their mounts alone", codes.LOST)
_NO_HOSTS = Absent("Fargate shows no hosts to choose among: tasks are spread over the zones of the subnets", codes.LOST)
_ELSEWHERE = When(
    "a service mounts it",
    _mounted,
    then=Absent(
        "a task runs on any host, and mounts EFS alone: the volume is the access point that `targets.ecs.volumes` names",
        codes.STATE_LOST,
    ),
    otherwise=_NOT_THERE,
)
_NO_STANDBY = Absent(
    "a load balancer's target that waits is not healthy, and ECS replaces it for ever; nor is a lock on EFS proven to pass on: "
    "one task runs, under the lock, and its successor starts when it has ended",
    codes.BEHAVIOUR_LOST,
)
_MEBIBYTES = "ECS counts what lies in memory in whole MiB"
_NO_TMPFS = Absent(
    "Fargate has no tmpfs: scratch files would lie on the task's disk, or, on a read-only root, could not be written",
    codes.HARDENING_LOST,
)
_INTERVAL = _health(5, 300, "ECS checks at intervals of whole seconds, 5s or longer", "ECS checks every 300s at the latest")
_TIMEOUT = _health(2, 60, "ECS waits whole seconds for a check, 2s or longer", "ECS takes a check that lasts 60s for failed")
_START_PERIOD = _health(0, 300, "ECS counts whole seconds", "ECS counts failures from 300s after the start")

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
    "service.tmpfs": When("on EC2", _on_ec2, then=Approximate(expected.tmpfs, _MEBIBYTES), otherwise=_NO_TMPFS),
    "service.shm_size": When(
        "on EC2",
        _on_ec2,
        then=Approximate(expected.shared_memory, _MEBIBYTES),
        otherwise=Absent("Fargate takes no size of shared memory: a program that wants more finds none", codes.BEHAVIOUR_LOST),
    ),
    "service.capabilities": When(
        "on EC2",
        _on_ec2,
        then=Exact(),
        otherwise=Approximate(expected.capabilities, "Fargate adds SYS_PTRACE alone", codes.BEHAVIOUR_LOST),
    ),
    "service.no_new_privileges": When(
        "on EC2",
        _on_ec2,
        then=Exact(),
        otherwise=Approximate(
            lambda _: False, "Fargate takes no Docker security options, and says nothing of its own", codes.HARDENING_LOST
        ),
    ),
    "service.ulimits": When(
        "on EC2",
        _on_ec2,
        then=Approximate(expected.ulimits, "ECS counts to 2147483647", codes.BEHAVIOUR_LOST),
        otherwise=Approximate(expected.ulimits_of_fargate, "Fargate sets nofile alone", codes.BEHAVIOUR_LOST),
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
        _log_driver_is_kept,
        then=Exact(),
        otherwise=Approximate(
            lambda _: "awslogs",
            "logs go to CloudWatch by `awslogs`, the one driver of Fargate; on EC2 all but `local` and `none` can be asked for",
            codes.BEHAVIOUR_LOST,
        ),
    ),
    "service.logging.options": When(
        "the driver is there",
        _log_driver_is_kept,
        then=Approximate(
            _log_options,
            "for awslogs ECS takes awslogs-group, -region, -create-group and -datetime-format, mode and max-buffer-size; it "
            "calls a stream after service and task",
            codes.BEHAVIOUR_LOST,
        ),
        otherwise=Outside(OUTSIDE_ORCHESTRATORS["service.logging.options"]),
    ),
    "service.ports": Approximate(_without_tls, _NO_TLS.why, _NO_TLS.code),
    "service.networks": When(
        "they keep it apart from another service",
        _kept_apart,
        then=Absent("a task has no networks: who reaches whom is what the security groups say", codes.HARDENING_LOST),
        otherwise=Outside(OUTSIDE_ORCHESTRATORS["service.networks"]),
    ),
    "service.publish": When(
        "a target group stands for it, and it is open to all",
        _balanced,
        then=Approximate(
            lambda _: None,  # what is read back is the target group, an option
            "the port outside is that of the load balancer's listener, which twipc does not make",
            LISTENER,
        ),
        otherwise=Absent(
            "a task has an address of its own: outside is only what a load balancer's target group leads to, and that is never "
            "one address of a host",
            codes.EXPOSURE_LOST,
        ),
    ),
    "service.replicas": When(
        "some stand by",
        lambda asked: _service(asked).standby is not None,
        then=Approximate(lambda _: 1, _NO_STANDBY.why, _NO_STANDBY.code),
        otherwise=Exact(),
    ),
    "service.mode.active-standby.standbys": _NO_STANDBY,
    "service.mode.active-standby.lock": Exact(),
    "service.placement.constraints": When("on EC2", _on_ec2, then=Exact(), otherwise=_NO_HOSTS),
    "service.placement.spread": When("on EC2", _on_ec2, then=Exact(), otherwise=_NO_HOSTS),
    "service.placement.max_per_host": When(
        "over 1, on EC2",
        _several_on_ec2,
        then=Absent("ECS keeps tasks on distinct hosts, or on any: only `max_per_host: 1` can be said", codes.BEHAVIOUR_LOST),
        otherwise=Approximate(lambda asked: 1 if _on_ec2(asked) else None, _NO_HOSTS.why, codes.LOST),
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
    "service.resources.cpu": _sized(_cpu, "ECS takes 0.125 vCPU or more"),
    "service.resources.memory": _sized(_memory, "ECS counts whole MiB"),
    "service.resources.pids": Absent("a task definition has no word for a limit of processes", codes.HARDENING_LOST),
    "service.restart": When(
        "of a job",
        lambda asked: _service(asked).kind == "job",
        then=Approximate(lambda _: "never", "a task that is run once is not started again", codes.BEHAVIOUR_LOST),
        otherwise=Approximate(
            lambda _: "always", "an ECS service starts a new task for each that ends, however it ended", codes.BEHAVIOUR_LOST
        ),
    ),
    "service.stop_grace": When(
        "over 120s on Fargate",
        _over_on_fargate,
        then=Approximate(expected.seconds(2, 120), "Fargate kills after 120s", codes.BEHAVIOUR_LOST),
        otherwise=Approximate(expected.seconds(2), "ECS waits whole seconds before it kills, 2s or longer"),
    ),
    "service.mounts": Exact(),
    "service.configs": Exact(),
    "service.secrets": Absent(
        "ECS brings secrets as variables only: `env: {NAME: {secret: …}}`",
        codes.SECRET_LOST,
    ),
    "network.internal": Absent(
        "a task has no networks: what leads out is what its subnets' routes and its security groups say", codes.HARDENING_LOST
    ),
    "network.encrypted": Absent("nothing here encrypts what goes from one task to another", codes.HARDENING_LOST),
    "volume.access": When(
        "a service mounts it",
        _mounted,
        then=Approximate(
            lambda asked: "scratch" if asked.value == "per-replica" else asked.value,
            "each task begins with an empty volume of its own, and a task that ended is never started again",
            codes.STATE_LOST,
        ),
        otherwise=_NOT_THERE,
    ),
    "volume.host": _ELSEWHERE,
    "volume.nfs.server": _ELSEWHERE,
    "volume.nfs.path": _ELSEWHERE,
    "volume.driver.name": _ELSEWHERE,
    "volume.driver.options": _ELSEWHERE,
    "volume.retention": When(
        "a service mounts it",
        _mounted,
        then=When(
            "each instance has its own",
            _of_its_own,
            then=Outside(OUTSIDE_ORCHESTRATORS["volume.retention"]),
            otherwise=Approximate(lambda _: "keep", "EFS keeps what is in it until somebody deletes the files", codes.LOST),
        ),
        otherwise=_NOT_THERE,
    ),
    "secret.file": Outside(OUTSIDE_ORCHESTRATORS["secret.file"]),
    "secret.swarm.name": Outside(OUTSIDE_ORCHESTRATORS["secret.swarm.name"]),
    "secret.ecs.arn": When(
        "a file would hold it", _of_file, then=Outside("the file that would hold it is lost, and says so"), otherwise=Exact()
    ),
}
SUPPORT = Support(_FIELDS, _ENGINES)
