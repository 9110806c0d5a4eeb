"""The container of a task."""

from __future__ import annotations

from twipc.diagnostics import Path
from twipc.formats.document import At, Value, without_nothing
from twipc.formats.engines import ENGINES
from twipc.formats.labels import LABEL, own_labels
from twipc.formats.probe import http_probe
from twipc.formats.standby import MODE, alive, entrypoint
from twipc.model import Model
from twipc.spec import Health, Service
from twipc.target import Discovery

from .. import limits
from ..images.pins import registry_of
from ..options import Options
from ..template.casing import said as said_at
from ..template.making import is_on_efs, log_group_of, makes_volume
from .mounts import mount_points
from .wiring import environment, ports, secrets

_HERE: Path = ("targets", "ecs")


def container(model: Model, options: Options, name: str, image: Value, discovery: Discovery) -> Value:
    service = model.environment.services[name]
    here: Path = ("services", name)
    engine = ENGINES[service.http.engine.name] if service.http else None
    return without_nothing(
        {
            "name": name,
            "image": image,
            "essential": True,
            "versionConsistency": "enabled",
            "user": engine.user if engine else At((*here, "user"), service.user),
            "memory": At((*here, "resources", "memory"), limits.container_memory(service)),
            "entryPoint": At((*here, "mode" if service.standby else "entrypoint"), entrypoint(service)),
            "command": At((*here, "command"), list(service.command or ())),
            "workingDirectory": At((*here, "working_dir"), service.working_dir),
            "environment": environment(model, name, discovery),
            "secrets": secrets(model, name),
            "portMappings": ports(model, name),
            "mountPoints": mount_points(model, name),
            "healthCheck": _health(model, name, service.health) if service.health else None,
            "stopTimeout": At((*here, "stop_grace"), limits.STOP[options.launch].fit(service.stop_grace)),
            "readonlyRootFilesystem": True if engine else At((*here, "read_only"), service.read_only or None),
            "linuxParameters": _linux(options, here, service),
            "dockerSecurityOptions": _security(options, here, service),
            "ulimits": [{"name": "nofile", "softLimit": 16384, "hardLimit": 16384}]
            if engine
            else _ulimits(options, here, service),
            "dockerLabels": {**_labels(model, options, name, service), **own_labels(name, service)},
            "logConfiguration": _log(model, options, name),
        }
    )


def _linux(options: Options, here: Path, service: Service) -> dict[str, Value]:
    """An engine has nothing of these: rules refuse them there."""
    added: list[Value] = [*sorted({name for name in service.capabilities if options.launch == "ec2" or name in limits.ADDED})]
    places: list[Value] = [
        At(
            (*here, "tmpfs", index),
            {
                "containerPath": tmpfs.path,
                "size": limits.mebibytes(tmpfs.size),
                "mountOptions": ["noexec", "nosuid", "nodev"],
            },
        )
        for index, tmpfs in enumerate(service.tmpfs)
    ]
    return without_nothing(
        {
            "initProcessEnabled": At((*here, "init"), service.init and not service.http),
            "capabilities": without_nothing({"add": At((*here, "capabilities"), added), "drop": ["ALL"]}),
            "tmpfs": places if options.launch == "ec2" else [],
            "sharedMemorySize": _shared_memory(options, here, service),
        }
    )


def _shared_memory(options: Options, here: Path, service: Service) -> Value:
    """Not valid on Fargate (botocore's text of LinuxParameters)."""
    said = service.shm_size if options.launch == "ec2" else None
    return At((*here, "shm_size"), limits.mebibytes(said) if said is not None else None)


def _ulimits(options: Options, here: Path, service: Service) -> list[Value]:
    limits_ = {name: noun.pair for name, noun in sorted(service.ulimits.items())}
    return [
        At((*here, "ulimits", name), {"name": name, "softLimit": soft, "hardLimit": hard})
        for name, (soft, hard) in limits_.items()
        if max(soft, hard) <= limits.LARGEST and (options.launch == "ec2" or name in limits.RAISED)
    ]


def _security(options: Options, here: Path, service: Service) -> Value:
    """Not valid on Fargate (botocore's text of dockerSecurityOptions)."""
    said = service.no_new_privileges and options.launch == "ec2"
    return At((*here, "no_new_privileges"), ["no-new-privileges"] if said else [])


def _health(model: Model, name: str, health: Health) -> Value:
    here: Path = ("services", name, "health")
    argv = list(health.command or ())
    if health.http:
        argv = http_probe(health.http, model.number(name, health.http.port))
    return {
        "command": At(here, ["CMD", *alive(model.environment.services[name], argv)]),
        "interval": At((*here, "interval"), limits.INTERVAL.fit(health.interval)),
        "timeout": At((*here, "timeout"), limits.TIMEOUT.fit(health.timeout)),
        "retries": At((*here, "failures"), health.failures),
        "startPeriod": At((*here, "start_period"), limits.START_PERIOD.fit(health.start_period)),
    }


def _labels(model: Model, options: Options, name: str, service: Service) -> dict[str, Value]:
    """The registry that was put before the image's name, and what a volume promises: a mount has no place for it."""
    labels: dict[str, Value] = {}
    if service.standby:
        labels[f"{LABEL}mode"] = At(("services", name, "mode"), MODE)
    registry = registry_of(options, service)
    if registry:
        labels[f"{LABEL}registry"] = At((*_HERE, "registry"), registry)
    for mounted in sorted({mount.volume for mount in service.mounts.values()}):
        volume = model.environment.volumes[mounted]
        efs = is_on_efs(model, mounted)
        labels[f"{LABEL}volume.{mounted}.access"] = At(("volumes", mounted, "access"), volume.access if efs else "scratch")
        if efs:
            kept = volume.retention if makes_volume(model, options, mounted) else "keep"
            labels[f"{LABEL}volume.{mounted}.retention"] = At(("volumes", mounted, "retention"), kept)
    return labels


def logs_here(model: Model, options: Options, name: str) -> bool:
    """Whether a service logs to the group of its own name, which the template makes."""
    return bool(said_at(_log(model, options, name), ("options", "awslogs-group")) == log_group_of(model, options, name))


def _log(model: Model, options: Options, name: str) -> Value:
    """As the spec asks for, if ECS can; else awslogs. Non-blocking: a log that cannot be sent must not stop the program."""
    here: Path = ("services", name, "logging")
    asked = model.environment.services[name].logging
    kept = model.written(here) and asked.driver in limits.LOG_DRIVERS[options.launch]
    said: dict[str, Value] = {option: At((*here, "options", option), text) for option, text in asked.told.items() if kept}
    if kept and asked.driver != "awslogs":
        return without_nothing({"logDriver": At((*here, "driver"), asked.driver), "options": said})
    said = {
        "awslogs-group": At((*_HERE, "log_group"), log_group_of(model, options, name)),
        "awslogs-region": At((*_HERE, "region"), options.region),
        **{option: text for option, text in said.items() if option in limits.OF_AWSLOGS},
        "awslogs-stream-prefix": name,
    }
    buffered: dict[str, Value] = {} if "mode" in said else {"mode": "non-blocking", "max-buffer-size": "4m"}
    return {"logDriver": At((*here, "driver"), "awslogs"), "options": {**said, **buffered}}
